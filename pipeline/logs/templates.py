"""Causes as they come in -> the group each belongs to, learned on line, and the same from run to run and day to day.

A group keeps the fingerprint of the first text it was made for. A text like several others in all but a word or two
is a group of its own until there are many of them; then the oldest of those takes all that follow. What was learned
of a text is never changed, so the groups of yesterday's lines are the same tomorrow.
"""

import json
from collections.abc import Iterator, Sequence
from operator import eq
from typing import NamedTuple, Self

from pydantic import BaseModel, ValidationError

from pipeline.errors import OperatorError
from pipeline.logs.cause import Cause, fingerprint
from pipeline.logs.masking import WILD

ALIKE = 0.7
"""Share of equal words from which two texts are alike."""
MANY, MANY_NAMES = 16, 48
"""Texts alike before the oldest takes what follows; more when they differ only in names in quotes, which say why."""
MOST_TEXTS = 20_000
MOST_IN_A_BUCKET = 400
MOST_WORDS = 64


class _Shape(NamedTuple):
    """The words of a text, or of several where `<*>` stands for what they differ in."""

    words: tuple[str, ...]
    group: str


class _Kept(BaseModel):
    """The state as JSON."""

    texts: list[tuple[str, str, str]]
    """Key, place and group of every text, in the order they came."""
    wide: list[tuple[str, str, str]]
    """Pattern, place and group of what was widened."""
    words: dict[str, tuple[str, bool]]
    """What lines without a traceback say: the group, and whether a traceback has joined it."""


class Templates:
    """What was learned from all error lines so far."""

    def __init__(self) -> None:
        self.version = 0
        """Grows with everything that is learned."""
        self._groups: dict[str, str] = {}
        self._texts: list[tuple[str, str, str]] = []
        self._wide: list[tuple[str, str, str]] = []
        self._words: dict[str, tuple[str, bool]] = {}
        self._shapes: dict[tuple[str, int, str], list[_Shape]] = {}
        self._widened: dict[tuple[str, int, str], list[_Shape]] = {}

    def settle(self, cause: Cause) -> Cause:
        """The cause with the fingerprint of the group that it belongs to."""
        group = self._groups.get(cause.fingerprint) or self._learn(cause)
        return cause if group == cause.fingerprint else cause._replace(fingerprint=group)

    def dump(self) -> str:
        """The state, as JSON."""
        return json.dumps({"texts": self._texts, "wide": self._wide, "words": self._words}, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Self:
        """What `dump` gave, to go on from. A state that cannot be read is an OperatorError: its groups would be lost."""
        try:
            kept = _Kept.model_validate_json(text)
        except ValidationError as fault:
            raise OperatorError("What was learned of the errors cannot be read: restore the database from a backup.") from fault
        learned = cls()
        for key, place, group in kept.texts:
            learned._remember(key, place, group)
        for pattern, place, group in kept.wide:
            learned._widen(tuple(pattern.split()), place, group)
        learned._words = dict(kept.words)
        learned.version = 0
        return learned

    def _learn(self, cause: Cause) -> str:
        group = self._by_its_words(cause) or self._by_its_shape(cause)
        if len(self._texts) < MOST_TEXTS:
            self._remember(cause.key, _place(cause), group)
        return group

    def _by_its_words(self, cause: Cause) -> str:
        """With and without a traceback it is one fault: the first place that says these words has those without a place."""
        known, traced = self._words.get(cause.loose, ("", False))
        placed = cause.fingerprint != cause.loose
        if not cause.loose or (placed and traced):
            return ""
        group = known or self._by_its_shape(cause)
        if len(self._words) < MOST_TEXTS:
            self._words[cause.loose] = (group, traced or placed)
        return group

    def _by_its_shape(self, cause: Cause) -> str:
        words = _words_of(cause.key)
        bucket = _bucket(words, _place(cause))
        for shape in self._widened.get(bucket, ()):
            if all(mine in (WILD, other) for mine, other in zip(shape.words, words, strict=True)):
                return shape.group
        shapes = self._shapes.get(bucket, [])
        alike = [shape for shape in shapes if sum(map(eq, shape.words, words)) >= ALIKE * len(words)]
        if len(alike) >= MANY_NAMES or sum(not _only_names(shape.words, words) for shape in alike) >= MANY:
            together = tuple(mine if mine == other else WILD for mine, other in zip(alike[0].words, words, strict=True))
            self._widen(together, _place(cause), alike[0].group)
            return alike[0].group
        full = len(shapes) >= MOST_IN_A_BUCKET or len(self._texts) >= MOST_TEXTS
        return fingerprint(f"{len(words)} words: {words[0]} {_place(cause)}") if full else cause.fingerprint

    def _remember(self, key: str, place: str, group: str) -> None:
        words = _words_of(key)
        self.version += 1
        self._groups[fingerprint(key)] = group
        self._texts.append((key, place, group))
        self._shapes.setdefault(_bucket(words, place), []).append(_Shape(words, group))

    def _widen(self, words: tuple[str, ...], place: str, group: str) -> None:
        self.version += 1
        self._wide.append((" ".join(words), place, group))
        self._widened.setdefault(_bucket(words, place), []).append(_Shape(words, group))


def _place(cause: Cause) -> str:
    """The place that is part of the cause, where one is."""
    return "" if cause.key == cause.template else cause.key.rpartition(" ")[2]


def _words_of(key: str) -> tuple[str, ...]:
    return tuple(key.split()[:MOST_WORDS]) or ("",)


def _bucket(words: Sequence[str], place: str) -> tuple[str, int, str]:
    """Only texts of one place, length and first word are compared."""
    return place, len(words), words[0]


def _only_names(one: Sequence[str], other: Sequence[str]) -> bool:
    differing: Iterator[tuple[str, str]] = ((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return all(a.lstrip("(=[")[:1] in ("'", '"', "`") for pair in differing for a in pair)
