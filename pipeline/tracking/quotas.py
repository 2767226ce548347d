"""Calls of models that may only be asked so often, counted over all workers within the last minute."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, or_, select, update

from pipeline.errors import ProviderResting
from pipeline.limits import Limit
from pipeline.tracking.connected import CALLS, Connected, one_at_a_time

WINDOW_SECONDS = 60.0
FORGOTTEN_SECONDS = 300.0
"""After so long a call that nobody ended counts no more as one at once: its process is gone."""
LOOK_AGAIN_SECONDS = 1.0
"""Where there are too many at once: nobody knows when one ends."""


class Quotas(Connected):
    """The part of the record about how often models were asked."""

    def begin_call(self, model: str, limit: Limit, tokens: int, *, window: float = WINDOW_SECONDS) -> int:
        """The number of a call that begins now. Raises `ProviderResting` with how long until there is room for it.

        One that is larger than the limit alone may be made when there is nothing else in the window.
        """
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"calls of {model}")
            c = CALLS.c
            call: int = connection.execute(insert(CALLS).values(
                model=model, tokens=tokens, began_at=self._later(0)).returning(c.call_id)).scalar_one()
            if seconds := self._too_many(connection, model, limit, tokens, window):
                raise ProviderResting(f"{model} was asked as often as its limit allows.", seconds=seconds)
            connection.execute(delete(CALLS).where(c.model == model, c.began_at < self._later(-max(window, FORGOTTEN_SECONDS))))
        return call

    def end_call(self, call: int, tokens: int) -> None:
        """The call is over."""
        with self._engine.begin() as connection:
            connection.execute(update(CALLS).where(CALLS.c.call_id == call).values(tokens=tokens, ended_at=self._later(0)))

    def _too_many(self, connection: Connection, model: str, limit: Limit, tokens: int, window: float) -> float:
        """How many seconds to wait; 0 where the call that was just written may be made."""
        c, since = CALLS.c, self._later(-window)
        recent = and_(c.model == model, c.began_at >= since, c.began_at <= self._later(window))  # not from a clock gone astray
        open_ = and_(c.model == model, c.ended_at.is_(None), c.began_at >= self._later(-FORGOTTEN_SECONDS))
        counted, used, at_once = connection.execute(select(
            func.count(case((recent, 1))), func.coalesce(func.sum(case((recent, c.tokens))), 0), func.count(case((open_, 1))),
        ).where(c.model == model, or_(recent, open_))).one()
        if limit.calls and counted > limit.calls:
            return self._until(connection, recent, counted - limit.calls, window)
        if limit.tokens and counted > 1 and used > limit.tokens:
            return self._until(connection, recent, 1, window)
        return LOOK_AGAIN_SECONDS if limit.at_once and at_once > limit.at_once else 0.0

    def _until(self, connection: Connection, recent: ColumnElement[bool], places: int, window: float) -> float:
        """How long until so many of the oldest calls have left the window."""
        began = select(CALLS.c.began_at).where(recent).order_by(CALLS.c.began_at).offset(places - 1).limit(1)
        now, first = connection.execute(select(self._later(0), began.scalar_subquery())).one()
        left: timedelta = first + timedelta(seconds=window) - now
        return max(0.05, left.total_seconds())
