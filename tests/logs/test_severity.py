"""What counts as an error: severity, level, traceback and known words together, and what people say beats them."""

import pickle

import pytest

from pipeline.errors import BadRequest
from pipeline.logs import Entry, is_error, rule


def entry(severity: str, message: str, trace: str = "", **fields: str) -> Entry:
    return Entry("1", 0.0, severity, message, trace, **fields)


@pytest.mark.parametrize(("severity", "message"), [
    ("ERROR", "anything"), ("CRITICAL", "0 errors"),
    ("WARNING", "Vertex AI not available: no credentials. Running in mock mode."),  # a real fault that is called a warning
    ("WARNING", "Gemini API error (attempt 1/3): 404. Retrying in 1s..."),
    ("DEFAULT", "sqlalchemy.exc.InvalidRequestError: One or more mappers failed to initialize"),  # the worker's text, by the line
    ("DEFAULT", "psycopg2.errors.InvalidTextRepresentation: invalid input value for enum"),
    ("DEFAULT", "ImportError: cannot import name 'monitoring_v3' from 'google.cloud' (unknown location)"),
    ("DEFAULT", "404 Publisher Model `gemini-1.5-flash` was not found"), ("DEFAULT", "403 PermissionDenied: API has not been used"),
    ("DEFAULT", "Request failed: id=1, stage=nlu, error=x"), ("DEFAULT", "Container called exit(1)."),
    ("DEFAULT", "Terminating task because it has reached the maximum timeout of 1800 seconds."),
    ("DEFAULT", "Error: could not connect"), ("DEFAULT", "Unhandled exception in thread"),
])
def test_faults_are_errors_whatever_they_are_called(severity: str, message: str) -> None:
    assert is_error(entry(severity, message))


@pytest.mark.parametrize(("severity", "message"), [
    ("INFO", "Worker completed: runtime=3.0s, processed=1, failed=4, success_rate=20.0%"),
    ("WARNING", "Message processing failed (total failed: 3)"),  # counts what was told before
    ("WARNING", "Request not found in database: request_id=r1"),
    ("WARNING", "Message on delivery attempt 4: request_id=r1. If failures continue, DLQ will capture at attempt 5."),
    ("DEFAULT", "Worker completed: processed=1, failed=0"), ("DEFAULT", "0 errors: all good"), ("DEFAULT", "error: none"),
    ("DEFAULT", "no error: fine"), ("DEFAULT", "Starting gunicorn 20.1.0"), ("DEFAULT", "Listening at: http://0.0.0.0:8080"),
    ("INFO", "Error: is only quoted here"),
])
def test_ordinary_lines_and_counts_are_none(severity: str, message: str) -> None:
    assert not is_error(entry(severity, message))


def test_a_traceback_is_an_error_unless_it_is_for_debugging() -> None:
    assert is_error(entry("INFO", "x", "ValueError")) and is_error(entry("WARNING", "x", "ValueError"))
    assert not is_error(entry("DEBUG", "x", "ValueError"))


def test_what_people_say_beats_everything_and_the_first_rule_wins() -> None:
    calm, strict = rule("message", "contains", "KNOWN", error=False), rule("job", "equals", "worker")
    assert not is_error(entry("ERROR", "a known thing"), [calm, strict])
    assert is_error(entry("INFO", "x", job="worker"), [calm, strict])
    assert not is_error(entry("ERROR", "known", job="worker"), [calm, strict])
    assert is_error(entry("ERROR", "known", job="worker"), [strict, calm])


def test_a_rule_may_look_with_a_pattern_at_message_and_traceback_and_goes_to_another_process() -> None:
    found = pickle.loads(pickle.dumps(rule("text", "matches", r"(?i)mapper.*FeatureFlag|KeyError$")))
    assert found.holds(entry("ERROR", "x", "Traceback\nKeyError")) and not found.holds(entry("ERROR", "KeyErrors"))


def test_a_pattern_that_would_take_forever_elsewhere_takes_a_moment() -> None:
    assert not rule("message", "matches", r"(a+)+$").holds(entry("INFO", "a" * 100_000 + "b"))


@pytest.mark.parametrize(("field", "how", "text", "named"), [
    ("raw", "contains", "x", "field"), ("message", "looks", "x", "how"), ("message", "contains", "", "text"),
    ("message", "contains", "x" * 501, "text"), ("message", "matches", "(", "missing"), ("message", "matches", "(?=x)", "pattern"),
    ("message", "matches", "((a{1000}){1000})", "pattern"),
])
def test_a_rule_that_cannot_be_followed_is_refused_by_name(field: str, how: str, text: str, named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        rule(field, how, text)
