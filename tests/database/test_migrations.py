"""Migrations on both databases: every step up and down, with rows, twice at once, and killed in the middle."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from pipeline.config import ROOT
from pipeline.database import downgrade, open_database, state, upgrade
from pipeline.errors import OperatorError

REVISIONS = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014", "0015",
             "0016", "0017", "0018", "0019", "0020"]
BEFORE = "2026-11-01 08:00:00+00:00"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def add_request(engine: Engine, request_id: str, request: dict[str, object]) -> None:
    """A request as it was written before there were columns for modalities, with a stage run and a review."""
    with engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO content_requests (id, student_id, student_query, request, status, progress, draft, error, "
            "cancel_requested, created_at) VALUES (:id, 'sam', 'Why?', :request, 'completed', 1, '', '', :no, :at)"
        ), {"id": request_id, "request": json.dumps(request), "no": False, "at": BEFORE})
        connection.execute(text(
            "INSERT INTO stage_runs (request_id, position, stage, status, family, model, attempts, seconds, error) "
            "VALUES (:id, 0, 'nlu', 'completed', 'embedded', 'm', 1, 0.5, '')"), {"id": request_id})
        connection.execute(text("INSERT INTO reviews (request_id, rating, note, created_at) VALUES (:id, 5, 'good', :at)"),
                           {"id": request_id, "at": BEFORE})


def rows(engine: Engine, question: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def test_every_step_goes_up_and_down_and_up_again(url: str, engine: Engine):
    for revision in REVISIONS:
        upgrade(url, to=revision)
        tables = set(inspect(engine).get_table_names())
        assert state(engine).current == revision
        upgrade(url, to="head")
        downgrade(url, to=revision)
        assert set(inspect(engine).get_table_names()) == tables
    downgrade(url, to="base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(url)
    assert state(engine).ready


def test_an_empty_database_lacks_everything_and_an_upgraded_one_nothing(url: str, engine: Engine):
    assert [step.revision for step in state(engine).pending] == REVISIONS
    assert "python -m pipeline database upgrade" in state(engine).what_to_do
    upgrade(url)
    assert state(engine).pending == () and state(engine).what_to_do == ""


def test_dual_modality_comes_to_a_table_with_rows(url: str, engine: Engine):
    upgrade(url, to="0002")
    add_request(engine, "text", {"requested_modalities": ["text", "audio"], "preferred_modality": "audio"})
    add_request(engine, "old", {})
    upgrade(url, to="0003")
    found = rows(engine, "SELECT id, requested_modalities, preferred_modality, modality_preferences FROM content_requests ORDER BY id")
    plain = [tuple(json.loads(v) if isinstance(v, str) and v[:1] in "[{" else v for v in row) for row in found]
    assert plain == [("old", ["video"], "video", {}), ("text", ["text", "audio"], "audio", {})]
    columns = {column["name"]: column for column in inspect(engine).get_columns("content_requests")}
    for name in ("requested_modalities", "preferred_modality", "modality_preferences"):
        assert columns[name]["nullable"] is False and columns[name]["default"]
    indexes = {index["name"] for index in inspect(engine).get_indexes("content_requests")}
    assert "ix_content_requests_unfinished" in indexes
    assert ("ix_content_requests_requested_modalities" in indexes) == (engine.dialect.name == "postgresql")
    with pytest.raises(IntegrityError):
        rows(engine, "UPDATE content_requests SET preferred_modality = 'banana'")


def test_a_row_that_says_nothing_about_modalities_means_video(url: str, engine: Engine):
    upgrade(url, to="0003")
    add_request(engine, "new", {})
    found = rows(engine, "SELECT requested_modalities, preferred_modality FROM content_requests")[0]
    assert (found[0] if isinstance(found[0], list) else json.loads(str(found[0])), found[1]) == (["video"], "video")


def test_going_up_and_down_loses_no_row_of_what_stays(url: str, engine: Engine):
    upgrade(url, to="0001")
    for number in range(20):
        add_request(engine, f"r{number}", {"requested_modalities": ["text"], "preferred_modality": "text"})
    counts = "SELECT (SELECT count(*) FROM content_requests), (SELECT count(*) FROM stage_runs), (SELECT count(*) FROM reviews)"
    upgrade(url)
    assert rows(engine, counts) == [(20, 20, 20)]
    downgrade(url, to="0001")
    assert rows(engine, counts) == [(20, 20, 20)]
    upgrade(url)
    assert rows(engine, counts) == [(20, 20, 20)]


def test_tables_that_were_made_before_there_were_migrations_are_taken_over(url: str, engine: Engine):
    upgrade(url, to="0001")
    add_request(engine, "first", {"requested_modalities": ["text"]})
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert state(engine).current == "0001"
    upgrade(url)
    assert state(engine).ready
    assert rows(engine, "SELECT id, preferred_modality FROM content_requests") == [("first", "video")]


@pytest.mark.parametrize("statement", [2, 9, 21, 26, 29, 34, 38, 43])
def test_a_migration_that_is_killed_is_finished_by_the_next_start(url: str, engine: Engine, statement: int):
    upgrade(url, to="0001")
    for number in range(5):
        add_request(engine, f"r{number}", {"requested_modalities": ["text"], "preferred_modality": "text"})
    engine.dispose()
    killed = subprocess.run([sys.executable, "-m", "tests.database.migrate_and_die", url, str(statement)], cwd=ROOT,
                            capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stdout + killed.stderr
    assert state(engine).current in REVISIONS  # whole steps only
    assert not state(engine).ready
    assert rows(engine, "SELECT count(*) FROM content_requests") == [(5,)]
    upgrade(url)
    assert state(engine).ready
    assert rows(engine, "SELECT count(*), min(preferred_modality) FROM content_requests") == [(5, "text")]
    assert rows(engine, "SELECT count(*) FROM stage_runs") == [(5,)]


def test_two_that_upgrade_at_once_do_it_once(url: str, engine: Engine):
    with ThreadPoolExecutor(2) as both:
        steps: list[str] = []
        list(both.map(lambda _: upgrade(url, tell=steps.append), range(2)))
    assert [step.split()[2] for step in steps] == REVISIONS
    assert state(engine).ready


def test_a_database_of_a_later_version_is_left_alone(url: str, engine: Engine):
    upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not state(engine).ready
    with pytest.raises(OperatorError, match="'9999', which this version of Vividly does not know"):
        upgrade(url)


def test_what_comparisons_had_made_is_counted_anew(url: str, engine: Engine):
    upgrade(url, to="0008")
    add_request(engine, "compared", {"fresh": True})
    add_request(engine, "wanted", {"fresh": False})
    add_request(engine, "older", {})
    with engine.begin() as connection:
        connection.execute(text("UPDATE content_requests SET counted_lease = 0"))
    upgrade(url)
    assert rows(engine, "SELECT id FROM content_requests WHERE counted_lease = -1") == [("compared",)]


def test_a_revision_that_nobody_knows_is_a_sentence(url: str):
    with pytest.raises(OperatorError, match="'nowhere' cannot be reached"):
        upgrade(url, to="nowhere")


def test_a_branched_history_is_a_sentence(url: str, tmp_path: Path):
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for name, down in (("a", None), ("b", "a"), ("c", "a")):
        (scripts / "versions" / f"{name}.py").write_text(f'"""{name}"""\nrevision = {name!r}\ndown_revision = {down!r}\n')
    (scripts / "env.py").write_text("")
    with pytest.raises(OperatorError, match=r"branched \(b, c\): merge them"):
        upgrade(url, scripts=scripts)


def test_an_sqlite_file_is_copied_before_it_is_changed_and_three_copies_are_kept(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'vividly.sqlite'}"
    assert upgrade(url, to="0001") is None  # nothing to copy yet
    engine = open_database(url)
    add_request(engine, "kept", {})
    copy = upgrade(url)
    assert copy is not None
    saved = open_database(f"sqlite:///{copy}")
    assert state(saved).current == "0001" and rows(saved, "SELECT id FROM content_requests") == [("kept",)]
    for _ in range(4):
        downgrade(url)
    assert len(list((tmp_path / "copies").glob("*.sqlite"))) == 3


def test_what_cannot_be_copied_is_not_changed(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'vividly.sqlite'}"
    upgrade(url, to="0001")
    (tmp_path / "copies").write_text("in the way")
    with pytest.raises(OperatorError, match="not changed, because it could not be copied"):
        upgrade(url)
    assert state(open_database(url)).current == "0001"


def test_what_people_did_with_prompts_goes_with_its_tables_and_comparisons_stay(url: str, engine: Engine):
    upgrade(url, to="0015")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO comparisons (comparison_id, name, seed, created_at) VALUES ('c', 'x', 1, :at)"), {"at": BEFORE})
        connection.execute(text("INSERT INTO comparison_variants (comparison_id, position, modality, seed) VALUES ('c', 1, 'text', 1)"))
        connection.execute(text(
            "INSERT INTO prompt_versions (name, version, number, content, author, author_id, message, saved_at) "
            "VALUES ('hook', 'aaaa', 1, '{}', 'Vera', 'vera', 'first', :at)"), {"at": BEFORE})
    with pytest.raises(IntegrityError):  # a label is never on a version that is not there
        rows(engine, "INSERT INTO prompt_moves (name, label, version, kind, moved_by, moved_at, why, run_id, second) "
                     f"VALUES ('hook', 'mine', 'bbbb', 'set', 'Vera', '{BEFORE}', '', '', '')")
    found = rows(engine, "SELECT prompts FROM comparison_variants")[0][0]
    assert (found if isinstance(found, dict) else json.loads(str(found))) == {}
    downgrade(url, to="0014")
    assert rows(engine, "SELECT comparison_id, modality FROM comparison_variants") == [("c", "text")]
    assert not {table for table in inspect(engine).get_table_names() if table.startswith("prompt_")}
