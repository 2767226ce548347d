"""The texts of the runbooks: short, in steps, and every command in them is one that exists."""

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.__main__ import VERBS, _parser
from pipeline.config import ROOT
from pipeline.errors import BadRequest, OperatorError
from pipeline.runbooks import Runbook, find, load, match, read_runbook

BOOKS = load()
NAMES = ["add-api-endpoint", "database-down", "dead-letters", "deploy-to-production", "fix-sqlalchemy-mapper-error",
         "provider-quota", "stuck-render"]
OUTSIDE = {"gcloud", "git", "curl", "df", "free", "grep", "pg_isready", "terraform"}
"""Programs that are not ours."""
MOST_WORDS = 500
EACH = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)


def test_the_library_is_whole():
    assert [book.name for book in BOOKS] == NAMES
    with pytest.raises(BadRequest, match="runbooks list"):
        find("nothing")


@EACH
def test_a_runbook_is_short_and_says_how_long_it_takes(book: Runbook):
    assert len(book.text.split()) < MOST_WORDS and len(book.steps) >= 5
    assert re.search(r"\d+ (minutes|hours)", book.effort)


@EACH
def test_every_command_is_one_that_exists(book: Runbook):
    assert book.commands
    for command in book.commands:
        check(command)


@EACH
def test_runbooks_that_are_named_in_a_text_exist(book: Runbook):
    named = set(re.findall(r"as in `([a-z-]+)`", book.text))
    assert named <= set(NAMES)


def check(command: str) -> None:
    """Our own verbs take these options; targets of make, files and programs are there."""
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=\S+", word)]
    if words[:3] in (["python", "-m", "pipeline"], [".venv/bin/python", "-m", "pipeline"]):
        said = ["7" if word in ("DEAD_ID", "RUN") else word for word in words[3:]]
        assert said[0] in VERBS, command
        _parser(said).parse_args(said)
    elif words[:3] == [".venv/bin/python", "-m", "pytest"]:
        assert (ROOT / words[3]).exists()
    elif words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
    else:
        assert words[0] in OUTSIDE, command


@pytest.mark.parametrize(("exception", "title", "name"), [
    ("sqlalchemy.exc.InvalidRequestError", "expression 'School' failed to locate a name ('School')", "fix-sqlalchemy-mapper-error"),
    ("InvalidRequestError", "Table 'topics' is already defined for this MetaData instance", "fix-sqlalchemy-mapper-error"),
    ("", "could not find table 'organizations' with which to generate a foreign key", "fix-sqlalchemy-mapper-error"),
    ("ImportError", "cannot import name 'monitoring_v3' from 'google.cloud' (unknown location)", "deploy-to-production"),
    ("", "Invalid request_id format: '<*>' is not a valid UUID (type: str).", "dead-letters"),
    ("psycopg2.errors.InvalidTextRepresentation", 'invalid input syntax for type uuid: "test-smoke-002"', "dead-letters"),
    ("google.api_core.exceptions.ResourceExhausted", "429 Quota exceeded for aiplatform", "provider-quota"),
    ("sqlalchemy.exc.OperationalError", "could not connect to server: Connection refused", "database-down"),
    ("", "the database is away", "database-down"),
    ("pipeline.errors.DeadlinePassed", "It took longer than it may.", "stuck-render"),
    ("", "Terminating task because it has reached the maximum timeout of 1800 seconds.", "stuck-render"),
    ("ValueError", "boom", None), ("", "quotation of the day", None), ("", "", None),
])
def test_a_fault_finds_its_runbook(exception: str, title: str, name: str | None):
    found = match(SimpleNamespace(exception=exception, title=title, sample=""))
    assert (found.name if found else None) == name


def test_the_sample_is_looked_at_as_well():
    fault = SimpleNamespace(exception="", title="<*>", sample="FATAL: remaining connection slots are reserved")
    assert match(fault) is not None


HEAD = '+++\ntitle = "T"\neffort = "1 minute"\nexceptions = []\nwords = []\n+++\n'


@pytest.mark.parametrize(("text", "said"), [
    ("", "needs a head"), ("+++\n+++\n1. A step\n", "its head must have"), (HEAD + "No steps.\n", "it has no steps"),
    (HEAD + "Intro.\n\n2. Two\n", "step 2 stands where step 1 should"), (HEAD.replace('"T"', "T") + "I.\n\n1. A\n", "is no runbook"),
    (HEAD.replace('"T"', "5") + "I.\n\n1. A\n", "is no runbook"), (HEAD + "1. Without an intro\n", "is no runbook"),
])
def test_a_file_that_is_no_runbook_says_what_is_wrong(tmp_path: Path, text: str, said: str):
    path = tmp_path / "broken.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError, match=said) as fault:
        read_runbook(path)
    assert "\n" not in str(fault.value)


def test_a_step_has_its_words_and_its_commands_apart(tmp_path: Path):
    path = tmp_path / "one.md"
    path.write_text(HEAD + "Intro.\n\n1. Look\n   closely:\n\n       df -h\n       free -m\n\n   then go on.\n2. End\n", encoding="utf-8")
    book = read_runbook(path)
    first, second = book.steps
    assert first.commands == ("df -h", "free -m") and first.text.split() == "Look closely: then go on.".split()
    assert (second.text, book.intro, book.name) == ("End", "Intro.", "one")
