"""A document of JSON with many entries: what `gcloud logging read --format=json` prints, indented or not, of any length."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

import orjson

from pipeline.logs.entry import Entry
from pipeline.logs.parsing import BROKEN, joined, readable
from pipeline.logs.parsing_json import from_object
from pipeline.logs.sources import Read, Unparsed

SHOWN = 500
_BETWEEN = re.compile(r"[\s,\[\]]*")
_INDENTED = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[\],\s]*\{\n    \"")
"""An entry as gcloud prints it: its end stands alone, indented by two."""
_NEXT = re.compile(r"\n {0,2}\{")
_NEXT_IN_ONE_LINE = re.compile(r"(?<=\}), ?(?=\{\")")
_decoder = JSONDecoder()


class _Element(NamedTuple):
    said: Any
    """None where it cannot be read."""
    start: int
    end: int


def document_end(data: bytes) -> int:
    """How many of the bytes, which begin between two entries, are whole entries."""
    if _INDENTED.match(data):
        return data.rfind(b"\n  }") + 4 if b"\n  }" in data else 0
    end = 0
    for element in _elements(data.decode("latin-1")):  # a character for each byte
        if element.said is not None:
            end = element.end
    return end


def read_document(data: bytes, *, source: str, line: int, before: float, raw: bool = False) -> Read[Entry]:
    """The entries that stand in these bytes, the oldest first: gcloud prints the newest first."""
    text, replaced = readable(data)
    entries: list[Entry] = []
    unparsed: list[Unparsed] = []
    at, number, told = before, line, 0
    for element in _elements(text):
        number, told = number + text.count("\n", told, element.start), element.start
        place = f"{source}:{number}"
        if not isinstance(element.said, dict):
            unparsed.append(Unparsed(place, BROKEN, text[element.start:element.end].strip()[:SHOWN]))
            continue
        entry = from_object(element.said, source, place, at)
        entries.append(entry._replace(raw=orjson.dumps(element.said)) if raw else entry)
        at = entry.at
    if entries and entries[0].at > entries[-1].at:
        entries.reverse()
    whole = joined(entries)
    heads = {entry.id for entry in whole}
    absorbed = [(entry.id, entry.at) for entry in entries if entry.id not in heads]
    return Read(whole, unparsed, replaced, data.count(b"\n"), absorbed)


def _elements(text: str) -> Iterator[_Element]:
    """What stands between the commas, the unreadable with it."""
    position = 0
    while True:
        found = _BETWEEN.match(text, position)
        position = found.end() if found else position
        if position >= len(text):
            return
        try:
            said, end = _decoder.raw_decode(text, position)
        except (JSONDecodeError, RecursionError):
            behind = _NEXT.search(text, position + 1) or _NEXT_IN_ONE_LINE.search(text, position + 1)
            said, end = None, behind.start() if behind else len(text)
        yield _Element(said, position, end)
        position = end
