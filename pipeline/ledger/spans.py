"""A window of days -> the cells that make it up: whole months where they may be taken whole, and single days elsewhere. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement

from pipeline.tables import Span


class Window(NamedTuple):
    """From a day on (it counts) until a day (it does not)."""

    since: date | None = None
    until: date | None = None

    def of(self, day: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """As conditions."""
        return [*([day >= self.since] if self.since else []), *([day < self.until] if self.until else [])]

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Slice(NamedTuple):
    """The cells of one span that begin in the window, but for those that begin on some days."""

    span: Span
    window: Window
    without: tuple[date, ...] = ()

    def of(self, cells: Any) -> list[ColumnElement[bool]]:
        """As conditions on the columns of cells."""
        left_out = [cells.day.not_in(self.without)] if self.without else []
        return [cells.span == self.span, *self.window.of(cells.day), *left_out]


def slices(window: Window, cuts: Sequence[date] | None) -> list[Slice]:
    """Slices that hold each day of the window once. No month of them goes over one of the cuts; for None all are days."""
    if cuts is None:
        return [Slice(Span.DAY, window)]
    broken = sorted({_month(day) for day in (window.since, window.until, *cuts) if day and day.day > 1 and _touches(window, day)})
    months = Window(window.since and _month(window.since), window.until)
    return [Slice(Span.MONTH, months, tuple(broken)), *(Slice(Span.DAY, _within(window, month)) for month in broken)]


def _touches(window: Window, day: date) -> bool:
    """Whether the day's month has days in the window."""
    month = _within(window, _month(day))
    return month.since is not None and month.until is not None and month.since < month.until


def _within(window: Window, month: date) -> Window:
    after = _month(month + timedelta(days=31))
    return Window(max(month, window.since or month), min(after, window.until or after))


def _month(day: date) -> date:
    return day.replace(day=1)
