"""Whether an entry tells of an error: by its severity, its traceback and known words together, and by rules of people first.

The first system's worker writes plain text, which arrives as DEFAULT, and it calls some real faults warnings; it also says
"failed" where it only counts. What an ordinary line of INFO says is believed.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import re2

from pipeline.errors import BadRequest
from pipeline.logs.entry import Entry
from pipeline.logs.parsing_fields import SEVERITIES

ERRORS = frozenset(name for name, rank in SEVERITIES.items() if rank >= SEVERITIES["ERROR"])
CALM = frozenset(("INFO", "NOTICE", "DEBUG"))
LONGEST_PATTERN = 500
PATTERN_MEMORY = 1 << 20
"""Bytes that one pattern may take; RE2 answers in time linear in the text, whatever somebody writes."""

_FAULTS = re.compile("|".join((
    r"Vertex AI not available", r"Running in mock mode", r"Gemini API error \(attempt", r"NLU extraction failed after",
    r"[Mm]appers? failed to initialize", r"failed to locate a name", r"could not find table '", r"is already defined for this",
    r"invalid input (?:syntax|value) for", r"Unexpected generation status", r"Missing required (?:fields|environment)",
    r"Invalid request_id format", r"Invalid JSON in message", r"Content generation failed", r"Worker crashed",
    r"Request failed: ", r"Request \S+ failed: ", r"cannot import name '", r"Permission ?Denied", r"RESOURCE_EXHAUSTED",
    r"Container called exit\([1-9]", r"Memory limit of ", r"reached the maximum timeout", r"[Oo]ut of memory",
    r"No space left on device", r"[Cc]onnection refused", r"deadlock detected", r"[Uu]n(?:handled|caught) (?:exception|error)",
)))
"""Faults whatever they are called, unless they are called ordinary."""
_UNCALLED = re.compile("|".join((
    r"^(?:[a-z_]\w*\.)+[A-Z]\w*(?::|$)", r"^[A-Z]\w*(?:Error|Exception|Exit|Interrupt)(?::|$)",  # the end of a traceback
    r"^(?:40[0134589]|429|5\d\d) [A-Z]",  # Google's clients begin their errors so
    r"(?<!\bno )(?<!\b0 )\b(?i:error|fatal|panic|crash(?:ed)?|exception)\b\s*(?::(?!\s*(?i:0|none|null|false)\b)|\()",
    r"\b[Ff]ailed(?:: (?!0\b)| (?:to|with|after|because|due)\b)",
)))
"""Words that mean an error where the line is not called anything."""
_SIGNS = ("error", "fail", "excep", "fatal", "panic", "crash", "invalid", "available", "mock", "locate", "mapper", "already",
          "permission", "exhausted", "exit", "limit", "refused", "deadlock", "cannot", "could not", "space", "missing",
          "unexpected", "maximum", "memory", "interrupt")
"""One of these is in whatever the patterns find inside a line; looking for them is ten times as quick."""
_TALLY = re.compile(r"\((?:total |)failed: ?\d+\)|\bfailed=\d+\b.*\bsuccess_rate=|\bprocessed=\d+, failed=\d+")
"""A count of errors that were told before it."""


class How(StrEnum):
    """How a rule looks at a field."""

    CONTAINS = "contains"
    MATCHES = "matches"
    EQUALS = "equals"


FIELDS = ("message", "trace", "text", "severity", "logger", "action", "stage", "job", "worker", "version", "execution", "source",
          "request_id", "correlation_id", "student_id")
"""What a rule may look at; `text` is message and traceback."""


class Rule(NamedTuple):
    """What a person said of lines: those that it holds for are errors, or are none. Made by `rule`."""

    field: str
    how: str
    text: str
    error: bool = True

    def holds(self, entry: Entry) -> bool:
        """Whether the line is one of those."""
        value = f"{entry.message}\n{entry.trace}" if self.field == "text" else getattr(entry, self.field)
        if self.how == How.EQUALS:
            return bool(value == self.text)
        if self.how == How.CONTAINS:
            return self.text.casefold() in value.casefold()
        return pattern(self.text).search(value) is not None


def rule(field: str, how: str, text: str, *, error: bool = True) -> Rule:
    """A rule that can be followed. Raises `BadRequest`."""
    if field not in FIELDS:
        raise BadRequest("field", f"{field[:40]!r} is none of {', '.join(FIELDS)}.")
    if how not in tuple(How):
        raise BadRequest("how", f"{how[:40]!r} is none of {', '.join(How)}.")
    if not text or len(text) > LONGEST_PATTERN:
        raise BadRequest("text", f"must have 1 to {LONGEST_PATTERN} characters.")
    if how == How.MATCHES:
        pattern(text)
    return Rule(field, how, text, error)


@lru_cache(maxsize=256)
def pattern(text: str) -> Any:
    """A person's pattern, in RE2's syntax, which cannot be made to take forever. Raises `BadRequest`."""
    options = re2.Options()
    options.log_errors, options.max_mem = False, PATTERN_MEMORY
    try:
        return re2.compile(text, options)
    except re2.error as fault:
        why = fault.args[0].decode(errors="replace") if fault.args and isinstance(fault.args[0], bytes) else str(fault)
        raise BadRequest("pattern", f"{text[:60]!r} cannot be read: {why}.") from fault


def is_error(entry: Entry, rules: Sequence[Rule] = ()) -> bool:
    """Whether it is one. The first rule that holds decides; without one, severity, traceback and known words do."""
    for said in rules:
        if said.holds(entry):
            return said.error
    severity = entry.severity
    if severity in ERRORS:
        return True
    if entry.trace:
        return severity != "DEBUG"
    return severity not in CALM and _told(severity, entry.message)


def _told(severity: str, message: str) -> bool:
    low = message.lower()
    for sign in _SIGNS:
        if sign in low:
            break
    else:
        if not message[:3].isdecimal() and " " in message.partition(":")[0]:
            return False
    if "failed" in low and _TALLY.search(message):
        return False
    if _FAULTS.search(message):
        return True
    return severity == "DEFAULT" and _UNCALLED.search(message) is not None
