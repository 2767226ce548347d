"""An entry that tells of a fault -> what caused it, by which its group is known.

The words of the innermost fault say why, so they decide, wherever it surfaced and however it was wrapped. Where they
are words that Python says of any mistake (`KeyError: 'id'`), the place in our own code is part of the cause.
"""

import re
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from pipeline.logs.entry import Entry
from pipeline.logs.frames import root
from pipeline.logs.masking import in_a_fault, words_of_a_fault
from pipeline.logs.wrappers import unwrapped

VERSION = "c1"
"""First letters of every fingerprint: it changes when the same line would get another one."""
LONGEST_TITLE = 200
LONGEST = 1200
"""Characters of a message that are looked at."""
PLACED = frozenset(
    "KeyError IndexError LookupError NameError UnboundLocalError AssertionError ZeroDivisionError RecursionError StopIteration "
    "StopAsyncIteration UnicodeDecodeError UnicodeEncodeError JSONDecodeError".split())
"""Exceptions whose words do not tell which mistake it is, only where."""
LANGUAGE = frozenset("TypeError AttributeError ValueError RuntimeError OverflowError Exception".split())
"""Exceptions whose words may tell it, unless Python itself chose them."""
_OF_PYTHON = re.compile(
    r"'(?:NoneType|int|str|dict|list|tuple|float|bool|bytes|set|function|method|module|generator|coroutine|type)' object"
    r"|unsupported operand|values to unpack|invalid literal for|could not convert|arg is an empty|not in list|math domain"
    r"|changed size during|closed file|not supported between|(?:argument|indices) must be|must be str|not JSON serializable"
    r"|is not callable")
_BEHIND = ("\n[SQL: ", "\n[parameters: ", "\nDETAIL:", "\nTraceback (most recent")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NUMBER = re.compile(r" (?<=[a-z] )(?i:(?<!http )(?<!status )(?<!code )(?<!returned )(?<!error ))[0-9]{2,4}\b")
_ZEROS = {1 + digits: " " + "0" * digits for digits in (2, 3, 4)}


class Cause(NamedTuple):
    """What made a line an error."""

    fingerprint: str
    """The version, a dash and twelve hexadecimal digits: the same for every line with this cause."""
    kind: str
    """`exception` when the line names one, else `message`."""
    title: str
    """For people: the exception and what it said, without what varies."""
    exception: str
    """The type's name without its module, or empty."""
    template: str
    """What was said, with `<*>` for what varies."""
    culprit: str
    """The innermost place in our own code, `module:function`, or empty."""
    loose: str
    """The fingerprint of its words alone, as a line without the traceback has it; empty when it has no words."""
    key: str
    """What the fingerprint is made of."""


def cause(entry: Entry) -> Cause:
    """What caused the entry."""
    raised = root(entry.trace) if entry.trace else None
    if raised is None:
        return of_words(_words(entry.message), "", "")
    return of_words(_words(raised.message), raised.exception, ":".join(raised.places[-1]) if raised.places else "")


def _words(text: str) -> str:
    """What it says, word by word without what varies; the statement and the values behind it do not matter."""
    if "\n" in text:
        for behind in _BEHIND:
            text = text.partition(behind)[0] or text
    return without_numbers(words_of_a_fault(text[:LONGEST]))


def without_numbers(words: str) -> str:
    """With zeros for numbers behind a word that makes no code of them.

    What is made of the words is the same, for these vary and are masked in the end; but equal words have their cause in memory.
    """
    return _NUMBER.sub(_zeros, words) if len(words) < LONGEST else words


def _zeros(number: re.Match[str]) -> str:
    return _ZEROS[number.end() - number.start()]


def fingerprint(key: str) -> str:
    """The short name of a cause."""
    return f"{VERSION}-{blake2b(key.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


@lru_cache(maxsize=20_000)
def of_words(words: str, exception: str, culprit: str) -> Cause:
    """The cause of what was said, by its exception and its place."""
    why = unwrapped(words)
    name = " ".join(in_a_fault(why.text).split()).rstrip(".")
    kind = (why.exception or exception).rpartition(".")[2]
    told = bool(_LETTERS.search(name))
    place = culprit.partition(":")[0] if kind == "NameError" else culprit
    if place and _is_placed(kind, name):
        key = f"{kind}: {name} at {place}"
    else:
        key = name if told else f"{kind}: {name}"
    title = ": ".join(part for part in (kind, name) if part) or "(nothing said)"
    return Cause(fingerprint(key), "exception" if kind else "message", title[:LONGEST_TITLE], kind, name, culprit,
                 fingerprint(name) if told else "", key)


def _is_placed(kind: str, name: str) -> bool:
    return kind in PLACED or not _LETTERS.search(name) or (kind in LANGUAGE and bool(_OF_PYTHON.search(name)))
