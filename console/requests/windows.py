"""Spans of time by the name that an address has for them: the last hours or days, or whole days in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

USUAL = "7d"


class Window(NamedTuple):
    """A span of time: that ends now, or whole days in UTC, the last one not included."""

    label: str
    length: timedelta | None
    first: datetime | None = None
    until: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """When it begins; None where it has no beginning."""
        return datetime.now(UTC) - self.length if self.length else self.first


WINDOWS: Mapping[str, Window] = {
    "1h": Window("Last hour", timedelta(hours=1)), "24h": Window("Last 24 hours", timedelta(days=1)),
    "7d": Window("Last 7 days", timedelta(days=7)), "30d": Window("Last 30 days", timedelta(days=30)),
    "all": Window("Any time", None),
}


def window(name: str) -> Window | None:
    """The span of this name; None where no span has it."""
    return WINDOWS.get(name) or days(name)


def days(said: str) -> Window | None:
    """`2026-11-03~2026-11-05`: the 3rd and the 4th; without a first day, all until then."""
    first, _, until = said.partition("~")
    try:
        end = _midnight(until)
        begin = _midnight(first) if first else None
    except ValueError:
        return None
    last = end - timedelta(days=1)
    if begin is None:
        return Window(f"until {_day(last)}", None, None, end)
    label = _day(begin) if last <= begin else f"{_day(begin)} – {_day(last)}"
    return Window(label, None, begin, end) if begin < end else None


def _midnight(said: str) -> datetime:
    day = date.fromisoformat(said)
    if not 2000 <= day.year <= 2999:
        raise ValueError(said)  # a day more or less is a day as well
    return datetime.combine(day, time(), UTC)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"
