"""Sets that are made from a book by rule."""

from pipeline.evaluation import Unit, derive
from pipeline.reading import Block, BlockKind, Book, Definition, Exercise, Module


def module(key: str, text: str = "Some running text.", **parts) -> Module:
    blocks = (Block(kind=BlockKind.PARAGRAPH, text=text),) if text else ()
    return Module(key=key, title=key, position=0, blocks=blocks, words_in=0, **parts)


def book(*modules: Module) -> Book:
    return Book(key="b", title="B", attribution="A", source="s", modules=modules)


def test_definitions_exercises_and_objectives_lead_to_their_module():
    labelled = derive(book(module(
        "m1", glossary=(Definition(term="force", meaning="a push or a pull"), Definition(term="N", meaning="the newton")),
        exercises=(Exercise(problem="What is the force on a mass?", solution="secret answer"), Exercise(problem="Why?")),
        objectives=("Define a  force",))))
    assert [(query.kind, query.text) for query in labelled.queries] == [
        ("definition", "a push or a pull"), ("exercise", "What is the force on a mass?"), ("objective", "Define a force")]
    assert labelled.unit is Unit.DOCUMENT and {tuple(own) for own in labelled.grades.values()} == {("m1",)}
    assert "secret" not in labelled.model_dump_json()


def test_long_tasks_go_and_long_questions_stay():
    words = " ".join(f"word{n}" for n in range(40))
    labelled = derive(book(module("m", exercises=(
        Exercise(problem=words), Exercise(problem=f"{words}?"), Exercise(problem=f"{words} {words}?")))))
    assert [query.text for query in labelled.queries] == [f"{words}?"]


def test_the_same_words_in_two_modules_are_one_query_with_two_answers():
    labelled = derive(book(module("m1", objectives=("Define work",)), module("m2", objectives=("define  work",))))
    assert [set(own) for own in labelled.grades.values()] == [{"m1", "m2"}]
    assert "1 more modules answer a query" in " ".join(labelled.notes)


def test_a_module_without_text_cannot_be_an_answer_and_the_notes_say_so():
    labelled = derive(book(module("m1", "", objectives=("Define work",)), module("m2", "We define  Work here.", objectives=("Define work",))))
    assert [set(own) for own in labelled.grades.values()] == [{"m2"}]
    assert labelled.notes[0].startswith("1 texts of modules without running text") and labelled.notes[2].startswith("1 of 1 stand word for word")
