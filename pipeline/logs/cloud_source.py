"""Cloud Logging as a source of pieces: a page each, with waiting, and going on when a page token has expired."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pipeline.errors import ProviderUnavailable
from pipeline.logs.cloud_cursor import FIRST, Mark, began, read_time
from pipeline.logs.cloud_filters import Wanted, moment
from pipeline.logs.cloud_pages import Page, Pages
from pipeline.logs.cloud_service import Patience, Refused, Service
from pipeline.logs.entry import Entry
from pipeline.logs.sources import START, Read

logger = logging.getLogger("pipeline")
LARGEST_PAGE = 1000
RESTARTS = 5
"""How often in a row a page token may be worth nothing."""


class Stopped(Exception):
    """Somebody asked to stop while it waited."""


class _Listed(NamedTuple):
    """One answer to `entries:list`, looked through."""

    said: Sequence[Any]
    end: datetime | None
    """The time of the last."""
    token: str


@dataclass(kw_only=True)
class CloudSource:
    """`pipeline.logs.sources.Source` of what is wanted from a project's logs.

    `since` is where the first reading begins, by default a day ago. `stopping` ends it, even in the middle of a wait; `hear`
    is told in words what it waits for.
    """

    service: Service
    wanted: Wanted = field(default_factory=Wanted)
    since: datetime | None = None
    patience: Patience = field(default_factory=Patience)
    page_size: int = LARGEST_PAGE
    stopping: threading.Event = field(default_factory=threading.Event)
    hear: Callable[[str], object] = lambda said: None
    clock: Callable[[], float] = time.time
    chance: random.Random = field(default_factory=random.Random)
    overlaps: bool = True

    @property
    def name(self) -> str:
        """`cloud:PROJECT`, and a mark of what is wanted when that is not everything."""
        return ":".join(filter(None, ("cloud", self.service.project, self.wanted.name)))

    def pieces(self, cursor: str = START) -> Iterator[Page]:
        """The pages behind the cursor; the last may be empty, and only tells how far it is.

        Raises `OperatorError`, or `ProviderUnavailable` at the end of its patience: the next reading goes on from there.
        """
        mark, pages = began(cursor, self.since, self._now()), Pages(self.service.project)
        try:
            for listed in self._listed(mark.conditions()):
                mark = self._behind(mark, listed)
                yield Page(mark.text, pages.read(listed.said, last=not listed.token))
        except Stopped:
            return

    def search(self, *, newest_first: bool = True) -> Iterator[Read[Entry]]:
        """Page after page of what is wanted since then, without a cursor: whoever has enough stops. Raises as `pieces` does."""
        since = self.since or self._now() - FIRST
        try:
            for listed in self._listed(f'timestamp>="{moment(since)}"', newest_first=newest_first):
                read = Pages(self.service.project).read(listed.said[::-1] if newest_first else listed.said, last=True)
                yield read._replace(entries=read.entries[::-1]) if newest_first else read
        except Stopped:
            return

    def _behind(self, mark: Mark, listed: _Listed) -> Mark:
        if listed.end:
            mark = mark.reached(listed.end, self._now())
        return mark if listed.token else mark.finished()

    def _listed(self, times: str, *, newest_first: bool = False) -> Iterator[_Listed]:
        """Page after page. A token that is worth nothing any more is replaced by the time that was reached."""
        order, beyond = ("timestamp desc", "<=") if newest_first else ("timestamp asc", ">=")
        text, token, reached, restarts = self.wanted.filter(times), "", None, 0
        while not self.stopping.is_set():
            try:
                listed = self._page(text, order, token)
            except Refused:
                restarts += 1
                if not token or restarts > RESTARTS:
                    raise
                token = ""
                text = self.wanted.filter(times, *([f'timestamp{beyond}"{_bound(reached, beyond)}"'] if reached else []))
                continue
            yield listed
            if not listed.token:
                return
            if listed.end and listed.end != reached:
                reached, restarts = listed.end, 0
            token = listed.token

    def _page(self, text: str, order: str, token: str) -> _Listed:
        """One page, tried as long as patience lasts. Raises `Stopped`."""
        asked = {"resourceNames": [f"projects/{self.service.project}"], "filter": text, "orderBy": order,
                 "pageSize": self.page_size, **({"pageToken": token} if token else {})}
        tries, waited = 0, 0.0
        while True:
            try:
                return _looked_through(self.service.call("list", asked, seconds=self.patience.answer_seconds))
            except ProviderUnavailable as fault:
                pause = self.patience.pause(tries, fault, self.chance)
                if waited + pause > self.patience.total_seconds:
                    raise ProviderUnavailable(f"{fault} It was asked {tries + 1} times; try again later.") from fault
                self._wait(pause, fault)
                tries, waited = tries + 1, waited + pause

    def _wait(self, seconds: float, fault: ProviderUnavailable) -> None:
        self.hear(f"{fault} Waiting {seconds:.0f} s.")
        logger.info("waiting for cloud logging", extra={
            "action": "cloud_logging_waited_for", "seconds": round(seconds, 1), "reason": str(fault)})
        if self.stopping.wait(seconds):
            raise Stopped

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _looked_through(answer: Mapping[str, Any]) -> _Listed:
    said, token = answer.get("entries", []), answer.get("nextPageToken", "")
    if not isinstance(said, list) or not isinstance(token, str):
        raise ProviderUnavailable("Cloud Logging answers with something that is not a page of entries.")
    times = [at for entry in said if isinstance(entry, Mapping) and (at := read_time(entry.get("timestamp")))]
    return _Listed(said, times[-1] if times else None, token)


def _bound(at: datetime, sign: str) -> str:
    """The time as a bound that leaves nothing out which has it: entries are exact to the nanosecond."""
    return moment(at if sign == ">=" else at + timedelta(microseconds=1))
