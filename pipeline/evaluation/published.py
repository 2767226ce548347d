"""Collections that others have published figures on: SciFact and CISI, as they lie in the folder of shared data.

They do not ship. `VIVIDLY_SHARED_DATA` names the folder; by default it is shared/data beside the checkout.
"""

import csv
import gzip
import io
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadRequest
from pipeline.evaluation.files import Document, read_qrels
from pipeline.evaluation.sets import Judgement, Query, RetrievalSet, Unit, labelled

SCIFACT = "scifact", "beir-v1.0.0-scifact.test"
BETWEEN_SENTENCES = re.compile(r"""['"]\s*\n\s*['"]""")
RECORD = re.compile(r"^\.I\s+(\d+)\s*$", re.MULTILINE)
FIELD = re.compile(r"^\.([A-Z])\s*$", re.MULTILINE)
MOST_BYTES = 64 * 2 ** 20
"""Of one unpacked file."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A collection: its documents, and its set."""

    documents: tuple[Document, ...]
    labelled: RetrievalSet


def shared_data(root: Path, env: Mapping[str, str] | None = None) -> Path | None:
    """The folder of shared data of the checkout at `root`; None where there is none."""
    named = (os.environ if env is None else env).get("VIVIDLY_SHARED_DATA")
    folder = Path(named) if named else root.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def scifact(folder: Path) -> Published:
    """SciFact's 5,183 abstracts and 300 test claims (Wadden et al., 2020; judgements as in BEIR). Raises `BadRequest`."""
    try:
        rows = _rows(folder / "scifact" / "scifact_hf_csv.zip", "corpus_train.csv")
        documents = tuple(
            Document(document_id=row["doc_id"], title=row["title"].strip(), text=_sentences(row["abstract"])) for row in rows)
        with gzip.open(folder / SCIFACT[0] / f"topics.{SCIFACT[1]}.tsv.gz", "rt", encoding="utf-8") as file:
            claims = [line.rstrip("\n").split("\t", 1) for line in file if line.strip()]
        queries = [Query(query_id=claim[0], text=claim[1], kind="claim") for claim in claims]
    except (OSError, EOFError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as fault:
        raise BadRequest("scifact", f"{folder} does not hold it whole ({fault}).") from fault
    qrels = read_qrels(folder / SCIFACT[0] / f"qrels.{SCIFACT[1]}.txt", {query.query_id: query for query in queries})
    return Published(documents=documents, labelled=labelled("SciFact", queries, qrels, unit=Unit.DOCUMENT))


def cisi(folder: Path) -> Published:
    """CISI's 1,460 abstracts and its 76 judged queries; every judged pair is relevant. Raises `BadRequest`."""
    try:
        records = _records((folder / "cisi" / "CISI.ALL").read_text(encoding="ascii", errors="replace"))
        documents = tuple(
            Document(document_id=key, title=own.get("T", ""), text=own.get("W", "")) for key, own in records)
        asked = _records((folder / "cisi" / "CISI.QRY").read_text(encoding="ascii", errors="replace"))
        queries = [Query(query_id=key, text=" ".join(filter(None, (own.get("T", ""), own["W"])))) for key, own in asked]
        pairs = [line.split()[:2] for line in (folder / "cisi" / "CISI.REL").read_text(encoding="ascii").splitlines()]
        judged = [Judgement(query_id=pair[0], document_id=pair[1], grade=1) for pair in pairs if pair]
    except (OSError, KeyError, ValueError, IndexError) as fault:
        raise BadRequest("cisi", f"{folder} does not hold it whole ({fault}).") from fault
    return Published(documents=documents, labelled=labelled("CISI", queries, judged, unit=Unit.DOCUMENT))


def _rows(archive: Path, name: str) -> Iterator[Mapping[str, str]]:
    with zipfile.ZipFile(archive) as packed:
        inside = {Path(info.filename).name: info for info in packed.infolist()}[name]
        if inside.file_size > MOST_BYTES:
            raise ValueError(f"{name} is larger than {MOST_BYTES} bytes")
        text = packed.read(inside).decode("utf-8")
    csv.field_size_limit(MOST_BYTES)
    return csv.DictReader(io.StringIO(text, newline=""))


def _sentences(printed: str) -> str:
    """The sentences of a printed array, joined: ['First.' new line 'Second.']."""
    inside = printed.strip().removeprefix("[").removesuffix("]").strip()
    return " ".join(" ".join(part.split()) for part in BETWEEN_SENTENCES.split(inside[1:-1]))


def _records(text: str) -> list[tuple[str, Mapping[str, str]]]:
    """The records of a SMART file, each with its fields by letter."""
    pieces = RECORD.split(text)
    found: list[tuple[str, Mapping[str, str]]] = []
    for key, body in zip(pieces[1::2], pieces[2::2], strict=True):
        fields = FIELD.split(body)
        found.append((key, {name: " ".join(own.split()) for name, own in zip(fields[1::2], fields[2::2], strict=True)}))
    return found
