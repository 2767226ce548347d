"""`python -m pipeline prices`: what it prints, and its exit code."""

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.commands import prices as command
from pipeline.database import downgrade, open_database, state, upgrade

BROKEN = '[[price]]\nprovider = "p"\nunit = "image"\nusd = 0.3\nstarts = 2026-01-01\nsource = "s"\nchecked = 2026-01-01\n'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "broken.toml").write_text(BROKEN)
    monkeypatch.setattr(command, "PRICES", tmp_path / "prices")
    return tmp_path


def test_the_shipped_books_pass_and_old_checks_are_warnings(capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "check"]) == 0
    said = capsys.readouterr().out
    assert "3 price books (embedded, list, planning): 0 errors" in said
    assert "error:" not in said


def test_a_broken_book_fails_the_check_with_file_line_and_field(broken: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "check"]) == 1
    assert "error: broken.toml:4: usd: 0.3 is not exact: write it in quotes" in capsys.readouterr().out


def test_the_faults_come_as_one_object_for_machines(broken: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [(f["file"], f["line"], f["field"], f["severity"]) for f in told["faults"]] == [("broken.toml", 4, "usd", "error")]


def test_a_broken_book_stands_in_the_list_with_its_fault_and_cannot_be_shown(
    broken: Path, capsys: pytest.CaptureFixture[str],
):
    assert main(["prices", "list"]) == 0
    assert "cannot be read: broken.toml:4: usd" in capsys.readouterr().out
    assert main(["prices", "show", "broken"]) == 1
    assert "broken.toml:4: usd" in capsys.readouterr().err


def test_a_book_shows_the_rows_of_a_day_and_where_they_are_from(capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "show", "list", "--on", "2027-01-01"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    flash = [row for row in rows if row[:3] == ["google", "gemini-3.6-flash", "output_token"] and "standard" in row]
    assert [row[3] for row in flash] == ["7.50"]
    assert any("genai-prices" in row for row in rows)


def test_a_book_that_does_not_exist_is_an_error_that_names_those_that_do(capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "show", "nobody"]) == 1
    assert "there are: embedded, list, planning" in capsys.readouterr().err


def test_without_a_database_the_files_are_checked_and_it_is_said(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["prices", "check"]) == 0
    assert "No usage was looked at: there is no database yet." in capsys.readouterr().out
    assert not home.exists()


def test_a_database_of_another_version_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
):
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    upgrade(url)
    downgrade(url)
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["prices", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["unpriced"]) == (True, []) and "python -m pipeline database upgrade" in told["usage_untold"]
    assert not state(open_database(url)).ready


def test_a_database_that_is_none_does_not_keep_the_files_from_being_checked(
    broken: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
):
    (broken / "none.sqlite").write_bytes(b"no database at all, but of some length" * 50)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{broken / 'none.sqlite'}")
    assert main(["prices", "check"]) == 1
    said = capsys.readouterr().out
    assert "broken.toml:4: usd" in said and "No usage was looked at: The database file is damaged" in said
