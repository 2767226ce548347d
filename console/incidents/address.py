"""What the page Errors shows, as its address says it, so that a link or a reload shows the same."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from pipeline.incidents import OTHERS, Facet, Sort, State, Where, Window
from pipeline.visuals import Value

TAB = "tab"
GROUPS, TAIL, RULES, SOURCES = TABS = ("Groups", "Live tail", "Rules", "Sources")
GROUP, BEFORE, PAGE = "group", "before", "page"
USUAL, OWN = "24h", "own"
LENGTHS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30),
}
LABELS: Mapping[str, str] = {
    "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "all": "All time", OWN: "From – to…",
}
FACETS = (Facet.SEVERITY, Facet.STAGE, Facet.WORKER, Facet.VERSION, Facet.SOURCE, Facet.JOB)
"""Those that the page can be narrowed to, each under its own name in the address."""
CHARACTERS, VALUES = 200, 20
NAMES = (*FACETS, "state", "text", "when", "sort")
_MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """From when until when; None is without end."""

    since: datetime | None
    until: datetime | None

    @property
    def window(self) -> Window:
        """As the incidents want it."""
        return Window(since=self.since, until=self.until)


class Choices(Value):
    """All of it."""

    when: str
    window: Window
    where: Where
    sort: Sort = Sort.COUNT
    page: int = 0


def choices(now: datetime) -> Choices:
    """What the address says; what it says wrongly does not count."""
    name = when()
    return Choices(when=name, window=span(name, now).window, where=where(), sort=_sort(), page=number(PAGE) or 0)


def when() -> str:
    """The name of the window in the address, or FROM~TO."""
    said = _said("when")
    return said if said in LENGTHS or said == "all" or own(said) else USUAL


def span(name: str, now: datetime) -> Span:
    """The window of this name, whose beginning is a whole minute: within a minute nothing has to be asked anew."""
    if name in LENGTHS:
        return Span(now.replace(second=0, microsecond=0) - LENGTHS[name], None)
    return own(name) or Span(None, None)


def own(said: str) -> Span | None:
    """`2026-11-03T10:00~2026-11-03T12:30`, in UTC; None where it is nothing of that form."""
    first, found, last = said.partition("~")
    begin, end = _moment(first), _moment(last)
    return Span(begin, end) if found and begin and end and begin < end else None


def told(since: datetime, until: datetime) -> str:
    """The window as the address holds it."""
    return "~".join(f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}" for moment in (since, max(until, since + _MINUTE)))


def where() -> Where:
    """What the page is narrowed to."""
    facets = {str(facet): values(str(facet)) for facet in FACETS}
    states = tuple(State(name) for name in values("state") if name in set(State))
    return Where.model_validate({**facets, "state": states, "text": _said("text")})


def values(name: str) -> tuple[str, ...]:
    """All values of this name, without what no database takes as text."""
    plain = (_plain(one) for one in st.query_params.get_all(name)[:VALUES])
    return tuple(dict.fromkeys(filter(None, plain)))


def is_narrowed(chosen: Where) -> bool:
    """Whether anything is left out."""
    return chosen != Where()


def shown_group() -> str | None:
    """The fingerprint in the address."""
    return _said(GROUP) or None


def open_group(fingerprint: str | None) -> None:
    """Show this group, or the list as it was; a callback."""
    put(BEFORE, "")
    put(GROUP, fingerprint or "")


def follow_bar(fingerprint: str, start: str, width: timedelta) -> None:
    """Open the group of a bar of the picture; of the bar that is all others, show its time. A callback."""
    if fingerprint == OTHERS:
        begin = datetime.fromisoformat(start)
        narrow("when", told(begin, begin + width))
    else:
        open_group(fingerprint)


def link(fingerprint: str, **more: str) -> str:
    """Where this group is shown."""
    return f"errors?{urlencode({GROUP: fingerprint, **more})}"


def number(name: str) -> int | None:
    """A whole number in the address."""
    said = st.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def put(name: str, value: str | Sequence[str]) -> None:
    """Write it into the address; nothing takes it out."""
    if value:
        st.query_params[name] = value if isinstance(value, str) else list(value)
    else:
        st.query_params.pop(name, None)


def narrow(name: str, value: str | Sequence[str]) -> None:
    """Show only this, from the first page on; a callback."""
    put(name, value)
    put(PAGE, "")


def clear() -> None:
    """Show everything of the last day again; a callback."""
    for name in (*map(str, NAMES), PAGE):
        put(name, "")


def _sort() -> Sort:
    said = _said("sort")
    return Sort(said) if said in set(Sort) else Sort.COUNT


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if 2000 <= moment.year <= 2999 else None


def _said(name: str) -> str:
    return _plain(st.query_params.get(name, ""))


def _plain(said: str) -> str:
    return "".join(c for c in said[:CHARACTERS] if c.isprintable()).strip()
