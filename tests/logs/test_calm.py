"""Lines that are only counted agree with what reading them whole says, however hostile they are."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.incidents.folded import Rules
from pipeline.incidents.folding import fold
from pipeline.logs import Calm, Entry, Read, is_error, notable, parse, rule
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


def whole(read: Read[Any]) -> Read[Entry]:
    return read._replace(entries=[one.entry() if isinstance(one, Calm) else one for one in read.entries])


class Slow(FilePiece):
    def skim(self) -> Read[Any]:
        return self.read()


@settings(max_examples=500, deadline=None)
@given(LINES, st.sampled_from(("\n", "\r\n")))
@example([json.dumps(CALM_CLOUD), json.dumps({**CALM_CLOUD, "insertId": "b", "textPayload": "KeyError: 'id'"})], "\n")
@example([HEAD + "INFO - x", *TRACE.split("\n")], "\n")
def test_what_is_skimmed_says_what_reading_says(lines: list[str], end: str):
    data = end.join(lines).encode()
    skimmed, read = skim(data, source="log"), parse(data, source="log")
    assert whole(skimmed) == read
    for calm, entry in zip(skimmed.entries, read.entries, strict=True):
        if isinstance(calm, Calm):
            assert calm.who == (entry.version, entry.execution, entry.job, entry.worker, entry.source)
            assert (calm.id or entry.id, calm.at, calm.kind) == (entry.id, entry.at, notable(entry))
            assert not is_error(entry)
    given = ("end", data, "log", 1, 0.0, 5.0)
    assert fold(FilePiece(*given), Rules()) == fold(Slow(*given), Rules())


@pytest.mark.parametrize("line", [
    json.dumps(CALM_CLOUD), json.dumps(CALM_BODY), json.dumps(CALM_OWN), HEAD + "INFO - x",
])
def test_ordinary_lines_are_only_counted(line: str):
    assert [type(entry) for entry in skim(line.encode(), source="log").entries] == [Calm]


def test_a_rule_that_calls_ordinary_lines_errors_is_followed():
    data = f"{HEAD}INFO - the lamp is out\n".encode()
    says = Rules(verdicts=(rule("message", "contains", "lamp"),))
    assert [len(fold(FilePiece("end", data, "log", 1, 0.0, 5.0), rules).hits) for rules in (Rules(), says)] == [0, 1]
