"""Claims that people judged from their text alone: what a calibration is made of, and what it is tried on."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import read_catalogue
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.interests import read_interests, read_situation
from pipeline.errors import BadRequest
from pipeline.scoring.claims import basis
from pipeline.visuals import Text, Value

GROUNDING = Path("evaluation") / "grounding"


class Claim(Value):
    """A sentence, the text that it was judged by, and the judgement."""

    text: Text
    evidence: Text
    supported: bool
    fault: str
    """What is wrong with it, in one word of data/evaluation/README.md; empty when it is supported."""
    split: Literal["tune", "test"]
    source: Text
    """The passage or the situation that it is about: all claims about one are in one split."""

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that name claim and text together: another text is another question."""
        return hashlib.sha256(f"{self.evidence}\0{self.text}".encode()).hexdigest()[:16]


def read_claims(data: Path) -> tuple[Claim, ...]:
    """The claims about passages of the corpus, then those about situations. Raises `BadRequest` naming the line."""
    passages = {passage.chunk_id: passage.text for topic in read_topics(data / "corpus") for passage in passages_of(topic)}
    own = data / GROUNDING / "claims.jsonl"
    about_passages = (_claim(own, number, row, row.get("chunk_id", ""), passages) for number, row in _rows(own))
    situations = data / "evaluation" / "support.jsonl"
    told = _Situations(data)
    about_situations = (_claim(situations, number, row, told.name(row), told) for number, row in _rows(situations)
                        if row["kind"] == "claim")
    return (*about_passages, *about_situations)


class _Situations(dict[str, str]):
    """The text of each situation, in the words of the judge, read when it is asked for."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._folder = data / "interests" / "situations"
        self._cards = {card.topic_id: card for card in read_catalogue(data / "topics" / "topics.toml")}
        self._names = {one.interest_id: one.name for one in read_interests(data / "interests" / "interests.toml")}

    def name(self, row: Mapping[str, Any]) -> str:
        return f"{row['topic_id']}/{row['interest']}"

    def __missing__(self, name: str) -> str:
        topic_id, interest_id = name.split("/")
        told = read_situation(self._folder, topic_id=topic_id, interest_id=interest_id)
        if told is None or topic_id not in self._cards:
            raise KeyError(name)
        card = self._cards[topic_id]
        return basis(card.title, card.summary, f"In {self._names[interest_id]}: {told}")


def _claim(path: Path, number: int, row: Mapping[str, Any], source: str, texts: Mapping[str, str]) -> Claim:
    try:
        return Claim(text=row["text"], evidence=texts[source], supported=row["supported"], fault=row["fault"],
                     split=row["split"], source=source)
    except (KeyError, ValueError) as fault:
        raise BadRequest(path.name, f"line {number} is not a claim about a known text: {fault}") from fault


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from ((number, json.loads(line)) for number, line in enumerate(lines, start=1))
    except (OSError, ValueError) as fault:
        raise BadRequest(path.name, f"cannot be read as JSON lines: {fault}") from fault
