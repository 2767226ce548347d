"""CNXML repositories: order, chapters, what is kept apart, what is left out, and that no word is lost."""

import os
from pathlib import Path

import pytest

from pipeline.config import ROOT
from pipeline.errors import OperatorError
from pipeline.reading import BlockKind, Book, Module, ModuleKind, read
from tests.reading import osbooks

OPENSTAX = Path(os.environ.get("VIVIDLY_OPENSTAX", ROOT.parent / "shared" / "data" / "openstax"))


@pytest.fixture
def rivers(tmp_path: Path) -> Book:
    return read(osbooks.folder(tmp_path / "osbooks-rivers", osbooks.files()))


@pytest.fixture
def springs(rivers: Book) -> Module:
    return rivers.modules[2]


def texts(module: Module, kind: BlockKind) -> list[str]:
    return [block.text for block in module.blocks if block.kind == kind]


def test_chapters_are_numbered_through_parts_and_what_stands_outside_has_no_number(rivers: Book):
    assert [(m.title, m.chapter, m.chapter_title, m.kind) for m in rivers.modules] == [
        ("Preface", None, "", ModuleKind.PREFACE),
        ("Introduction", 1, "Where Rivers Begin", ModuleKind.INTRODUCTION),
        ("Springs", 1, "Where Rivers Begin", ModuleKind.SECTION),
        ("Introduction", 2, "How Rivers Flow", ModuleKind.INTRODUCTION),
        ("Current", 2, "How Rivers Flow", ModuleKind.SECTION),
        ("Tables", None, "", ModuleKind.APPENDIX),
    ]
    assert [module.position for module in rivers.modules] == list(range(6))


def test_a_module_called_intro_in_the_middle_of_a_chapter_is_a_section(tmp_path: Path):
    changed = osbooks.files() | {"modules/m3/index.cnxml": osbooks.module("Methods", "<para>We look first.</para>", cls="intro")}
    assert read(osbooks.folder(tmp_path, changed)).modules[2].kind == ModuleKind.SECTION


def test_the_book_carries_its_licence_and_whom_to_name(rivers: Book):
    assert (rivers.key, rivers.title, rivers.language) == ("rivers", "Rivers", "en")
    assert (rivers.licence, rivers.noncommercial) == ("CC BY 4.0", False)
    assert rivers.licence_url == "https://creativecommons.org/licenses/by/4.0/"
    assert rivers.attribution == (
        "Rivers by OpenStax, CC BY 4.0; authors: Ada Reed, Tom Lund; https://openstax.org/details/books/rivers"
    )


@pytest.mark.parametrize(("file", "found", "put"), [
    ("LICENSE", "Attribution 4.0", "Attribution-NonCommercial-ShareAlike 4.0"),  # the file was changed first
    ("collections/rivers.collection.xml", "licenses/by/4.0", "licenses/by-nc-sa/4.0"),  # or the metadata
])
def test_a_licence_against_profit_is_flagged_wherever_it_stands(tmp_path: Path, file: str, found: str, put: str):
    changed = osbooks.files()
    changed[file] = changed[file].replace(found, put)
    book = read(osbooks.folder(tmp_path, changed))
    assert (book.licence, book.noncommercial) == ("CC BY-NC-SA 4.0", True)


def test_running_text_keeps_its_order_around_a_list_and_words_stand_for_links(springs: Module):
    assert texts(springs, BlockKind.PARAGRAPH) == [
        "Rain sinks at v₀ = 3 m/s², as the figure shows (see Introduction). (Only in sand.)", "The rest runs off.",
    ]
    assert texts(springs, BlockKind.LIST) == ["sand\nclay"]


def test_tables_equations_and_figures_are_whole_blocks(springs: Module):
    assert texts(springs, BlockKind.TABLE) == ["Soil | Speed\nsand | fast"]
    assert texts(springs, BlockKind.EQUATION) == ["Q = kh/l"]
    assert texts(springs, BlockKind.FIGURE) == ["A hill cut open, water under it.\nBelow a hill."]
    assert {block.section for block in springs.blocks if block.kind == BlockKind.TABLE} == {("Ground water",)}


def test_a_worked_example_is_text_and_a_question_inside_it_is_an_exercise(springs: Module):
    assert texts(springs, BlockKind.EXAMPLE) == ["How deep must it be?", "Deeper than the water table."]
    assert [(exercise.problem, exercise.solution, exercise.kind) for exercise in springs.exercises] == [
        ("And in clay?", "SECRETGRASP", "grasp-check"),
        ("Why is a spring cold?\ndepth\nshade", "SECRETANSWER", "problems"),
    ]


