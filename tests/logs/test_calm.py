"""Lines that are only counted agree with what reading them whole says, however hostile they are."""

import json
from array import array
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.incidents.folded import Folded, Rules
from pipeline.incidents.folding import fold
from pipeline.logs import Calm, Entry, Notable, Read, parse, rule
from pipeline.logs.parsing import skim
from pipeline.logs.parsing_json import GOOGLE
from pipeline.logs.stretches import FilePiece

AT = "2025-11-04T10:00:00.5Z"
HEAD = "2025-11-04 10:00:00,500 - app.worker - "
TRACE = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in run\nKeyError: \'id\''
NAMES = ("message", "msg", "severity", "level", "timestamp", "time", "textPayload", "jsonPayload", "protoPayload", "payload", "insertId",
         "insert_id", "logName", "labels", GOOGLE + "labels", GOOGLE + "insertId", "resource", "worker", "worker_id", "version",
         "execution", "service", "logger", "name", "action", "request_id", "stage", "fault", "place", "where", "error", "exception",
         "exc_info", "httpRequest", "text_payload", "json_payload", "other")
WORDS = ("", "x", "INFO", "ERROR", "DEFAULT", "info", "NOTICE", AT, "2025-11-04T10:00:60Z", "0", "request_taken", "stage_finished",
         "  File \"a\", line 3", "KeyError: 'id'", "Traceback (most recent call last):", TRACE, HEAD + "INFO - Request completed x",
         HEAD + "ERROR - broken", HEAD + "INFO - [gen_1] COST SAVINGS: $1", HEAD + "DEFAULT - failed: x", "[gen_a] Step 6", "two\nlines",
         "\x1b[31mred", "\x00", "é\u2028", "y" * 201, "y" * 17_000, "log:1", "Worker crashed")
VALUES = st.one_of(
    st.sampled_from(WORDS), st.sampled_from((None, True, 0, 30, -0.0, 1.5, 10**30, 10**400, [], {}, [1], float("1e300"))),
    st.dictionaries(st.sampled_from(("job_name", "service_name", "revision_name", "instanceId", "version", "execution", "labels",
                                     "program", "run.googleapis.com/execution_name", "message", "action", "worker", "fault", "level")),
                    st.sampled_from((*WORDS, 3, None)) | st.dictionaries(st.just("job"), st.sampled_from(("a", "", 1))), max_size=4))
CALM_CLOUD = {"insertId": "a1", "severity": "DEFAULT", "timestamp": AT, "textPayload": HEAD + "INFO - Request completed x",
              "labels": {"run.googleapis.com/execution_name": "run-1"}, "resource": {"labels": {"job_name": "worker"}}}
