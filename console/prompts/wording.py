"""What the page Prompts calls things: stages, labels, parts of a prompt, moves of a label. Pure."""

import json
from collections.abc import Mapping, Sequence

from console import words
from console.words import Colour
from pipeline.domain import Stage
from pipeline.prompts import PromptText
from pipeline.registry import CANDIDATE, PRODUCTION, SHIPPED_AUTHOR, Entry, MoveKind, Version

LABEL_COLOURS: Mapping[str, Colour] = {PRODUCTION: "green", CANDIDATE: "orange"}
PARTS: Mapping[str, str] = {
    "system": "Told to the model", "user": "Asked", "variables": "Variables", "max_tokens": "Tokens at most",
    "temperature": "Temperature", "stop": "Stops at", "schema": "Form of the answer",
}
MOVES: Mapping[MoveKind, str] = {
    MoveKind.SHIPPED: "shipped", MoveKind.SET: "put", MoveKind.PROMOTED: "promoted by an evaluation",
    MoveKind.OVERRIDDEN: "promoted without an evaluation", MoveKind.ROLLED_BACK: "rolled back", MoveKind.REMOVED: "taken away",
}
JUDGING = "Judges lessons"
MESSAGE_CHARACTERS = WHY_CHARACTERS = 500
_SHOWN_CHARACTERS = 60


def stage(of: Stage | None) -> str:
    """The stage that asks, in words."""
    return words.STAGES[of] if of else JUDGING


def told(version: Version) -> str:
    """A version in a line: "v3 · 1f0c2d… · production · Shorter questions"."""
    return " · ".join(filter(None, (named(version), ", ".join(version.labels), cut(version.message))))


def named(version: Version) -> str:
    """Its number, and what names it in files and logs."""
    return f"v{version.number} · {version.version}"


def by(author: str, ago: str) -> str:
    """Who, and when: "by Ana, 2 min ago"; what ships is nobody's."""
    return f"by {author}, {ago}" if author != SHIPPED_AUTHOR else f"with this version of Vividly, {ago}"


def cut(text: str, most: int = _SHOWN_CHARACTERS) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most - 1]}…"


def colour(label: str) -> Colour:
    """The colour of a label."""
    return LABEL_COLOURS.get(label, "gray")


def of(entries: Sequence[Entry], name: str) -> Entry | None:
    """The line of this prompt."""
    return next((entry for entry in entries if entry.name == name), None)


def stops(text: PromptText) -> str:
    """Where the answer ends, as it is written in a file; a line break is seen."""
    return json.dumps(list(text.stop), ensure_ascii=False) if text.stop else ""


def schema(text: PromptText) -> str:
    """The form of the answer as JSON; empty where any text will do."""
    return json.dumps(text.output, indent=2, ensure_ascii=False) if text.output is not None else ""
