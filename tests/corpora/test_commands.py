"""`corpus ingest | list | report | remove | search` from the command line."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.testing import FakeWiring
from tests.corpora.books import TOPICS

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(settings: Settings, migrated: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    own = replace(settings, database_url=f"sqlite:///{migrated}", database_is_default=False)

    def ran(*argv: object) -> tuple[int, str, str]:
        code = main([str(part) for part in ("corpus", *argv)], wire=lambda _: FakeWiring(own))
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "Small Physics.md"
    parts = "\n\n".join(f"## {title}\n\n{text * 12}" for title, text in TOPICS.items())
    path.write_text(f"# High School Physics\n\n{parts}\n", encoding="utf-8")
    return path


def test_a_book_is_ingested_listed_reported_asked_and_removed(run: Run, book: Path):
    code, out, err = run("ingest", book, "--name", "small", "--size", 60, "--overlap", 10, "--grades", "9-10")
    assert code == 0 and "small" in out and "passages were embedded" in out and "100.00% of the body" in out, err
    assert "Inferred: subject physics." in out and "Inferred: grades" not in out
    assert "is there already, unchanged" in run(
        "ingest", book, "--name", "small", "--size", 60, "--overlap", 10, "--grades", "9,10")[1]
    views = {view["name"]: view for view in json.loads(run("list", "--json")[1])}
    assert set(views) == {"vividly", "small"} and views["small"]["grades"] == [9, 10]
    assert "High School Physics" in run("list")[1]
    assert "words came in" in run("report", "small")[1]
    assert json.loads(run("report", "small", "--json")[1])["coverage"] == 1.0
    _, out, _ = run("search", "small", "rough ground holds a crate", "--json")
    best = json.loads(out)["hits"][0]
    assert "crate" in best["text"] and best["why"] and best["attribution"]
    assert "crate" in run("search", "small", "rough ground holds a crate")[1]
    assert "is removed" in run("remove", "small")[1]
    assert "small" not in run("list")[1]


def test_what_was_left_out_is_told_by_its_reason_and_not_piece_by_piece(run: Run, book: Path):
    answers = "\n\n".join(f"## Answers {number}\n\nFriction {number} slows things down, as this part said before.\n"
                            for number in range(5))
    book.write_text(f"{book.read_text(encoding='utf-8')}\n{answers}", encoding="utf-8")
    out = run("ingest", book, "--name", "small", "--size", 60, "--overlap", 10)[1]
    (told,) = [line for line in out.splitlines() if "it gives answers away" in line]
    assert " words: it gives answers away (" in told and told.endswith("more)")


def test_the_shipped_topics_can_be_asked_and_reported_but_not_removed(run: Run):
    _, out, _ = run("search", "vividly", "why does a rocket fly", "--json")
    assert json.loads(out)["hits"][0]["corpus"] == "vividly"
    assert json.loads(run("report", "vividly", "--json")[1])["view"]["modules"] == 2
    code, _, err = run("remove", "vividly")
    assert code == 2 and "cannot be removed" in err


@pytest.mark.parametrize(("argv", "ended", "said"), [
    (("ingest", "/nowhere/at-all.md"), 1, "check the path"),
    (("ingest", "BOOK", "--overlap", "150"), 2, "at most half the size"),
    (("ingest", "BOOK", "--size", "1"), 2, "greater than or equal to 20"),
    (("ingest", "BOOK", "--name", "../up"), 2, "lower-case letters"),
    (("search", "nothing", "why"), 2, "there is none of the name"),
    (("report", "vividly", "--version", "0"), 2, "has no version"),
])
def test_a_mistake_is_one_sentence_that_says_what_to_do(run: Run, book: Path, argv: tuple[str, ...], ended: int, said: str):
    code, out, err = run(*(book if part == "BOOK" else part for part in argv))
    assert code == ended and out == "" and said in err and len(err.strip().splitlines()) == 1