CALM_BODY = {"insertId": "a2", "severity": "INFO", "timestamp": AT, "jsonPayload": {"message": "x", "worker": "w"}, "labels": {}}
CALM_OWN = {GOOGLE + "insertId": "a3", "severity": "INFO", "timestamp": AT, "message": "x", "action": "request_taken", "worker": "w"}
OBJECTS = st.builds(lambda calm, more: {**calm, **more}, st.sampled_from((CALM_CLOUD, CALM_BODY, CALM_OWN, {})),
                    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
OTHERS = st.sampled_from((
    HEAD + "INFO - Request completed x", HEAD + "INFO - x", HEAD + "WARNING - Worker crashed", "2025-11-04 25:00:00,500 - a - INFO - x",
    "2025-11-04 10:00:00,5٣1 - a - INFO - x", "  - a", " deeper", "", "Traceback (most recent call last):", '  File "/app/a.py", line 3',
    "KeyError: 'id'", '{"insertId": "a1", "cut', '{"message": "a\tb"}', '{"insertId":"b","severity":"INFO","timestamp":"' + AT + '",'
    '"textPayload":"' + HEAD + 'INFO - x","n":1e999}', "{" + json.dumps(GOOGLE + "insertId") + ':"c","message":"x","severity":"INFO",'
    '"timestamp":"' + AT + '","deep":' + "[" * 600 + "]" * 600 + "}", "INFO: said", HEAD + "INFO - " + "z" * 17_000, "\x1b[0m"))
LINES = st.lists(st.one_of(OBJECTS.map(json.dumps), OBJECTS.map(json.dumps).map(lambda line: line + "}"), OTHERS), max_size=8)


ALL = dict.fromkeys(Notable, 1000)
GIVEN = ("log", 1, 0.0, 5.0)


class Slow(FilePiece):
    def skim(self, most: Any) -> Read[Any]:
        return self.read()


def seen(folded: Folded) -> Folded:
    """With the ids of each minute in an order of their own."""
    return folded._replace(seen={minute: sorted(array("q", ids)) for minute, ids in folded.seen.items()})


@settings(max_examples=500, deadline=None)
@given(LINES, st.sampled_from(("\n", "\r\n")))
@example([json.dumps(CALM_CLOUD), json.dumps({**CALM_CLOUD, "insertId": "b", "textPayload": "KeyError: 'id'"})], "\n")
@example([HEAD + "INFO - x", *TRACE.split("\n")], "\n")
def test_what_is_skimmed_says_what_reading_says(lines: list[str], end: str):
    data = end.join(lines).encode()
    skimmed, read = skim(data, ALL, source="log"), parse(data, source="log")
    rest = iter(read.entries)
    told = [one.entry() if isinstance(one, Calm) else one for one in skimmed.entries]
    assert all(entry in rest for entry in told)  # in their order
    assert sum(one.lines for one in skimmed.sums) + sum(isinstance(one, Entry) for one in skimmed.entries) == len(read.entries)
    assert sum(sum(one.kinds.values()) for one in skimmed.sums) == sum(isinstance(one, Calm) for one in skimmed.entries)
    assert seen(fold(FilePiece("end", data, *GIVEN), Rules())) == seen(fold(Slow("end", data, *GIVEN), Rules()))


@pytest.mark.parametrize("line", [
    json.dumps(CALM_CLOUD), json.dumps(CALM_BODY), json.dumps(CALM_OWN), HEAD + "INFO - x",
])
def test_ordinary_lines_are_only_counted(line: str):
    read = skim(line.encode(), {**ALL, Notable.REQUEST_DONE: 0, Notable.REQUEST_TAKEN: 0}, source="log")
    assert (read.entries, [one.lines for one in read.sums]) == ([], [1])


@pytest.mark.parametrize("ids", [("a", "b", "a"), ("a", "a"), ("a", "b")])
def test_a_line_that_comes_twice_is_counted_once(ids: tuple[str, ...]):
    data = "\n".join(json.dumps({**CALM_CLOUD, "insertId": one}) for one in ids).encode()
    folded = fold(FilePiece("end", data, *GIVEN), Rules())
    assert (folded.lines, folded.duplicates) == (len(set(ids)), len(ids) - len(set(ids)))


def test_an_error_and_a_calm_line_of_one_id_are_one_line_the_first():
    wrong = json.dumps({**CALM_CLOUD, "textPayload": HEAD + "ERROR - broken"})
    for lines, errors in (([wrong, json.dumps(CALM_CLOUD)], 1), ([json.dumps(CALM_CLOUD), wrong], 0)):
        folded = fold(FilePiece("end", "\n".join(lines).encode(), *GIVEN), Rules())
        assert (folded.lines, len(folded.hits), folded.duplicates) == (1, errors, 1)


def test_so_many_lines_of_a_kind_are_kept_of_each_hour():
    data = "\n".join(f"2025-11-04 1{hour}:00:0{second},500 - a - INFO - [gen_1] COST SAVINGS: ${second}"
                     for hour in range(2) for second in range(4)).encode()
    read = skim(data, {**ALL, Notable.VIDEO_SKIPPED: 3}, source="log")
    assert [one.entry().message[-1] for one in read.entries] == ["0", "1", "2", "0", "1", "2"]
    assert sum(one.kinds[Notable.VIDEO_SKIPPED] for one in read.sums) == 8


def test_a_rule_that_calls_ordinary_lines_errors_is_followed():
    data = f"{HEAD}INFO - the lamp is out\n".encode()
    says = Rules(verdicts=(rule("message", "contains", "lamp"),))
    assert [len(fold(FilePiece("end", data, "log", 1, 0.0, 5.0), rules).hits) for rules in (Rules(), says)] == [0, 1]
