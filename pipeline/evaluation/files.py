"""The three files of a set: documents and queries as JSON lines (plain or gzip), judgements as TREC qrels.

A line that cannot be is refused with its number, before anything is measured.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.errors import BadRequest
from pipeline.evaluation.sets import OFF_TOPIC, Judgement, Query, RetrievalSet, labelled
from pipeline.visuals import Text, Value

GZIP = b"\x1f\x8b"
MOST_CHARACTERS = 20_000_000
"""Of one line."""


class Document(Value):
    """Something that can be found."""

    document_id: Text
    title: str = ""
    text: str = ""


def read_set(queries: Path, qrels: Path, *, name: str | None = None) -> RetrievalSet:
    """The set of these two files. Raises `BadRequest` naming file and line.

    Judgements of unknown queries, judgements given twice, and an off-topic query that something answers are refused.
    """
    asked = read_queries(queries)
    return labelled(name or queries.parent.name or queries.stem, asked, read_qrels(qrels, {q.query_id: q for q in asked}))


def read_queries(path: Path) -> list[Query]:
    """The queries of a file of JSON lines {"id", "text", "kind"?}. Raises `BadRequest`."""
    found: dict[str, Query] = {}
    for number, entry in _objects(path):
        query = Query(query_id=_text(path, number, entry, "id"), text=_text(path, number, entry, "text"),
                      kind=_kind(entry.get("kind")))
        if query.query_id in found:
            raise _fault(path, number, f"there is already a query {query.query_id[:80]!r}")
        found[query.query_id] = query
    if not found:
        raise BadRequest(path.name, "holds no queries.")
    return list(found.values())


def read_documents(path: Path) -> Iterator[Document]:
    """The documents of a file of JSON lines {"id", "title"?, "text"}, as they are read. Raises `BadRequest`."""
    seen: set[str] = set()
    for number, entry in _objects(path):
        document = Document(document_id=_text(path, number, entry, "id"), title=_words(path, number, entry, "title"),
                            text=_words(path, number, entry, "text"))
        if document.document_id in seen:
            raise _fault(path, number, f"there is already a document {document.document_id[:80]!r}")
        seen.add(document.document_id)
        yield document
    if not seen:
        raise BadRequest(path.name, "holds no documents.")


def read_qrels(path: Path, queries: Mapping[str, Query]) -> list[Judgement]:
    """The judgements of a TREC file, `query 0 document grade` with tabs or spaces. Raises `BadRequest`."""
    found: list[Judgement] = []
    seen: set[tuple[str, str]] = set()
    for number, line in _lines(path):
        judgement = _judgement(path, number, line)
        pair = (judgement.query_id, judgement.document_id)
        if judgement.query_id not in queries:
            raise _fault(path, number, f"there is no query {judgement.query_id[:80]!r} in the file of queries")
        if pair in seen:
            raise _fault(path, number, f"{pair[0][:80]!r} and {pair[1][:80]!r} are judged a second time")
        if queries[judgement.query_id].off_topic and judgement.grade > 0:
            raise _fault(path, number, f"query {pair[0][:80]!r} is off topic, so nothing can answer it")
        seen.add(pair)
        found.append(judgement)
    return found


def _judgement(path: Path, number: int, line: str) -> Judgement:
    fields = line.split()
    if len(fields) != 4:
        raise _fault(path, number, "must have four fields: query 0 document grade")
    try:
        return Judgement(query_id=fields[0], document_id=fields[2], grade=int(fields[3]))
    except ValueError as fault:
        raise _fault(path, number, f"the grade {fields[3][:20]!r} is no whole number") from fault


def _kind(said: object) -> str:
    """The kind as a name: `off_topic` and `Off topic` are the same as `off-topic`."""
    kind = " ".join(str(said or "").split())
    return OFF_TOPIC if kind.casefold().replace("_", "-").replace(" ", "-") == OFF_TOPIC else kind


def _objects(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in _lines(path):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as fault:
            raise _fault(path, number, "is no JSON") from fault
        if not isinstance(entry, dict):
            raise _fault(path, number, "must be one JSON object")
        yield number, entry


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that holds something, with its number from 1. Raises `BadRequest` for what cannot be read."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == GZIP
        with (gzip.open(path, "rb") if packed else path.open("rb")) as file:
            number = 0
            while line := file.readline(MOST_CHARACTERS):
                number += 1
                if len(line) == MOST_CHARACTERS:
                    raise _fault(path, number, "is longer than 20 million characters")
                if text := line.decode("utf-8-sig" if number == 1 else "utf-8").strip():
                    yield number, text
    except UnicodeDecodeError as fault:
        raise BadRequest(path.name, f"line {number} is not UTF-8 text.") from fault
    except (OSError, EOFError, zlib.error) as fault:
        raise BadRequest(path.name, f"cannot be read ({fault}).") from fault


def _text(path: Path, number: int, entry: Mapping[str, object], name: str) -> str:
    found = _words(path, number, entry, name)
    if not found:
        raise _fault(path, number, f"needs {name!r}, a text that is not empty")
    return found


def _words(path: Path, number: int, entry: Mapping[str, object], name: str) -> str:
    """The text without half characters, which no index takes; a whole number as an id is a text too."""
    found = entry.get(name, "")
    if isinstance(found, int) and not isinstance(found, bool) and name == "id":
        found = str(found)
    if found is not None and not isinstance(found, str):
        raise _fault(path, number, f"{name!r} must be text")
    text = (found or "").encode("utf-8", "replace").decode().strip()
    if name == "id" and len(text.split()) > 1:
        raise _fault(path, number, "an id with a space in it cannot be named in a file of judgements")
    return text


def _fault(path: Path, number: int, said: str) -> BadRequest:
    return BadRequest(path.name, f"line {number}: {said}.")
