"""Baselines: a day that later hours are measured against. Resetting one begins another; the figures are read anew each time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pipeline.comparison import Interval
from pipeline.database import told_plainly
from pipeline.deployments.bands import Band, band, each, median, share
from pipeline.deployments.figures import Figures, figures
from pipeline.errors import BadRequest
from pipeline.ledger.savings import Savings
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.tables import BaselineRow
from pipeline.visuals import Value

HOURS, EVERY = 24, 4
MOST_HOURS = 24 * 14
LATELY, FIRST = timedelta(hours=EVERY), timedelta(minutes=15)
AHEAD = timedelta(minutes=5)
SHARE_FORMULA = "Wilson's 95 % interval of the share"
MEDIAN_FORMULA = "95 % interval of the median from order statistics"
SAVED_FORMULA = "95 % interval of what the skipped stages would have cost"


class LookState(StrEnum):
    """How one look at a running baseline came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_YET = "not_yet"
    NOTHING_RAN = "nothing_ran"


class Look(Value):
    """What the four hours before one look were like; at hour 0, the first quarter of an hour."""

    hour: int
    at: datetime
    state: LookState
    said: str
    requests: int = 0
    executions: int = 0
    errors: int = 0


class Baseline(Value):
    """A baseline."""

    baseline_id: int
    start: datetime
    hours: int
    build: str
    note: str
    started_by: str
    ended_at: datetime | None
    ended_by: str

    @property
    def until(self) -> datetime:
        """When it is, or was, complete; earlier where somebody ended it."""
        planned = self.start + timedelta(hours=self.hours)
        return planned if self.ended_at is None else min(planned, self.ended_at)


class Standing(Value):
    """A baseline as it is now."""

    baseline: Baseline
    hours_to_go: float
    complete: bool
    looks: tuple[Look, ...]
    bands: tuple[Band, ...]
    figures: Figures
    """Of the baseline itself, as far as it has come."""
    lately: Figures | None
    """The last four hours; None before anything can be compared."""

    @property
    def left(self) -> tuple[Band, ...]:
        """What has left its band."""
        return tuple(each for each in self.bands if each.left)


