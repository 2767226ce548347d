"""What an object of JSON says about its writer, its severity and its exception, whatever program wrote it."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pipeline.logs.plain_text import TRACEBACK

LONGEST_TRACE, LONGEST_NAME = 64_000, 200
SEVERITIES = {name: rank for rank, name in enumerate((
    "DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"))}
"""Cloud Logging's words, and how they rank."""
CAUSED = "\n\nThe above exception was the direct cause of the following exception:\n\n"
_MEANS = {**{name: name for name in SEVERITIES}, "WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG", "ERR": "ERROR",
          "SEVERE": "CRITICAL", "PANIC": "EMERGENCY", "INFORMATION": "INFO", "VERBOSE": "DEBUG"}
_LEVELS = ("level", "levelname", "log_level", "loglevel", "lvl")
_TRACES = ("exception", "traceback", "stack_trace", "exc_info", "stack", "place")
_EMPTY: Mapping[str, Any] = {}
Writer = tuple[str, str, str, str]
"""Worker, version, execution, job: a plain tuple because there is one for each line."""


def writer(said: Mapping[str, Any], body: Mapping[str, Any], labels: Any) -> Writer:
    """Worker, version, execution and job, by its own word, its labels, and the resource that it ran in."""
    resource = said.get("resource")
    where = resource.get("labels") if type(resource) is dict else None
    if type(where) is not dict:
        where = _EMPTY
    get = labels.get if type(labels) is dict else _EMPTY.get
    who = (
        body.get("worker") or body.get("worker_id") or get("instanceId") or "",
        body.get("version") or get("version") or where.get("revision_name") or "",
        body.get("execution") or get("run.googleapis.com/execution_name") or get("execution") or "",
        where.get("job_name") or where.get("service_name") or where.get("job") or body.get("service") or get("program") or "")
    if fit(who):
        return who
    worker, version, execution, job = map(short, who)
    return worker, version, execution, job


def text_writer(said: Mapping[str, Any]) -> Writer:
    """The same of a line of text, which says nothing of it itself."""
    try:
        labels, where = said["labels"], said["resource"]["labels"]
        who = (labels.get("instanceId", ""), where.get("revision_name", ""),
               labels.get("run.googleapis.com/execution_name", ""), where.get("job_name") or where["service_name"])
        if fit(who):
            return who
    except (KeyError, TypeError, AttributeError):
        pass
    return writer(said, _EMPTY, said.get("labels"))


def severity_of(said: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """What it calls its severity or level, in Cloud Logging's words; DEFAULT where it calls it nothing known."""
    named = said.get("severity")
    if type(named) is str and (known := _MEANS.get(named) or _MEANS.get(named.upper())):
        return known
    if type(named) is int:
        return next((name for least, name in ((800, "EMERGENCY"), (700, "ALERT"), *_CLOUD) if named >= least), "DEFAULT")
    for name in _LEVELS:
        level = body.get(name)
        if type(level) is str and level.upper() in _MEANS:
            return _MEANS[level.upper()]
        if type(level) is int:  # Python's and bunyan's tens agree but for their zero
            return next((name for least, name in _TENS if level >= least), "DEFAULT")
    return "DEFAULT"


_CLOUD = ((600, "CRITICAL"), (500, "ERROR"), (400, "WARNING"), (300, "NOTICE"), (200, "INFO"), (100, "DEBUG"))
_TENS = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"), (1, "DEBUG"))


def trace_of(body: Mapping[str, Any]) -> str:
    """Its traceback as Python writes one; empty where it has none."""
    kind, place = body.get("fault") or body.get("error"), body.get("place") or body.get("where")
    if type(kind) is str and type(place) is str and "at" not in body:  # our API's and bridge's own lines
        return "\n".join((TRACEBACK, *_placed(place), kind))
    if "fault" in body and type(body["fault"]) is str:
        links = body.get("because")
        chain = [link for link in links if type(link) is dict] if type(links) is list else []
        return CAUSED.join(_frames(link) for link in (*chain, body))
    for name in _TRACES:
        given = body.get(name)
        if type(given) is dict:
            return _told(given)
        if type(given) is list:
            given = "".join(line for line in given if type(line) is str)
        if type(given) is str and ("Traceback" in given or "\n" in given):
            return given.strip()
    return ""


def cut_trace(trace: str) -> str:
    """The trace, without its middle where it is too long: its end names the cause."""
    if len(trace) <= LONGEST_TRACE:
        return trace
    return f"{trace[:LONGEST_TRACE // 4]}\n  …\n{trace[-LONGEST_TRACE * 3 // 4:]}"


def fit(names: tuple[Any, ...]) -> bool:
    """Whether all of them are text, and none too long; joining them is the quickest way to know."""
    try:
        return len("".join(names)) <= LONGEST_NAME
    except TypeError:
        return False


def short(said: Any) -> str:
    """A name as text, whatever it is."""
    if type(said) is str:
        return said if len(said) <= LONGEST_NAME else said[:LONGEST_NAME]
    return "" if said is None else text(said)[:LONGEST_NAME]


def text(said: Any) -> str:
    """Anything as text: text as it is, the rest as JSON."""
    return said if type(said) is str else orjson.dumps(said, default=str).decode()


def _placed(place: str) -> list[str]:
    if "\n" in place:
        return place.rstrip().split("\n")
    file, _, line = place.rpartition(":")
    return [f'  File "{file}", line {line}, in ?']


def _frames(link: Mapping[str, Any]) -> str:
    """A fault that our own emitter told: its kind, and where, as `file:line function`."""
    at = link.get("at")
    places = at if isinstance(at, Sequence) and not isinstance(at, str) else ()
    words = link.get("words")
    lines = [TRACEBACK] if places else []
    for place in (place for place in places if type(place) is str):
        where, _, function = place.partition(" ")
        file, _, line = where.rpartition(":")
        lines.append(f'  File "{file}", line {line}, in {function}')
    return "\n".join((*lines, f"{link.get('fault', '')}: {words}" if words else str(link.get("fault", ""))))


def _told(given: Mapping[str, Any]) -> str:
    """An exception as an object: type, message, traceback."""
    stack = given.get("traceback") or given.get("stacktrace") or given.get("stack") or ""
    if type(stack) is list:
        stack = "".join(line for line in stack if type(line) is str)
    if type(stack) is str and stack:
        return stack.strip()
    kind, message = short(given.get("type") or given.get("class")), text(given.get("message") or "")
    return f"{kind}: {message}" if kind and message else kind or message
