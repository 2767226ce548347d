"""Lines of plain text: `asctime - name - level - message` and its shortened forms, what continues a line, and what the
original's messages name (`request_id=`, `[gen_…]`, `Step 6`).
"""

import re
from typing import NamedTuple

from pipeline.logs.moments import offset, whole_second

_LEVELS = "TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|SEVERE|ALERT|EMERGENCY|DEFAULT"
_TIME = r"(\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?[ ]?(Z\b|UTC\b|[+-]\d\d:?\d\d\b)?"
_TIMED = re.compile(rf"\[?{_TIME}\]?(?:\s+-\s+|\s*\|\s*|\s+|$)", re.ASCII)
_LEVELLED = re.compile(rf"(?:\[\d+\]\s+)?(?:([A-Za-z_][\w.]*)(?:\s+-\s+|\s+|\s*\|\s*))??\[?({_LEVELS})(?:\]:?|:|(?=\s)|$)"
                       r"(?:\s+-\s+|\s*\|\s*|\s+)?", re.ASCII)
_NAME = re.compile(r"([a-z_][\w.]*) - ", re.ASCII)
_BARE = re.compile(rf"(?:\[({_LEVELS})\]:?\s+|({_LEVELS})(?::\s*|\s+-\s+|\s+\|\s+))(?:(?<=[A-Z]:)([A-Za-z_][\w.]*):(?!\s|/))?",
                   re.ASCII)
