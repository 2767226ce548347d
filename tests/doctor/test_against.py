"""Somebody else's models against their database, from the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipeline.__main__ import main
from pipeline.doctor import Code, examine_models

BASE = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
BOOK = """from sqlalchemy import Column, Integer, String
from app.base import Base

print("a module that talks while it is imported")


class Book(Base):
    __tablename__ = "books"
    book_id = Column(Integer, primary_key=True)
    title = Column(String(80), nullable=False)
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    for name, source in (("__init__", ""), ("base", BASE), ("book", BOOK)):
        (folder / f"{name}.py").write_text(source)
    return folder


def database(tmp_path: Path, *statements: str) -> str:
    url = f"sqlite:///{tmp_path / 'books.sqlite'}"
    with create_engine(url).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    return url


def test_the_same_tables_are_no_finding(app: Path, tmp_path: Path, capsys):
    url = database(tmp_path, "CREATE TABLE books (book_id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(80) NOT NULL)")
    assert main(["doctor", "--models", str(app), "--database", url]) == 0
    assert "No findings; 1 models, 1 mappers configure." in capsys.readouterr().out


def test_every_difference_is_told_with_its_line(app: Path, tmp_path: Path, capsys):
    url = database(tmp_path, "CREATE TABLE books (book_id INTEGER NOT NULL PRIMARY KEY)", "CREATE TABLE left_over (id INTEGER)")
    assert main(["doctor", "--models", str(app), "--database", url, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"findings", "models", "mappers_ok"} and (told["models"], told["mappers_ok"]) == (1, 1)
    assert {(f["code"], f["model"], f["attribute"], f["file"], f["line"]) for f in told["findings"]} == {
        ("column_differs", "Book", "title", "app/book.py", 10), ("table_differs", "left_over", "", "", 0),
    }
    assert all(set(f) == {"code", "severity", "model", "attribute", "file", "line", "message", "suggestion"} for f in told["findings"])


def test_a_file_that_cannot_be_imported_does_not_hide_the_others(app: Path, tmp_path: Path):
    (app / "broken.py").write_text("from app.base import Base\nraise RuntimeError('no')\nclass Gone(Base):\n    __tablename__ = 'gone'\n")
    url = database(tmp_path, "CREATE TABLE books (book_id INTEGER NOT NULL PRIMARY KEY)")
    found = {(finding.code, finding.attribute) for finding in examine_models(str(app), database=url).findings}
    assert (Code.IMPORT_FAILS, "") in found and (Code.COLUMN_DIFFERS, "title") in found


def test_what_cannot_be_looked_at_is_exit_2_and_a_sentence(app: Path, tmp_path: Path, capsys):
    assert main(["doctor", "--models", str(app), "--database", "postgresql+psycopg2://me:secret@/x?host=/nowhere"]) == 2
    told = capsys.readouterr().err
    assert "cannot be used" in told and "secret" not in told
    assert main(["doctor", "--models", "no.such.package"]) == 2
    assert "There is no package" in capsys.readouterr().err