class Baselines:
    """The baselines of one database."""

    def __init__(self, engine: Engine, savings: Savings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._savings = savings
        self._clock = clock

    def start(
        self, actor: Actor, *, at: datetime | None = None, hours: int = HOURS, build: str = "", note_: str = "",
    ) -> Baseline:
        """Begin one, now or at a moment that has passed; the one that runs ends with it. Raises `BadRequest`."""
        require(actor, Permission.INCIDENTS)
        now = self._clock()
        begin = at or now
        if begin > now + AHEAD:
            raise BadRequest("--at", "is in the future: a baseline begins now or earlier.")
        if not 1 <= hours <= MOST_HOURS:
            raise BadRequest("--hours", f"must be 1 to {MOST_HOURS}.")
        with told_plainly(), changing(self._engine) as session:
            for open_ in session.scalars(select(BaselineRow).where(BaselineRow.ended_at.is_(None))):
                open_.ended_at, open_.ended_by = max(begin, open_.start), actor.name
            row = BaselineRow(start=begin, hours=hours, build=one_line("--build", build, 0, 200),
                              note=one_line("--note", note_, 0, 500), started_by=actor.name, ended_by="")
            session.add(row)
            session.flush()
            after = {"start": begin, "hours": hours, "build": row.build}
            note(session, actor, "baseline.started", "baseline", str(row.baseline_id), None, after, at=now)
            return _view(row)

    def end(self, actor: Actor) -> Baseline:
        """End the one that runs. Raises `BadRequest` when there is none."""
        require(actor, Permission.INCIDENTS)
        now = self._clock()
        with told_plainly(), changing(self._engine) as session:
            row = session.scalar(select(BaselineRow).where(BaselineRow.ended_at.is_(None)))
            if row is None or now >= _view(row).until:
                raise BadRequest("baseline", "none is running: start one with `python -m pipeline baseline start`.")
            row.ended_at, row.ended_by = max(now, row.start), actor.name
            note(session, actor, "baseline.ended", "baseline", str(row.baseline_id), None, {"ended_at": row.ended_at}, at=now)
            return _view(row)

    def all(self) -> list[Baseline]:
        """Every one, the newest first."""
        with told_plainly(), Session(self._engine) as session:
            return [_view(row) for row in session.scalars(select(BaselineRow).order_by(BaselineRow.baseline_id.desc()))]

    def standing(self, baseline: Baseline | None = None) -> Standing | None:
        """The newest one, or this one, as it is now; None before there was any."""
        newest = baseline or next(iter(self.all()), None)
        if newest is None:
            return None
        now = self._clock()
        complete = now >= newest.until
        edge = newest.until if complete else max(newest.start, now - LATELY)
        with told_plainly():
            own = figures(self._engine, self._savings, newest.start, edge)
            lately = figures(self._engine, self._savings, max(edge, now - LATELY), now) if now > edge > newest.start else None
            looks = tuple(self._look(newest, hour, now) for hour in range(0, newest.hours + 1, EVERY))
        to_go = max(0.0, (newest.until - now).total_seconds() / 3600)
        return Standing(baseline=newest, hours_to_go=round(to_go, 2), complete=complete, looks=looks,
                        bands=tuple(_bands(own, lately)), figures=own, lately=lately)

    def _look(self, baseline: Baseline, hour: int, now: datetime) -> Look:
        at = baseline.start + (timedelta(hours=hour) if hour else FIRST)
        if at > now:
            return Look(hour=hour, at=at, state=LookState.NOT_YET, said="")
        seen = figures(self._engine, self._savings, max(baseline.start, at - LATELY), at)
        state, said = _judged(seen)
        return Look(hour=hour, at=at, state=state, said=said, requests=seen.exposed.requests,
                    executions=seen.exposed.executions, errors=seen.errors)


def _judged(seen: Figures) -> tuple[LookState, str]:
    """A look passes when something ran, nothing timed out, no group of errors was new, and not every request failed."""
    if not seen.exposed.lines and not seen.good + seen.bad:
        return LookState.NOTHING_RAN, "Nothing was said in these hours."
    wrong = [
        *([f"{seen.timeouts} timeouts"] if seen.timeouts else []),
        *([f"{seen.new_groups} new groups of errors"] if seen.new_groups else []),
        *(["every request failed"] if seen.bad and not seen.good else []),
    ]
    return (LookState.FAILED, ", ".join(wrong)) if wrong else (LookState.PASSED, f"{seen.good} good, {seen.bad} failed")


def _bands(own: Figures, lately: Figures | None) -> list[Band]:
    """Every figure of the baseline beside that of the last four hours, counted in the baseline's unit."""
    alike = lately if lately is not None and lately.unit is own.unit else None
    return [
        band("error rate", f"of {own.unit}", _errors(own), _errors(alike), SHARE_FORMULA),
        band("success", "of decided requests", _success(own), _success(lately), SHARE_FORMULA),
        *(band(str(stage), "seconds", median(own.seconds[stage]),
               median(lately.seconds.get(stage, ())) if lately else None, MEDIAN_FORMULA) for stage in own.seconds),
        band("saved", "USD per request without a video", _savings(own), _savings(lately), SAVED_FORMULA),
    ]


def _errors(span: Figures | None) -> Interval | None:
    return None if span is None else share(span.struck, max(span.struck, span.exposed.of(span.unit)))


def _success(span: Figures | None) -> Interval | None:
    return None if span is None else share(span.good, span.good + span.bad)


def _savings(span: Figures | None) -> Interval | None:
    return None if span is None else each(span.saved, span.savers)


def _view(row: BaselineRow) -> Baseline:
    return Baseline(
        baseline_id=row.baseline_id, start=row.start, hours=row.hours, build=row.build, note=row.note,
        started_by=row.started_by, ended_at=row.ended_at, ended_by=row.ended_by)
