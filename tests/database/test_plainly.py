"""A database that cannot be used is a sentence that says what to do."""

from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.config import read_settings
from pipeline.database import open_database, told_plainly
from pipeline.errors import OperatorError
from pipeline.wiring import Wiring


def wiring(home: Path, **env: str) -> Wiring:
    return Wiring(read_settings({"VIVIDLY_HOME": str(home), **env}))


def test_the_folder_of_the_database_is_made(tmp_path: Path):
    assert wiring(tmp_path / "a" / "b").record.undecided() == []
    assert (tmp_path / "a" / "b" / "vividly.sqlite").is_file()


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OperatorError, match="set VIVIDLY_HOME"):
        _ = wiring(tmp_path / "file" / "home").record


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read as one" * 20, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "vividly.sqlite").write_bytes(content)
    with pytest.raises(OperatorError, match="damaged or of another kind .*move it away"):
        _ = wiring(tmp_path).record


def test_a_right_that_was_not_granted_is_a_sentence(postgresql: str):
    engine = open_database(postgresql)
    with engine.connect() as connection:
        for statement in ("CREATE ROLE visitor", "GRANT USAGE ON SCHEMA public TO visitor", "CREATE TABLE closed (id INTEGER)",
                          "SET ROLE visitor"):
            connection.execute(text(statement))
        with pytest.raises(OperatorError, match=r"refuses this \(permission denied .*doctor"), told_plainly():
            connection.execute(text("SELECT * FROM closed"))
    engine.dispose()


def test_a_database_that_is_not_there_is_a_sentence_without_its_password(tmp_path: Path):
    with pytest.raises(OperatorError, match="(?s)cannot be used .*DATABASE_URL") as fault:
        _ = wiring(tmp_path, DATABASE_URL=f"postgresql+psycopg2://sam:secret@/nothing?host={tmp_path}").record
    assert "secret" not in str(fault.value)
