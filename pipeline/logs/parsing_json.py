"""An object of JSON -> an entry: our own line, an entry of Cloud Logging in the spelling of its API or of its client, or
the line of any program that logs JSON. Nothing in it is believed to be of the right type.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from pipeline.logs.entry import Entry
from pipeline.logs.moments import instant, moment
from pipeline.logs.parsing_fields import (
    LONGEST_NAME,
    SEVERITIES,
    cut_trace,
    fit,
    severity_of,
    short,
    text,
    text_writer,
    trace_of,
    writer,
)
from pipeline.logs.plain_text import NOTHING, TRACEBACK, WORDS, facts, head, split_trace, stage_word

LONGEST_MESSAGE = 16_000
MOST_DIGITS = 19
"""What has fewer is a number of 64 bits."""
GOOGLE = "logging.googleapis.com/"
_SELDOM = frozenset(("protoPayload", "insert_id", "json_payload", "text_payload", "proto_payload", "logName", "log_name"))
_MESSAGES = ("message", "msg", "event", "text", "log", "textPayload")
_TIMES = ("timestamp", "time", "ts", "@timestamp", "asctime", "datetime", "receiveTimestamp", "receive_timestamp")
_TRACED = frozenset(("fault", "exception", "traceback", "stack_trace", "exc_info", "stack", "place", "where"))
NO_JSON = (msgspec.DecodeError, RecursionError)
_ANYTHING = msgspec.json.Decoder(msgspec.Raw)
NO_BODY: Mapping[str, Any] = {}
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def decoded(line: str) -> Any:
    """What the JSON says; a number that is too large for any is infinite. Raises one of `NO_JSON`."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        _ANYTHING.decode(line)
        return json.loads(line, parse_int=lambda digits: int(digits) if len(digits) < MOST_DIGITS else float(digits))


def from_object(said: Mapping[str, Any], source: str, place: str, before: float) -> Entry:
    """The entry that the object is. `place` is its id where it has none, `before` its time likewise."""
    if "textPayload" in said or "jsonPayload" in said or "insertId" in said or not _SELDOM.isdisjoint(said):
        return from_log_entry(said, source=source, place=place, before=before)
    return _entry(said, said, said.get(GOOGLE + "labels") or said.get("labels"), source, place, before)


def from_log_entry(said: Mapping[str, Any], *, source: str, place: str, before: float) -> Entry:
    """What Cloud Logging has as a LogEntry: of its API, of its client (snake case), or with one `payload` of any kind."""
    written = said.get("textPayload")
    if type(written) is str:
        return _text_entry(said, written, source, place, before)
    body = said.get("jsonPayload") or said.get("json_payload")
    if type(body) is dict:
        return _entry(said, body, said.get("labels"), source, place, before)
    given = said.get("payload")
    audit = said.get("protoPayload") or said.get("proto_payload") or given
    if type(audit) is dict:
        if audit is given and "methodName" not in given:
            return _entry(said, given, said.get("labels"), source, place, before)
        return _audit(said, audit, source, place, before)
    written = said.get("text_payload") or given
    return _text_entry(said, _call(said) if written is None else text(written), source, place, before)


def _text_entry(said: Mapping[str, Any], written: str, source: str, place: str, before: float) -> Entry:
    """A program's line of text in Cloud Logging's envelope: the level is in the text, for the envelope says DEFAULT."""
    severity, logger, message, trace = said.get("severity"), "", written, ""
    if type(severity) is not str or severity not in SEVERITIES:
        severity = severity_of(said, said)
    if (severity == "DEFAULT" or written[:2] == "20") and (top := head(written)) is not None:
        severity, logger, message = top.level or severity, top.logger, top.message
    if "\n" in message or message.startswith(TRACEBACK):
        message, trace = split_trace(message.rstrip("\n"))
    if "\x1b" in message:
        message = plain(message)
    return Entry(
        _id(said) or place, _time(said, NO_BODY, before), severity, message[:LONGEST_MESSAGE], trace and cut_trace(trace),
        logger, "", *(facts(message) if names_something(message) else NOTHING), *text_writer(said), source)