def test_solutions_and_what_teachers_read_are_in_no_block(rivers: Book):
    found = " ".join(block.text for module in rivers.modules for block in module.blocks)
    assert not {word for word in ("SECRET", "Teacher", "wells", "Hint", "Springs are") if word in found}


def test_what_is_left_out_is_listed_with_its_reason(springs: Module):
    assert [(piece.words, piece.what, piece.why) for piece in springs.left_out] == [
        (7, "note os\u2010teacher: Teacher Support Ask the class about wells.", "it is written for teachers"),
        (3, "note os-teacher: Hint for teachers.", "it is written for teachers"),
        (8, "note: Objectives You will be able to do this:", "it only leads in what is kept apart"),
        (5, "section summary: Summary Springs are ground water.", "it repeats what the module says"),
        (0, "exercise e9", "the file only points to it; its text is kept elsewhere"),
        (1, "section problems: Problems", "it stands between exercises, which are kept apart"),
    ]


def test_objectives_are_found_in_notes_and_in_abstracts_and_terms_in_the_glossary(rivers: Book, springs: Module):
    assert springs.objectives == ("Find a spring on a map", "Say why it flows")
    assert rivers.modules[4].objectives == ("Measure a current",)
    assert [(entry.term, entry.meaning) for entry in springs.glossary] == [("spring", "where ground water comes out")]


def test_a_checkout_a_tar_and_a_zip_are_the_same_book(tmp_path: Path, rivers: Book):
    wrapped = {f"osbooks-rivers-{osbooks.COMMIT}/{name}": text for name, text in osbooks.files().items()}
    tarred = read(osbooks.tarred(tmp_path / "a.tar.gz", wrapped, commit=osbooks.COMMIT))
    zipped = read(osbooks.zipped(tmp_path / "a.zip", wrapped, commit=osbooks.COMMIT))
    assert tarred == zipped
    assert tarred.modules == rivers.modules
    assert tarred.revision == osbooks.COMMIT


def test_the_revision_of_a_checkout_is_its_commit(tmp_path: Path):
    home = osbooks.folder(tmp_path, osbooks.files() | {".git/HEAD": "ref: refs/heads/main\n",
                                                       ".git/packed-refs": f"# pack\n{osbooks.COMMIT} refs/heads/main\n"})
    assert read(home).revision == osbooks.COMMIT


def test_of_several_books_in_one_repository_one_is_named(tmp_path: Path):
    second = osbooks.COLLECTION.replace("Rivers", "Rivers for Children")
    home = osbooks.folder(tmp_path, osbooks.files() | {"collections/children.collection.xml": second})
    with pytest.raises(OperatorError, match=r"holds 2 books \(children, rivers\): say which one by its name"):
        read(home)
    assert read(home, name="children").title == "Rivers for Children"


def test_progress_is_told_module_by_module(tmp_path: Path):
    steps = []
    read(osbooks.folder(tmp_path, osbooks.files()), progress=steps.append)
    assert [(step.done, step.total) for step in steps] == [(n, 6) for n in range(1, 7)]


@pytest.mark.parametrize(("pattern", "modules", "sections", "chapters", "objectives", "definitions"), [
    ("osbooks-physics@ff78c7a.tar.gz", 100, 75, 23, 203, 471),
    ("osbooks-introduction-sociology@d35d5f3.tar.gz", 96, 74, 21, 198, 534),
])
def test_a_published_book_is_read_without_losing_a_word(
    pattern: str, modules: int, sections: int, chapters: int, objectives: int, definitions: int
):
    if not (OPENSTAX / pattern).exists():
        pytest.skip(f"{pattern} is not here")
    book = read(OPENSTAX / pattern)
    assert len(book.modules) == modules
    assert sum(module.kind == ModuleKind.SECTION for module in book.modules) == sections
    assert sorted({module.chapter for module in book.modules if module.chapter}) == list(range(1, chapters + 1))
    assert [module.title for module in book.modules if module.words_lost] == []
    assert sum(len(module.objectives) for module in book.modules) == objectives
    assert sum(len(module.glossary) for module in book.modules) == definitions
    assert (book.licence, book.noncommercial) == ("CC BY 4.0", False)
    shown = " ".join(block.text for module in book.modules for block in module.blocks)
    assert "Teacher Support" not in shown
