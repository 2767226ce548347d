"""Filters as people give them to gcloud, over lines of every kind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadRequest
from pipeline.logs import Entry, parse, read_query

CLOUD = {"insertId": "i1", "timestamp": "2025-11-04T00:44:21Z", "severity": "ERROR", "logName": "projects/p/logs/stderr",
         "resource": {"type": "cloud_run_job", "labels": {"job_name": "dev-worker"}},
         "labels": {"run.googleapis.com/execution_name": "dev-worker-x1"},
         "jsonPayload": {"message": "sqlalchemy says no", "request_id": "r1", "seconds": 12.5, "codes": [404, 503]}}
OURS = {"severity": "INFO", "timestamp": "2025-11-04T00:45:00Z", "message": "stage finished", "request_id": "r2", "seconds": 3,
        "logging.googleapis.com/labels": {"program": "worker"}, "resource": {"type": "generic_task", "labels": {"job": "worker"}}}
PLAIN = "2025-11-04 00:46:00,000 - __main__ - WARNING - Gemini API error (attempt 1/3): Timeout"
LINES = "\n".join((json.dumps(CLOUD), json.dumps(OURS), PLAIN))
NAMES = {"i1": "cloud", "w.log:2": "ours", "w.log:3": "plain"}


def found(said: str) -> list[str]:
    query = read_query(said)
    return [NAMES[entry.id] for entry in parse(LINES.encode(), source="w.log", raw=True).entries if query.finds(entry)]


@pytest.mark.parametrize(("said", "names"), [
    ("", "cloud ours plain"),
    ("severity>=ERROR", "cloud"), ("severity>=warning", "cloud plain"), ("severity=INFO", "ours"), ("severity!=INFO", "cloud plain"),
    ('"sqlalchemy"', "cloud"), ("SQLALCHEMY", "cloud"), ('"gemini api"', "plain"), ("timeout", "plain"),
    ('job_name="dev-worker"', "cloud"), ("resource.labels.job_name=dev-worker", "cloud"), ("job_name:dev", "cloud"),
    ('resource.type="cloud_run_job" severity>=ERROR "sqlalchemy"', "cloud"),
    ("resource.type=(cloud_run_job OR generic_task)", "cloud ours"),
    ('labels."run.googleapis.com/execution_name"="dev-worker-x1"', "cloud"), ("execution_name:x1", "cloud"),
    ("labels.program=worker", "ours"),
    ("jsonPayload.seconds>9", "cloud"), ("jsonPayload.seconds<9", "ours"), ("jsonPayload.seconds:*", "cloud ours"),
    ("jsonPayload.codes=503", "cloud"), ("jsonPayload.nothing!=1", ""), ("NOT jsonPayload.nothing=1", "cloud ours plain"),
    ("jsonPayload.message:finished", "ours"), ("request_id=r2", "ours"), ("jsonPayload.request_id=(r1 OR r2)", "cloud ours"),
    ('textPayload=~"attempt [0-9]/3"', "plain"), ('textPayload=~"ATTEMPT"', ""), ("textPayload!~^Gemini", "cloud ours"),
    ('timestamp>="2025-11-04T00:45:00Z"', "ours plain"), ("timestamp<2025-11-04T00:45:00Z", "cloud"),
    ("severity=INFO OR severity=ERROR", "cloud ours"), ("NOT severity=INFO", "cloud plain"), ("-severity=INFO", "cloud plain"),
    ("severity=ERROR OR severity=INFO AND stage", "ours"),  # OR binds tighter than AND
    ("severity=ERROR OR (severity=INFO AND nowhere)", "cloud"),
    ('logName="projects/p/logs/stderr"', "cloud"), ("insertId=i1", "cloud"), ("logger=__main__", "plain"),
    ("severity>=ERROR -- and a comment\n sqlalchemy", "cloud"), (r'"say\u0073"', ""), (r'"says \no"', ""),
])
def test_a_filter_finds_as_in_google_s_language(said: str, names: str) -> None:
    assert found(said) == names.split()


@pytest.mark.parametrize(("said", "place", "why"), [
    ("severity>=BAD", 11, "no severity"), ("severity>=", 11, "value is missing"), ('"open', 1, "no end"),
    ("(severity=INFO", 15, "is missing"), ("severity=INFO)", 14, "no \\("), ("a AND", 6, "must follow"), ("AND a", 1, "expected"),
    ("timestamp>soon", 11, "no time"), ("message=~(", 11, "value is missing"), ('message=~"("', 10, "cannot be read"),
    ("a=(b OR c AND d)", 11, "joined by"), ("=x", 1, "expected"), ("(" * 60, 51, "more than 50"),
])
def test_a_mistake_is_told_with_its_place(said: str, place: int, why: str) -> None:
    with pytest.raises(BadRequest, match=rf"at character {place}\b.*{why}"):
        read_query(said)


def test_short_names_are_written_out_for_cloud_logging() -> None:
    said = 'job_name="a job_name" OR request_id=1 service_name:x'
    assert read_query(said).google == 'resource.labels.job_name="a job_name" OR request_id=1 resource.labels.service_name:x'
    assert read_query('timestamp>"2025-11-04"').times and not read_query('"timestamp"').times


@given(st.text(st.sampled_from('ab=<>!~:()"\'-. ANDORT\\\n'), max_size=30))
def test_any_text_is_understood_or_refused(said: str) -> None:
    try:
        query = read_query(said)
    except BadRequest:
        return
    assert query.finds(Entry("1", 0.0, "INFO", "a")) in (True, False)
