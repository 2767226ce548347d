"""What students like, and the situations in which a topic shows itself there."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.visuals import Text, Value


class Interest(Value):
    """Something students like, with the things a script can draw on."""

    interest_id: Text
    name: Text
    category: Text
    aliases: tuple[str, ...] = ()
    things: tuple[Text, ...]


def read_interests(path: Path) -> list[Interest]:
    """The interests of the catalogue, in its order."""
    entries: Mapping[str, Mapping[str, object]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Interest.model_validate({"interest_id": key, **entry}) for key, entry in entries.items()]


def read_situation(folder: Path, *, topic_id: str, interest_id: str) -> str | None:
    """How the topic shows itself in the interest, in one or two sentences; None where nobody has written it yet."""
    path = folder / f"{topic_id}.toml"
    if not path.is_file():
        return None
    situation = tomllib.loads(path.read_text(encoding="utf-8")).get(interest_id)
    return str(situation) if situation else None
