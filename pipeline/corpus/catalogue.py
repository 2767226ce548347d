"""The catalogue: what topics there are, without their text. Written from the corpus, read by `nlu` and the pages."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pipeline.corpus.book import Topic
from pipeline.domain import Subject
from pipeline.errors import CorpusDefect
from pipeline.visuals import Text, Value


class TopicCard(Value):
    """One topic as the catalogue knows it."""

    topic_id: Text
    title: Text
    subject: Subject
    grades: tuple[int, ...]
    prerequisites: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    objective: Text
    summary: Text


def card_of(topic: Topic) -> TopicCard:
    """The card of a topic."""
    return TopicCard.model_validate(topic.model_dump(include=set(TopicCard.model_fields)))


def read_catalogue(path: Path) -> list[TopicCard]:
    """The cards of the catalogue file. Raises `CorpusDefect`."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        return [TopicCard.model_validate({"topic_id": key, **entry}) for key, entry in entries.items()]
    except (OSError, ValueError) as fault:
        raise CorpusDefect(f"{path} is not a usable catalogue: {fault}") from fault


def write_catalogue(topics: Sequence[Topic], path: Path) -> None:
    """Write the catalogue of these topics as TOML."""
    lines = ["# Written by `python -m pipeline corpus catalogue` from the front matter of data/corpus.\n"]
    for topic in sorted(topics, key=lambda topic: (topic.subject, topic.topic_id)):
        lines.append(f"[{topic.topic_id}]")
        for name, value in card_of(topic).model_dump(mode="json", exclude={"topic_id"}).items():
            lines.append(f"{name} = {_toml(value)}")
        lines.append("")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
