"""Wishes as filters of Cloud Logging's language, asked of the stand-in, which reads that language by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import OperatorError
from pipeline.logs.cloud_filters import Wanted
from pipeline.testing.cloud_query import question
from tests.logs.cloud import NOW, line, stamp

JOB = {"type": "cloud_run_job", "labels": {"job_name": "worker"}}
SERVICE = {"type": "cloud_run_revision", "labels": {"service_name": "api"}}
ENTRIES = [
    line("a", NOW, "sqlalchemy is unwell", severity="ERROR", resource=JOB),
    line("b", NOW + 60, "all is well", severity="INFO", resource=JOB),
    line("c", NOW + 120, "Unwell", severity="WARNING", resource=SERVICE),
    line("d", NOW + 180, "unwell", resource={"type": "cloud_run_job", "labels": {"job_name": "other"}}),
]


def found(wanted: Wanted, entries: list[dict[str, Any]] = ENTRIES) -> str:
    asked = question(wanted.filter())
    return "".join(entry["insertId"] for entry in entries if asked(entry))


@pytest.mark.parametrize(("wanted", "names"), [
    (Wanted(), "abcd"),
    (Wanted(jobs=("worker",)), "ab"),
    (Wanted(jobs=("worker", "other")), "abd"),
    (Wanted(jobs=("other",), services=("api",)), "cd"),
    (Wanted(severity="WARNING"), "ac"),
    (Wanted(texts=("UNWELL",)), "acd"),
    (Wanted(texts=("unwell", "sqlalchemy")), "a"),
    (Wanted(jobs=("worker",), texts=("well",), severity="INFO"), "ab"),
    (Wanted(query='severity=INFO OR textPayload:"sql"', jobs=("worker",)), "ab"),
    (Wanted(query="severity=INFO OR severity=WARNING", texts=("unwell",)), "c"),
    (Wanted(query="NOT unwell"), "b"),
    (Wanted(until=datetime.fromtimestamp(NOW + 60, UTC)), "a"),
])
def test_a_wish_finds_what_it_names(wanted: Wanted, names: str):
    assert found(wanted) == names


@pytest.mark.parametrize("text", ['" OR severity>=DEFAULT OR "', '\\" OR timestamp>="2000-01-01T00:00:00Z', ") OR (", "\\", '"', "a\nb",
                                  "NOT x", "-- no comment", "\\u0041", "é\u2028"])
def test_a_text_is_only_looked_for(text: str):
    assert found(Wanted(texts=(text,)), [*ENTRIES, line("x", text=f"say {text} twice")]) == "x"
    assert found(Wanted(jobs=(text,)), [*ENTRIES, line("x", resource={"type": "cloud_run_job", "labels": {"job_name": text}})]) == "x"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), other=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_the_text_is_it_is_found_where_it_stands(text: str, other: str):
    asked = question(Wanted(texts=(text,)).filter())
    assert asked({"textPayload": f"{other}{text}"})
    assert asked({"textPayload": other}) == (text.lower() in other.lower())


def test_a_filter_that_is_too_long_is_said_here():
    with pytest.raises(OperatorError, match="make it shorter"):
        Wanted(texts=("x" * 20_000,)).filter()


@pytest.mark.parametrize("text", ["(", "severity>=", 'a="b', "timestamp>=yesterday", ")", "a AND"])
def test_the_standin_refuses_what_is_no_filter(text: str):
    with pytest.raises(ValueError):
        question(text)


def test_the_standin_lets_or_bind_tighter_than_and():
    asked = question('textPayload="x" OR textPayload="y" AND severity=ERROR')
    assert [asked({"textPayload": text, "severity": severity}) for text, severity in [("x", "INFO"), ("x", "ERROR"), ("z", "ERROR")]] == [
        False, True, False]


def test_the_standin_compares_times_to_the_nanosecond():
    asked = question('timestamp>="2027-01-15T09:00:00.000000001+01:00"')
    assert not asked({"timestamp": stamp(NOW)}) and asked({"timestamp": "2027-01-15T08:00:00.000000001Z"})
