"""What changed between two texts, word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from pipeline.prompts.text import PromptText
from pipeline.visuals import Value

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Piece(Value):
    """Words that stayed, came or went together."""

    change: Change
    text: str


class PartDiff(Value):
    """What changed in one part of a prompt."""

    part: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything did."""
        return any(piece.change is not Change.SAME for piece in self.pieces)


def diff(before: str, after: str) -> Sequence[Piece]:
    """The second text as it came from the first: what stayed and came is the second, what stayed and went is the first."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kept = Change.SAME if tag == "equal" else Change.REMOVED
        pieces += [Piece(change=kept, text="".join(old[a:b]))] if b > a else []
        pieces += [Piece(change=Change.ADDED, text="".join(new[c:d]))] if d > c and tag != "equal" else []
    return pieces


def diff_prompts(before: PromptText, after: PromptText) -> Sequence[PartDiff]:
    """What changed between two versions: each part of the prompt, the unchanged ones too."""
    old, new = parts(before), parts(after)
    return [PartDiff(part=part, pieces=tuple(diff(old[part], new[part]))) for part in old]


def parts(text: PromptText) -> dict[str, str]:
    """The parts of a prompt, each as text."""
    return {name: _told(value) for name, value in text.model_dump(mode="json", by_alias=True, exclude={"name"}).items()}


def _told(value: object) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, list):
        return ", ".join(map(repr, value))
    return str(value)
