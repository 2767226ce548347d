"""Data sets take questions that people add, each once, without what is personal, and give them back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from pipeline.database import open_database, upgrade
from pipeline.errors import BadRequest, NotAllowed
from pipeline.experiments import SHIPPED, Datasets
from pipeline.organisation import COMMAND_LINE, Actor
from pipeline.scoring import Dataset, KeyPoint, Reference, as_line, read_dataset
from pipeline.tables import DatasetQuestionRow, UserRole
from tests.experiments.conftest import QUESTIONS

POINT = KeyPoint(point="Forces come in pairs.", terms=("force", "pairs"))
ASKED = Reference(question_id="any", question="Why does a boat drift back when I jump off it?", grade=9, expected="answer",
                  kind="request", topic_id="topic_phys_mech_newton_3", key_points=(POINT,))
DECLINED = Reference(question_id="any", question="Which shoes should I buy?", grade=9, expected="decline", kind="request")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Engine]:
    """One database for all tests of a module."""
    engine = open_database(f"sqlite:///{shutil.copy(migrated, tmp_path_factory.mktemp('datasets') / 'vividly.sqlite')}")
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database: Engine) -> Engine:
    """It, without questions."""
    with database.begin() as connection:
        connection.execute(DatasetQuestionRow.__table__.delete())
    return database


@pytest.fixture
def datasets(engine: Engine) -> Datasets:
    return of(engine)


def of(engine: Engine) -> Datasets:
    return Datasets(engine, shipped=lambda: Dataset(name=SHIPPED, rows=QUESTIONS))


def test_both_databases_take_a_question_once_and_again_when_it_was_taken_out(url: str):
    upgrade(url)
    engine = open_database(url)
    datasets = of(engine)
    for _ in range(2):
        kept = datasets.add(COMMAND_LINE, SHIPPED, ASKED)
        with pytest.raises(BadRequest, match="is in lessons already"):
            datasets.add(COMMAND_LINE, SHIPPED, ASKED)
        with pytest.raises(IntegrityError):  # the database holds it too
            _insert_again(engine)
        datasets.remove(COMMAND_LINE, SHIPPED, kept.question_id)
    engine.dispose()


def _insert_again(engine: Engine) -> None:
    rows = DatasetQuestionRow.__table__
    with engine.begin() as connection:
        newest = connection.execute(rows.select().order_by(rows.c.row_id.desc())).first()
        connection.execute(rows.insert(), [{name: value for name, value in newest._mapping.items() if name != "row_id"}])


def test_a_question_that_was_added_is_asked_from_then_on_and_no_longer_once_it_was_taken_out(datasets: Datasets):
    before = datasets.read(SHIPPED)
    kept = datasets.add(COMMAND_LINE, SHIPPED, ASKED)
    with_it = datasets.read(SHIPPED)
    assert with_it.rows == (*QUESTIONS, kept) and with_it.version != before.version
    datasets.remove(COMMAND_LINE, SHIPPED, kept.question_id)
    assert datasets.read(SHIPPED) == before and datasets.added(SHIPPED) == []
    assert datasets.add(COMMAND_LINE, SHIPPED, ASKED) == kept  # and may come back, under the same name
    assert datasets.read(SHIPPED).version == with_it.version


def test_a_new_set_is_made_by_its_first_question_and_gone_with_its_last(datasets: Datasets):
    kept = datasets.add(COMMAND_LINE, " hard  ones ", DECLINED)
    assert datasets.names() == [SHIPPED, "hard ones"] and datasets.read("hard ones").rows == (kept,)
    datasets.remove(COMMAND_LINE, "hard ones", kept.question_id)
    assert datasets.names() == [SHIPPED]
    with pytest.raises(BadRequest, match="there is no 'hard ones': there are lessons"):
        datasets.read("hard ones")


@pytest.mark.parametrize("again", [ASKED.question, ASKED.question.upper().replace("?", " ?"), QUESTIONS[0].question])
def test_a_question_is_in_a_set_once(datasets: Datasets, again: str):
    datasets.add(COMMAND_LINE, SHIPPED, ASKED)
    with pytest.raises(BadRequest, match="is in lessons already"):
        datasets.add(COMMAND_LINE, SHIPPED, ASKED.model_copy(update={"question": again}))
    assert len(datasets.read(SHIPPED).rows) == len(QUESTIONS) + 1


def test_what_is_personal_is_left_out_before_it_is_kept(datasets: Datasets, engine: Engine):
    told = "My e-mail is kim.lee@example.com, why do forces come in pairs?"
    kept = datasets.add(COMMAND_LINE, "mine", ASKED.model_copy(update={"question": told}))
    assert kept.question == "My e-mail is [e-mail], why do forces come in pairs?"
    with engine.connect() as connection:
        assert "kim.lee" not in str(connection.execute(DatasetQuestionRow.__table__.select()).all())


@pytest.mark.parametrize(("name", "said"), [("", "1 to 60 characters"), ("a/b", "letters, digits"), ("x" * 61, "1 to 60"),
                                            ("../lessons", "letters, digits")])
def test_a_set_has_a_plain_name(datasets: Datasets, name: str, said: str):
    with pytest.raises(BadRequest, match=said):
        datasets.add(COMMAND_LINE, name, ASKED)


def test_only_who_may_change_prompts_changes_sets(datasets: Datasets):
    viewer = Actor(user_id="u", name="somebody", role=UserRole.VIEWER)
    with pytest.raises(NotAllowed):
        datasets.add(viewer, SHIPPED, ASKED)
    kept = datasets.add(COMMAND_LINE, SHIPPED, ASKED)
    with pytest.raises(NotAllowed):
        datasets.remove(viewer, SHIPPED, kept.question_id)


def test_what_nobody_added_is_not_taken_out(datasets: Datasets):
    with pytest.raises(BadRequest, match="'q1' was not added to 'lessons'"):
        datasets.remove(COMMAND_LINE, SHIPPED, "q1")


def test_the_request_that_asked_is_known_and_must_be_there(datasets: Datasets, engine: Engine):
    with pytest.raises(BadRequest, match="there is no request 'nothing'"):
        datasets.add(COMMAND_LINE, SHIPPED, ASKED, request_id="nothing")
    assert datasets.read(SHIPPED).rows == QUESTIONS and datasets.holding("nothing") == []


def test_a_set_goes_into_a_file_and_comes_back(datasets: Datasets, tmp_path: Path):
    datasets.add(COMMAND_LINE, SHIPPED, ASKED)
    whole = datasets.read(SHIPPED)
    file = tmp_path / "set.jsonl"
    file.write_text("".join(f"{as_line(row)}\n" for row in whole.rows))
    assert read_dataset(file, name=SHIPPED) == whole