_LEVEL = {**{name: name for name in ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")},
          "TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL", "SEVERE": "CRITICAL", "DEFAULT": ""}

LONGEST_TIME = 40
TRACEBACK = "Traceback (most recent call last):"
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
_TAIL = ("(Background on this error at", "[SQL: ", "[parameters: ")

_GENERATION = re.compile(r"\[(gen_\w+)\]", re.ASCII)
_WORD = r"['\"]?([\w:@-](?:[\w.:@-]{0,198}[\w@-])?)['\"]?"
_VALUE = re.compile(_WORD, re.ASCII)
_PAIR = re.compile(rf"{_WORD}(?:,? correlation_id={_WORD})?", re.ASCII)
_REQUEST = re.compile(r"\bRequest ([0-9a-f]{8}-[0-9a-f-]{27})\b", re.ASCII)
_STAGE = re.compile(r"\bStep (\d)\b|\bstage=([a-z_]+)", re.ASCII)
_STEPS = {"1": "nlu", "2": "cache", "3": "retrieval", "4": "script", "5": "tts", "6": "video"}
WORDS = frozenset(("", *_STEPS.values(), "images"))
_ORIGINAL_WORDS = {"nlu_extraction": "nlu", "rag_retrieval": "retrieval", "script_generation": "script",
                   "tts_generation": "tts", "video_generation": "video", "video_processing": "video"}


class Head(NamedTuple):
    """What a line says before its message."""

    at: float | None
    logger: str
    level: str
    """As in Cloud Logging, or empty."""
    message: str


NOTHING = ("", "", "", "")


def head(line: str) -> Head | None:
    """What the line says before its message; None where it begins with no time and no level."""
    if line[:1] not in _FIRST:
        return None
    if (quick := quick_head(line)) is not None:
        return quick
    parts = line.split(" - ", 3)
    if len(parts) == 4 and parts[2] in _LEVEL and line[0] in _DIGITS and len(parts[0]) <= LONGEST_TIME:
        return Head(_time(parts[0]), parts[1], _LEVEL[parts[2]], parts[3])  # a time that no calendar has is none
    timed = _TIMED.match(line) if line[0] in _DIGITS else None
    if timed is None or (at := _at(*timed.groups())) is None:
        bare = _BARE.match(line)
        return Head(None, bare[3] or "", _LEVEL[bare[1] or bare[2]], line[bare.end():]) if bare else None
    return _below(at, line[timed.end():], dashed=line[:timed.end()].endswith("- "))


def quick_head(line: str) -> Head | None:
    """The same of a line as Python's logging writes it, `asctime - name - level - message`; None of any other."""
    parts = quick_parts(line)
    if parts is None:
        return None
    second = whole_second(line[:19])
    return Head(None if second is None else second + int(line[20:23]) / 1000, parts[1], _LEVEL[parts[2]], parts[3])


def quick_parts(line: str) -> list[str] | None:
    """Time, name, level and message as such a line has them."""
    if line[19:20] != "," or not line[20:23].isdecimal() or line[0] not in _FIRST:
        return None
    parts = line.split(" - ", 3)
    return parts if len(parts) == 4 and len(parts[0]) == 23 and parts[2] in _LEVEL else None


def _below(at: float, rest: str, *, dashed: bool) -> Head:
    """What stands behind the time. A table that gcloud printed has the writer's whole line as its last column."""
    levelled = _LEVELLED.match(rest)
    if levelled is None:
        named = _NAME.match(rest) if dashed else None
        return Head(at, named[1] if named else "", "", rest[named.end():] if named else rest)
    inside = rest[levelled.end():].split(" - ", 3)
    if len(inside) == 4 and inside[2] in _LEVEL and _TIMED.match(inside[0]):
        return Head(at, inside[1], _LEVEL[inside[2]], inside[3])
    return Head(at, levelled[1] or "", _LEVEL[levelled[2]], rest[levelled.end():])


def _time(time: str) -> float | None:
    """The time that these words are; None where they are none."""
    timed = _TIMED.match(time) if time[:1] in _DIGITS else None
    return _at(*timed.groups()) if timed and timed.end() == len(time) else None


_DIGITS = frozenset("[0123456789")
_FIRST = _DIGITS | frozenset("TDINWECFSA")


def continues(line: str, *, traced: bool) -> bool:
    """Whether a line without a head goes on with the line before it, which has a traceback already or not."""
    return traced or not line or line[0] in " \t" or line.startswith((TRACEBACK, *_CHAINED, *_TAIL))


def facts(message: str) -> tuple[str, str, str, str]:
    """Request, correlation, student and stage, in the original's ways of naming them."""
    request = correlation = student = ""
    start = message.find("request_id=")
    if start >= 0 and (found := _PAIR.match(message, start + 11)):
        request, correlation = found[1], found[2] or ""
    elif " id=" in message:
        request = _named(message, " id=")
    elif "Request " in message and (found := _REQUEST.search(message)):
        request = found[1]
    if not correlation and "correlation_id=" in message:
        correlation = _named(message, "correlation_id=")
    elif "[gen_" in message and not correlation and (found := _GENERATION.search(message)):
        correlation = found[1]
    if "student_id=" in message:
        student = _named(message, "student_id=")
    return request, correlation, student, _stage(message) if "Step " in message or "stage=" in message else ""


def _named(message: str, name: str) -> str:
    found = _VALUE.match(message, message.find(name) + len(name))
    return found[1] if found else ""


def stage_word(said: str) -> str:
    """One of the seven words where the original's own word means one; else what was said."""
    return _ORIGINAL_WORDS.get(said, said)


def split_trace(message: str) -> tuple[str, str]:
    """The message and the traceback that stands in it, if any; a message that is all traceback is told by its last line."""
    start = message.find(TRACEBACK)
    if start < 0:
        return message, ""
    start = message.rfind("\n", 0, start) + 1
    trace = message[start:].rstrip()
    return message[:start].rstrip() or last_words(trace), trace


def last_words(trace: str) -> str:
    """The line of a traceback that names its exception."""
    lines = [line for line in trace.split("\n") if line and not line[0].isspace() and not line.startswith(_TAIL)]
    after = max((number for number, line in enumerate(lines) if line.startswith(TRACEBACK)), default=-1)
    return lines[after + 1] if after + 1 < len(lines) else TRACEBACK


def _stage(message: str) -> str:
    found = _STAGE.search(message)
    if found is None:
        return ""
    return _STEPS.get(found[1], "") if found[1] else stage_word(found[2])


def _at(second: str, fraction: str | None, zone: str | None) -> float | None:
    at = whole_second(second)
    if at is None:
        return None
    return at + (float(f"0.{fraction}") if fraction else 0.0) - (offset(zone) if zone else 0.0)