def _entry(said: Mapping[str, Any], body: Mapping[str, Any], labels: Any, source: str, place: str, before: float) -> Entry:
    get = body.get
    message, logger, severity = get("message"), get("logger") or get("name") or "", said.get("severity")
    if type(message) is not str:
        message = _message(body)
    if type(severity) is not str or severity not in SEVERITIES:
        severity = severity_of(said, body)
    if (severity == "DEFAULT" or message[:2] == "20") and (top := head(message)) is not None:
        severity, logger, message = top.level or severity, logger or top.logger, top.message
    trace = "" if _TRACED.isdisjoint(body) else trace_of(body)
    if "\n" in message or message.startswith(TRACEBACK):
        message, inside = split_trace(message)
        trace = trace or inside
    if "\x1b" in message:
        message = plain(message)
    return Entry(
        _id(said) or short(get(GOOGLE + "insertId")) or place, _time(said, body, before), severity, message[:LONGEST_MESSAGE],
        trace and cut_trace(trace), short(logger), *_whom(body, message), *writer(said, body, labels), source)


def text_entry(source: str, place: str, at: float, severity: str, logger: str, message: str) -> Entry:
    """That of a line of text, without what may follow it."""
    named = facts(message) if names_something(message) else NOTHING
    return Entry(place, at, severity, message[:LONGEST_MESSAGE], "", logger, "", *named, "", "", "", "", source)


def names_something(message: str) -> bool:
    """Whether the message may name a request or a stage; quickly no for most."""
    return "id=" in message or "Step " in message or "[gen_" in message or "Request " in message or "stage=" in message


def plain(message: str) -> str:
    """The text without a terminal's colours and movements."""
    return _ANSI.sub("", message)


def _whom(body: Mapping[str, Any], message: str) -> tuple[str, str, str, str, str]:
    """Action, request, correlation, student and stage: as fields, or else as the message names them."""
    get = body.get
    said = (get("action") or "", get("request_id") or "", get("correlation_id") or "", get("student_id") or "",
            get("stage") or "")
    if not fit(said):
        action, request, correlation, student, stage = map(short, said)
        said = action, request, correlation, student, stage
    if said[4] not in WORDS:
        said = (*said[:4], stage_word(said[4]))
    if said[1] or not names_something(message):
        return said
    found = facts(message)
    return said[0], found[0], said[2] or found[1], said[3] or found[2], said[4] or found[3]


def _id(said: Mapping[str, Any]) -> str:
    given = said.get("insertId") or said.get(GOOGLE + "insertId") or said.get("insert_id")
    return given if type(given) is str and len(given) <= LONGEST_NAME else short(given)


def _call(said: Mapping[str, Any]) -> str:
    """A call that the platform served, which has no other words: its address without what follows the path."""
    call = said.get("httpRequest") or said.get("http_request")
    if type(call) is not dict:
        return ""
    path = text(call.get("requestUrl") or call.get("request_url") or "").partition("?")[0]
    return f"{short(call.get('requestMethod') or call.get('request_method'))} {path} {short(call.get('status'))}".strip()


def _message(body: Mapping[str, Any]) -> str:
    message = body.get("message")
    if type(message) is str:
        return message
    for name in _MESSAGES:
        if (given := body.get(name)) is not None:
            return text(given).rstrip("\n")
    return text(body)


def _time(said: Mapping[str, Any], body: Mapping[str, Any], before: float) -> float:
    given = said.get("timestamp") or said.get("time")
    at = instant(given) if type(given) is str else moment(given)
    return at if at is not None else _other_time(said, body, before)


def _other_time(said: Mapping[str, Any], body: Mapping[str, Any], before: float) -> float:
    for name in _TIMES:
        for given in (said.get(name), body.get(name)):
            if given is not None and (at := moment(given)) is not None:
                return at
    return before


def _audit(said: Mapping[str, Any], audit: Mapping[str, Any], source: str, place: str, before: float) -> Entry:
    """An audit record: its method is the action. What it changed is left whole to whoever follows deployments."""
    method, name, status = short(audit.get("methodName")), short(audit.get("resourceName")), audit.get("status")
    went = text(status.get("message") or "") if type(status) is dict else ""
    message = f"{method} {name}" + (f": {went}" if went else "")
    return Entry(
        _id(said) or place, _time(said, audit, before), severity_of(said, audit), message[:LONGEST_MESSAGE], "",
        short(audit.get("serviceName")), method, "", "", "", "", *writer(said, audit, said.get("labels")), source,
        audit=orjson.dumps(audit, default=str).decode())
