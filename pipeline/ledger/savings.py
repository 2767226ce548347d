"""What was saved by not making something: predicted per request from its own script, added up with an interval.

Nothing of it is stored. Another book, or a newer film to learn from, and all of it is told anew.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Engine

from pipeline.database import told_plainly
from pipeline.domain import Modality, Stage
from pipeline.errors import BadRequest
from pipeline.ledger.backtest import BackTest, back_test
from pipeline.ledger.films import Films, films
from pipeline.ledger.prediction import FEWEST, Model, Skipped
from pipeline.ledger.skips import Skips, skips
from pipeline.ledger.spans import Window
from pipeline.ledger.words import Where, window
from pipeline.prices import Book, read_book
from pipeline.report import Basis, Estimate, planned
from pipeline.visuals import Value

BOOK = "embedded"
ANY = Where()
LEARNED_SECONDS = 300.0
"""For so long a fit is used before films that were made meanwhile are looked at."""
FORMS = {Stage.TTS: Modality.AUDIO, Stage.IMAGES: Modality.IMAGES, Stage.VIDEO: Modality.VIDEO}
ASSUMPTIONS = (
    "Without the choice every lesson would have been a film, as it was before: what a request skipped of speech, pictures "
    "and film is what it saved.",
    "A lesson from the shelf saves nothing here: its film would have been on the shelf as well. What the shelf saves is "
    "told on its own.",
    "A request that was declined, failed or was stopped saves nothing: it would not have had a film either. Nor does a "
    "correction, which makes anew what the lesson before it had.",
    "A lesson that was made for a comparison saves nothing either, and does not count into the share of text only: it shows what "
    "a form takes, and nobody went without another.",
    "A stage costs a fixed part and a part for each word of the article, neither below zero; requests are independent, and "
    "about equally far off.",
    "Lessons share spoken, drawn and filmed parts; skipped films would have shared as many of them as the films that were "
    "made. Retries of films count.",
    "Parts of a total have intervals of their own, which do not add up to that of the total.",
)
THE_FIT = "Fitted on the newest {n} films at the prices of their days under the book {book!r}."
THE_PLAN = ("There are {n} films with a price under the book {book!r}, of {fewest} that a fit needs: each skipped film counts as "
            "the planning book assumes, without an interval.")


class SavedBy(StrEnum):
    """What savings are told by; a modality is one that was not made."""

    DAY = "day"
    ORGANISATION = "organisation"
    TOPIC = "topic"
    MODALITY = "modality"


class Line(Value):
    """What one day, organisation, topic or modality saved."""

    key: str
    requests: int
    saved: Estimate


class Report(Value):
    """What a window saved, and how far that can be relied on."""

    since: date | None
    until: date | None
    """Not included."""
    by: SavedBy
    book: str
    requests: int
    """Those that skipped something and saved by it."""
    wordless: int
    """Those of them whose script cannot be read any more: they are counted, and nothing is predicted for them."""
    saved: Estimate
    lines: tuple[Line, ...]
    back_test: BackTest | None
    unpriced: tuple[str, ...]
    """Usage of films that the book has no price for: these films are not learned from."""
    assumptions: tuple[str, ...]


class Learned:
    """What films teach at the prices of a book: a model, or where they are too few the planning book."""

    def __init__(self, films: Films, book: str) -> None:
        self.films = films
        self.book = book
        self.count = len(films.observations)
        self._model = Model.of(films.observations) if self.count >= FEWEST else None

    def many(self, groups: Sequence[Skipped]) -> Estimate:
        """What all of them would have cost."""
        if self._model is not None:
            return self._model.many(groups)
        usd = sum((group.requests * planned(group.stages).usd for group in groups), Decimal(0))
        return Estimate(usd=usd, basis=Basis.PLANNING, observations=self.count)

    @cached_property
    def back_test(self) -> BackTest | None:
        """How well films are predicted from the others."""
        return back_test(self.films.observations)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the amounts rest on, in words."""
        fit = (THE_PLAN if self._model is None else THE_FIT).format(n=self.count, book=self.book, fewest=FEWEST)
        return (fit, *ASSUMPTIONS)


class _Kept(NamedTuple):
    learned: Learned
    at: float


class Savings:
    """The savings of one installation."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def foresee(self, stages: Sequence[Stage], words: int) -> Estimate:
        """What these stages would have cost a script of so many words. Raises `OperatorError` when nobody can tell now."""
        return self.learned(BOOK).many([Skipped(stages=tuple(stages), requests=1, words=words)])

    def learned(self, book: str = BOOK) -> Learned:
        """What the films of up to five minutes ago teach. Raises `OperatorError`."""
        kept = self._kept.get(book)
        if kept is None or self._clock() - kept.at > LEARNED_SECONDS:
            kept = _Kept(Learned(self._films(read_book(book)), book), self._clock())
            self._kept[book] = kept
        return kept.learned

    def _films(self, book: Book) -> Films:
        """Nothing is to be learned from films under a book of plans alone."""
        if not book.prices:
            return Films((), ())
        with told_plainly(), self._engine.connect() as connection:
            return films(connection, book)

    def report(
        self, since: date | None = None, until: date | None = None, *, by: SavedBy = SavedBy.DAY, book: str = BOOK,
        where: Where = ANY,
    ) -> Report:
        """What requests decided from `since` on and before `until` saved: all of them, or those of a form and of an organisation
        or topic. What was not made has no stage, model or family. Raises `BadRequest` and `OperatorError`.
        """
        window(since, until)
        if of_making := [name for name in ("stage", "model", "family") if getattr(where, name) is not None]:
            raise BadRequest(of_making[0], "cannot be asked for: what was not made has none.")
        learned = self.learned(book)
        with told_plainly():
            found = skips(self._engine, Window(since, until), by, where)
        return Report(
            since=since, until=until, by=by, book=book, requests=sum(skip.requests for skip in found),
            wordless=sum(skip.requests - skip.worded for skip in found), saved=learned.many([_group(s) for s in found]),
            lines=tuple(_line(key, groups, learned) for key, groups in sorted(_parted(found, by).items())),
            back_test=learned.back_test, unpriced=learned.films.unpriced, assumptions=learned.assumptions,
        )


def _parted(found: Sequence[Skips], by: SavedBy) -> dict[str, list[Skipped]]:
    parts: dict[str, list[Skipped]] = {}
    for skip in found:
        for key, stages in _keys(skip, by):
            parts.setdefault(key, []).append(_group(skip, stages))
    return parts


def _keys(skip: Skips, by: SavedBy) -> list[tuple[str, tuple[Stage, ...]]]:
    """The lines that it belongs to, each with the stages that count there."""
    if by is SavedBy.MODALITY:
        return [(FORMS[stage], (stage,)) for stage in skip.stages]
    return [(skip.key, skip.stages)]


def _group(skip: Skips, stages: Sequence[Stage] | None = None) -> Skipped:
    return Skipped(stages=tuple(skip.stages if stages is None else stages), requests=skip.worded, words=skip.words)


def _line(key: str, groups: Sequence[Skipped], learned: Learned) -> Line:
    return Line(key=key, requests=sum(group.requests for group in groups), saved=learned.many(groups))
