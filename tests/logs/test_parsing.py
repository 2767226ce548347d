"""Bytes of any kind become entries: every form that the original and Cloud Logging write, and every way to be broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.logs import Entry, parse
from pipeline.logs.documents import document_end, read_document
from pipeline.logs.parsing import BROKEN, joined
from pipeline.logs.plain_text import TRACEBACK

TRACE = f'{TRACEBACK}\n  File "/app/a.py", line 3, in f\n    call(x)\nValueError: no'
AT = 1762217061.728


def read(text: str | bytes) -> list[Entry]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(parse(data, source="w.log", before=7.0).entries)


def one(text: str | bytes) -> Entry:
    (entry,) = read(text)
    return entry


@pytest.mark.parametrize(("line", "logger", "severity", "message", "at"), [
    ("2025-11-04 00:44:21,728 - __main__ - INFO - Worker stopped", "__main__", "INFO", "Worker stopped", AT),
    ("2025-11-04 00:44:21 - app.main - WARNING - no fraction", "app.main", "WARNING", "no fraction", AT - .728),
    ("2025-11-04 00:44:21,728 - ERROR - no logger", "", "ERROR", "no logger", AT),
    ("2025-11-04 00:44:21,728 - __main__ - no level", "__main__", "DEFAULT", "no level", AT),
    ("2025-11-04 00:44:21,728 nothing - else", "", "DEFAULT", "nothing - else", AT),
    ("2025-11-04 00:44:21,728 app.main ERROR spaces", "app.main", "ERROR", "spaces", AT),
    ("2025-11-04T01:44:21.728+01:00 [ERROR] a zone", "", "ERROR", "a zone", AT),
    ("2025-11-03 19:14:21.728 -05:30 | WARN | west of it", "", "WARNING", "west of it", AT),
    ("[2025-11-04 00:44:21 +0000] [12] [INFO] Booting", "", "INFO", "Booting", AT - .728),
    ("2025-11-04T00:44:21.728Z  DEFAULT  2025-11-04 00:44:21,728 - __main__ - ERROR - a - b", "__main__", "ERROR", "a - b", AT),
    ("ERROR: Request failed: x", "", "ERROR", "Request failed: x", 7.0),
    ("ERROR:app.main:message", "app.main", "ERROR", "message", 7.0),
    ("INFO:     127.0.0.1:0 - GET", "", "INFO", "127.0.0.1:0 - GET", 7.0),
    ("[CRITICAL] down", "", "CRITICAL", "down", 7.0),
    ("Starting gunicorn", "", "DEFAULT", "Starting gunicorn", 7.0),
    ("ERRORS are not a level", "", "DEFAULT", "ERRORS are not a level", 7.0),
    ("2025-13-44 00:44:21,728 - __main__ - ERROR - no such day", "__main__", "ERROR", "no such day", 7.0),
])
def test_plain_text_is_read_in_every_form(line: str, logger: str, severity: str, message: str, at: float) -> None:
    entry = one(line)
    assert (entry.logger, entry.severity, entry.message) == (logger, severity, message)
    assert entry.at == pytest.approx(at, abs=1e-5)


@pytest.mark.parametrize(("message", "request_id", "correlation", "stage"), [
    ("Processing message: request_id=r-1, correlation_id=req_9, delivery_attempt=1", "r-1", "req_9", ""),
    ("[gen_0a1b] Step 6: Video generation SKIPPED (not in requested_modalities=['text'])", "", "gen_0a1b", "video"),
    ("Request failed: id=r-1, stage=rag_retrieval, error=x", "r-1", "", "retrieval"),
    ("Request 6f1ed002-ab59-4c2f-9c4f-1a2b3c4d5e6f failed: boom", "6f1ed002-ab59-4c2f-9c4f-1a2b3c4d5e6f", "", ""),
    ("Request already completed (idempotency check): request_id=r-1, skipping", "r-1", "", ""),
    ("Message on delivery attempt 4: request_id=r-1, correlation_id=req_9. If failures continue", "r-1", "req_9", ""),
    ("Nothing is named", "", "", ""),
])
def test_what_a_message_names_becomes_fields(message: str, request_id: str, correlation: str, stage: str) -> None:
    as_text = one(f"2025-11-04 00:44:21,728 - __main__ - INFO - {message}")
    in_cloud = one(json.dumps({"insertId": "1", "textPayload": f"2025-11-04 00:44:21,728 - __main__ - INFO - {message}"}))
    for entry in (as_text, in_cloud):
        assert (entry.request_id, entry.correlation_id, entry.stage) == (request_id, correlation, stage)
        assert entry.message == message


def test_a_traceback_is_joined_to_its_line_with_the_chain_and_the_statement() -> None:
    chain = f"{TRACE}\n\nDuring handling of the above exception, another exception occurred:\n\n{TRACE}\n[SQL: SELECT]\n(Background on"
    entries = read(f"2025-11-04 00:44:21 - w - ERROR - failed\n{chain}\n2025-11-04 00:44:22 - w - INFO - on\nfree text\n")
    assert [(entry.message, entry.lines) for entry in entries] == [("failed", 14), ("on", 1), ("free text", 1)]
    assert entries[0].trace == chain and not entries[1].trace


def test_a_crash_below_an_ordinary_line_is_its_own_entry() -> None:
    said, crash = read(f"2025-11-04 00:44:21 - w - INFO - working\n{TRACE}\n")
    assert (said.message, said.trace) == ("working", "")
    assert (crash.message, crash.trace, crash.at) == ("ValueError: no", TRACE, said.at)


def test_a_message_of_several_lines_stays_together() -> None:
    entry = one("2025-11-04 00:44:21 - w - ERROR - first\n  second\n\n  third\n")
    assert (entry.message, entry.trace, entry.lines) == ("first\n  second\n\n  third", "", 4)


ENVELOPE = {"insertId": "i1", "timestamp": "2025-11-04T00:44:21.728123456Z", "logName": "projects/p/logs/x",
            "resource": {"type": "cloud_run_job", "labels": {"job_name": "dev-worker"}},
            "labels": {"run.googleapis.com/execution_name": "dev-worker-x1", "instanceId": "abc"}}


def test_an_entry_of_cloud_logging_is_read_in_the_spelling_of_api_and_client() -> None:
    text = "2025-11-04 00:44:21,728 - __main__ - ERROR - Worker crashed: x"
    api = one(json.dumps({**ENVELOPE, "severity": "DEFAULT", "textPayload": text}))
    snake = {"insertId": "insert_id", "logName": "log_name"}
    client = {snake.get(name, name): value for name, value in ENVELOPE.items()}
    assert api == one(json.dumps({**client, "severity": "DEFAULT", "text_payload": text}))
    assert api == one(json.dumps({**client, "severity": "DEFAULT", "payload": text}))
    assert (api.id, api.severity, api.message, api.job, api.execution, api.worker) == (
        "i1", "ERROR", "Worker crashed: x", "dev-worker", "dev-worker-x1", "abc")
    assert api.at == pytest.approx(AT, abs=1e-3)


def test_a_structured_payload_keeps_its_fields_and_its_exception() -> None:
    entry = one(json.dumps({**ENVELOPE, "severity": "ERROR", "jsonPayload": {
        "message": "failed", "request_id": "r1", "correlation_id": "c1", "stage": "script_generation", "version": "1.2",
        "exception": {"type": "ValueError", "message": "no", "traceback": TRACE}}}))
    assert (entry.request_id, entry.correlation_id, entry.stage, entry.version, entry.trace) == ("r1", "c1", "script", "1.2", TRACE)


def test_the_places_that_our_api_and_bridge_tell_are_tracebacks_too() -> None:
    api = one(json.dumps({"severity": "ERROR", "message": "call failed", "fault": "KeyError", "sentence": "",
                          "place": '  File "/a/call.py", line 3, in serve\n    x\n'}))
    bridge = one(json.dumps({"severity": "ERROR", "message": "x", "error": "TypeError", "where": "/a/intake.py:7"}))
    assert api.trace == f'{TRACEBACK}\n  File "/a/call.py", line 3, in serve\n    x\nKeyError'
    assert bridge.trace == f'{TRACEBACK}\n  File "/a/intake.py", line 7, in ?\nTypeError'


def test_an_audit_record_is_told_by_its_method_and_kept_whole() -> None:
    audit = {"methodName": "google.cloud.run.v1.Jobs.ReplaceJob", "resourceName": "namespaces/p/jobs/dev-worker",
             "status": {"message": "denied"}}
    entry = one(json.dumps({**ENVELOPE, "severity": "NOTICE", "protoPayload": audit}))
    assert (entry.action, json.loads(entry.audit)) == (audit["methodName"], audit)
    assert entry.message == "google.cloud.run.v1.Jobs.ReplaceJob namespaces/p/jobs/dev-worker: denied"


def test_a_call_that_the_platform_served_is_told_without_its_query() -> None:
    entry = one(json.dumps({**ENVELOPE, "severity": "ERROR", "httpRequest": {
        "requestMethod": "GET", "requestUrl": "https://x/files?token=secret", "status": 503}}))
    assert entry.message == "GET https://x/files 503"


@pytest.mark.parametrize(("line", "severity", "message", "at"), [
    ({"level": "error", "msg": "go", "ts": 1762217061.728}, "ERROR", "go", AT),
    ({"level": 50, "msg": "bunyan", "time": 1762217061728}, "CRITICAL", "bunyan", AT),
    ({"levelname": "WARNING", "message": "python", "asctime": "2025-11-04 00:44:21,728"}, "WARNING", "python", AT),
    ({"log": "2025-11-04 00:44:21,728 - w - ERROR - docker\n", "stream": "stderr", "time": "2025-11-04T00:44:21.728Z"},
     "ERROR", "docker", AT),
    ({"timestamp": {"seconds": 1762217061, "nanos": 728000000}, "severity": "INFO", "message": "protobuf"}, "INFO", "protobuf", AT),
    ({"severity": ["odd"], "message": {"also": "odd"}, "timestamp": "soon", "request_id": {"a": 1}}, "DEFAULT", '{"also":"odd"}', 7.0),
    ({"no": "message"}, "DEFAULT", '{"no":"message"}', 7.0),
])
def test_lines_of_other_programs_are_read_too(line: dict[str, object], severity: str, message: str, at: float) -> None:
    entry = one(json.dumps(line))
    assert (entry.severity, entry.message) == (severity, message) and entry.at == pytest.approx(at)


def test_a_traceback_that_came_as_one_entry_a_line_is_joined_to_its_line() -> None:
    texts = ["2025-11-04 00:44:21,728 - w - ERROR - failed", *TRACE.split("\n"), "free text"]
    lines = [json.dumps({**ENVELOPE, "insertId": str(number), "textPayload": text}) for number, text in enumerate(texts)]
    got = parse("\n".join(lines).encode(), source="w.log")
    assert [(entry.message, entry.lines) for entry in got.entries] == [("failed", 5), ("free text", 1)]
    assert got.entries[0].trace == TRACE and [name for name, _ in got.absorbed] == ["1", "2", "3", "4"]


def test_what_another_execution_writes_in_between_is_not_joined() -> None:
    first, other = Entry("1", 1.0, "ERROR", "failed", TRACEBACK, execution="a"), Entry("2", 1.0, "DEFAULT", "  File x", execution="b")
    assert joined([first, other]) == [first, other]


def test_broken_json_is_counted_with_its_place_and_the_line_that_it_swallowed_is_kept() -> None:
    whole = '{"severity":"INFO","timestamp":"2025-11-04T00:44:21Z","message":"whole"}'
    got = parse(f'{{"severity":"ERR\n{{"message":"cut{whole}\n{whole}\n'.encode(), source="w.log")
    assert [(unparsed.place, unparsed.reason) for unparsed in got.unparsed] == [("w.log:1", BROKEN), ("w.log:2", BROKEN)]
    assert [(entry.id, entry.message) for entry in got.entries] == [("w.log:2", "whole"), ("w.log:3", "whole")]


def test_nul_bytes_colours_line_ends_of_windows_and_foreign_bytes_do_no_harm() -> None:
    got = parse(b"\0\0\x1b[31m2025-11-04 00:44:21,728 - w - ERROR - caf\xe9 \x1b[0m\r\n" + b'{"message":"\\u001b[31mred"}\n',
                source="w.log")
    assert [entry.message for entry in got.entries] == ["caf\ufffd ", "red"] and got.replaced == 1
    utf16 = "2025-11-04 00:44:21,728 - w - ERROR - from Windows\r\n".encode("utf-16")
    assert [entry.message.strip() for entry in read(utf16) if "Windows" in entry.message]


def test_a_clock_that_goes_back_is_kept_as_it_is() -> None:
    assert [entry.at for entry in read("2025-11-04 00:44:21 - a - INFO - x\n2025-11-03 00:44:21 - a - INFO - y\nz\n")] == [
        AT - .728, AT - .728 - 86400, AT - .728 - 86400]


def test_a_lone_traceback_deeper_than_any_stays_bounded() -> None:
    frames = '  File "/app/a.py", line 1, in f\n    f()\n' * 20_000
    entry = read(f"2025-11-04 00:44:21 - w - ERROR - deep\n{TRACEBACK}\n{frames}RecursionError: deep\n")[0]
    assert len(entry.trace) < 65_000 and entry.lines == 5001


LINES = st.one_of(
    st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"")),
    st.sampled_from([b'{"severity":"ERROR","message":"m"}', b"2025-11-04 00:44:21,728 - w - ERROR - m", TRACEBACK.encode(), b"  x",
                     b'{"a":', b"{'a': 1}", b"[SQL: x]", b"null", b"[1, 2", b"", b'{"textPayload":"Traceback (most recent call last):"}']),
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda inner: st.dictionaries(
        st.sampled_from(["message", "severity", "timestamp", "textPayload", "jsonPayload", "payload", "resource", "labels", "fault",
                         "at", "because", "exception", "stage", "request_id", "insertId", "httpRequest", "protoPayload"]), inner,
        max_size=4) | st.lists(inner, max_size=2), max_leaves=8).map(lambda said: json.dumps(said).encode()))


@given(st.lists(LINES, max_size=12))
def test_no_bytes_are_lost_or_fatal(lines: list[bytes]) -> None:
    got = parse(b"\n".join(lines), source="x")
    for entry in got.entries:
        assert all(isinstance(value, str) for value in (*entry[2:16], entry.id)) and isinstance(entry.at, float)
    physical = sum(entry.lines for entry in got.entries) + sum(unparsed.lines for unparsed in got.unparsed)
    blank = sum(not line.replace(b"\0", b"").decode(errors="replace").strip() for line in lines)
    assert len(lines) - blank <= physical + blank and physical <= len(lines)


def dump(*numbers: int) -> list[dict[str, object]]:
    return [{**ENVELOPE, "insertId": str(number), "textPayload": f"line {number} with }}, {{ and [ \" ü"} for number in numbers]


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_a_dump_is_read_whatever_its_indentation(indent: int | None) -> None:
    data = json.dumps(dump(1, 2, 3), indent=indent, ensure_ascii=False).encode()
    got = read_document(data, source="d.json", line=1, before=0.0)
    assert [entry.id for entry in got.entries] == ["1", "2", "3"] and not got.unparsed


@given(st.integers(0, 4000), st.sampled_from([None, 2]))
def test_a_dump_may_be_cut_anywhere(size: int, indent: int | None) -> None:
    data = json.dumps(dump(*range(8)), indent=indent, ensure_ascii=False).encode()
    end = document_end(data[:size])
    parts = [read_document(part, source="d.json", line=1, before=0.0) for part in (data[:end], data[end:])]
    assert [entry.id for part in parts for entry in part.entries] == [str(number) for number in range(8)]
    assert not [unparsed for part in parts for unparsed in part.unparsed]


def test_a_broken_element_of_a_dump_is_counted_and_the_others_are_read() -> None:
    data = json.dumps(dump(1, 2, 3), indent=2).replace('"insertId": "2"', '"insertId": 2"').encode()
    got = read_document(data, source="d.json", line=1, before=0.0)
    assert [entry.id for entry in got.entries] == ["1", "3"] and len(got.unparsed) == 1
    cut = read_document(json.dumps(dump(1, 2), indent=2).encode()[:-90], source="d.json", line=1, before=0.0)
    assert [entry.id for entry in cut.entries] == ["1"] and [unparsed.reason for unparsed in cut.unparsed] == [BROKEN]


def test_a_dump_with_the_newest_first_is_turned_round() -> None:
    newest_first = [{**entry, "timestamp": f"2025-11-04T00:44:2{9 - number}Z"} for number, entry in enumerate(dump(1, 2, 3))]
    got = read_document(json.dumps(newest_first).encode(), source="d.json", line=1, before=0.0)
    assert [entry.id for entry in got.entries] == ["3", "2", "1"]
