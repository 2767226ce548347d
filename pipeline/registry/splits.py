"""Traffic splits: students get one of several versions in production, until somebody, a date or the stop rule ends it."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require
from pipeline.plain import one_line
from pipeline.prompts import Arm, Shares
from pipeline.registry.labels import WHY_CHARACTERS
from pipeline.registry.promotions import Promotions
from pipeline.registry.splitting import end, open_splits, shares_of, split_of
from pipeline.registry.trouble import GUARDS, note_troubles, tallied
from pipeline.registry.values import Split, SplitLook
from pipeline.registry.versions import found
from pipeline.tables import SplitRow, UserRole

logger = logging.getLogger("pipeline")
WATCHED_EVERY = timedelta(minutes=1)
STOP_RULE = Actor(user_id="stop_rule", name="stop rule", role=UserRole.ADMIN)
"""Who ends a split that does harm, or whose time is over."""


class Splits(Promotions):
    """The splits of one database."""

    _watched: datetime | None = None

    def start_split(self, actor: Actor, arms: Sequence[Arm], *, why: str, ends_at: datetime | None = None) -> Split:
        """Tell students apart from now on. The first arm is what the others are measured against; refs are resolved now.

        Raises `BadRequest` when the shares do not sum to 100, arms are alike, or a prompt is in an open split already.
        """
        require(actor, Permission.PROMOTION)
        said, now = one_line("why", why, 1, WHY_CHARACTERS), self._clock()
        if ends_at is not None and ends_at <= now:
            raise BadRequest("ends_at", "must lie ahead.")
        with told_plainly(), changing(self._engine) as session:
            shares = self._shares(session, arms)
            _check_free(session, shares)
            row = SplitRow(shares=shares.model_dump(mode="json"), why=said, started_by=actor.name[:254], started_at=now,
                           ends_at=ends_at, ended_by="", ended_why="")
            session.add(row)
            session.flush()
            note(session, actor, "prompt.split_started", "prompt_split", str(row.split_id), None,
                 {"arms": [arm.model_dump(mode="json") for arm in shares.arms], "why": said}, at=now)
            return split_of(row)

    def stop_split(self, actor: Actor, split_id: int, *, why: str) -> Split:
        """Everybody gets production again. Raises `BadRequest` when it has ended."""
        require(actor, Permission.PROMOTION)
        said = one_line("why", why, 1, WHY_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            row = _row(session, split_id)
            if row.ended_at is not None:
                raise BadRequest("split", f"{split_id} has ended on {row.ended_at:%Y-%m-%d %H:%M} UTC: {row.ended_why}")
            end(session, actor, row, why=said, at=self._clock())
            return split_of(row)

    def splits(self, *, only_open: bool = False) -> Sequence[Split]:
        """The splits, the newest first."""
        wanted = select(SplitRow).order_by(SplitRow.split_id.desc())
        if only_open:
            wanted = wanted.where(SplitRow.ended_at.is_(None))
        with told_plainly(), Session(self._engine) as session:
            return [split_of(row) for row in session.scalars(wanted)]

    def look(self, split_id: int) -> SplitLook:
        """How the arms do. Raises `BadRequest`."""
        with told_plainly(), changing(self._engine) as session:
            row = _row(session, split_id)
            note_troubles(session, split_id)
            return tallied(session, split_of(row))

    def keep_watch(self) -> None:
        """`watch`, at most once a minute: what a worker does besides."""
        now = self._clock()
        if self._watched is None or now - self._watched >= WATCHED_EVERY:
            self._watched = now
            for look in self.watch():
                logger.warning("split ended", extra={
                    "action": "split_ended", "split_id": look.split.split_id, "reason": look.split.ended_why})

    def watch(self) -> Sequence[SplitLook]:
        """The stop rule: end what does harm or is over. The splits that it has ended, as they stood."""
        with told_plainly(), Session(self._engine) as session:
            if not open_splits(session):
                return []
        ended = []
        with told_plainly(), changing(self._engine) as session:
            for row in open_splits(session):
                note_troubles(session, row.split_id)
                look = tallied(session, split_of(row))
                if why := _why_to_stop(look, self._clock()):
                    end(session, STOP_RULE, row, why=why, at=self._clock())
                    ended.append(look.model_copy(update={"split": split_of(row)}))
        return ended

    def _shares(self, session: Session, arms: Sequence[Arm]) -> Shares:
        """The arms with their versions instead of refs."""
        known = [arm.model_copy(update={"prompts": {
            name: found(self._versions(session, name), name, ref).version for name, ref in arm.prompts.items()}}) for arm in arms]
        try:
            shares = Shares(salt=secrets.token_hex(8), arms=tuple(known))
        except ValidationError as fault:
            raise BadRequest("split", f"{fault.errors()[0]['msg'].removeprefix('Value error, ')}.") from fault
        if len({tuple(sorted(arm.prompts.items())) for arm in known}) < len(known):
            raise BadRequest("split", "two arms are of the same versions: there is nothing to tell apart.")
        return shares


def _why_to_stop(look: SplitLook, now: datetime) -> str:
    for arm in look.arms:
        for guard in arm.guards:
            if guard.harmful:
                return (f"{GUARDS[guard.guard].title}: {guard.arm_bad} of {guard.arm_students} students with {arm.name}, "
                        f"{guard.control_bad} of {guard.control_students} with {look.arms[0].name} "
                        f"(e-value {guard.evidence:.0f}, limit {guard.limit:.0f}).")
    return "Its time was over." if look.split.ends_at is not None and look.split.ends_at <= now else ""


def _check_free(session: Session, shares: Shares) -> None:
    for row in open_splits(session):
        if both := set(shares_of(row).arms[0].prompts) & set(shares.arms[0].prompts):
            raise BadRequest("split", f"{sorted(both)[0]} is in split {row.split_id} already: stop that one first.")


def _row(session: Session, split_id: int) -> SplitRow:
    row = session.get(SplitRow, split_id)
    if row is None:
        raise BadRequest("split", f"there is none with the number {split_id}.")
    return row
