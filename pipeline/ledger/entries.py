"""New entries of the books: corrections and refunds, bytes delivered, credits. Nothing that is written is ever changed."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pipeline.domain import StageStatus, Unit
from pipeline.errors import BadRequest
from pipeline.ledger.words import ZERO, today
from pipeline.organisation import Actor, Permission, changing, known, note, require, utc_now
from pipeline.plain import one_line
from pipeline.tables import CreditRow, Organization, StageRunRow, UsageRow

REASON_CHARACTERS = 300
AUTHOR_CHARACTERS = 254
MILLIONTH = Decimal("0.000001")
MOST = Decimal("1e12")
STORE = "store"
"""The model by which bytes of files are counted: the provider is the family whose work they are."""


class Entries:
    """What people and the API add to the books."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine, self._clock = engine, clock

    def correct(self, actor: Actor, usage_id: int, quantity: Decimal, reason: str) -> int:
        """Add a correction of a usage entry, a refund as a negative quantity; its id.

        It counts for the day of the entry that it corrects, at that day's price. Raises `BadRequest` when less than nothing
        would be left, or when the entry is a correction itself.
        """
        require(actor, Permission.COSTS)
        more, why = amount("quantity", quantity), one_line("reason", reason, 1, REASON_CHARACTERS)
        with changing(self._engine) as session:
            row = session.get(UsageRow, usage_id)
            if row is None or row.corrects_id is not None:
                raise BadRequest("usage_id", "there is no entry with this number, or it is a correction itself.")
            if self._left(session, row) + more < 0:
                raise BadRequest("quantity", "would take back more than was used.")
            entry = UsageRow(
                stage_run_id=row.stage_run_id, provider=row.provider, model=row.model, unit=row.unit, tier=row.tier,
                size=row.size, quantity=more, recorded_at=row.recorded_at, corrects_id=row.id, reason=why,
                author=actor.name[:AUTHOR_CHARACTERS], noted_at=self._clock())
            session.add(entry)
            session.flush()
            after = {"corrects": row.id, "quantity": str(more), "unit": row.unit, "reason": why}
            note(session, actor, "usage.corrected", "usage", str(entry.id), None, after, at=self._clock())
            return entry.id

    def credit(self, actor: Actor, usd: Decimal, reason: str, *, day: date | None = None, organisation: str | None = None) -> int:
        """Add a credit, of an organisation or of everybody; its id. A wrong one is followed by its negative."""
        require(actor, Permission.COSTS)
        money, why = amount("usd", usd), one_line("reason", reason, 1, REASON_CHARACTERS)
        with changing(self._engine) as session:
            if organisation is not None:
                known(session, Organization, organisation, "organisation")
            entry = CreditRow(day=day or today(), organization_id=organisation, usd=money, reason=why,
                              author=actor.name[:AUTHOR_CHARACTERS], noted_at=self._clock())
            session.add(entry)
            session.flush()
            after = {"day": entry.day.isoformat(), "organisation": organisation, "usd": str(money), "reason": why}
            note(session, actor, "credit.added", "credit", str(entry.credit_id), None, after, at=self._clock())
            return entry.credit_id

    def delivered(self, request_id: str, byte_count: int) -> None:
        """Count bytes of a request's files that somebody was sent, under the last stage that made something.

        Of a request that made nothing there is nothing to send, and nothing is counted.
        """
        if byte_count <= 0:
            return
        made = select(StageRunRow.id, StageRunRow.family).where(
            StageRunRow.request_id == request_id, StageRunRow.status == StageStatus.COMPLETED)
        with Session(self._engine) as session, session.begin():
            run = session.execute(made.order_by(StageRunRow.position.desc()).limit(1)).one_or_none()
            if run is not None:
                session.add(UsageRow(stage_run_id=run.id, provider=run.family, model=STORE, unit=Unit.BYTE_DELIVERED,
                                     quantity=Decimal(byte_count), recorded_at=self._clock()))

    @staticmethod
    def _left(session: Session, row: UsageRow) -> Decimal:
        corrected = session.scalar(select(func.sum(UsageRow.quantity)).where(UsageRow.corrects_id == row.id))
        return row.quantity + (corrected or ZERO)


def amount(field: str, value: object) -> Decimal:
    """A number of at most six decimals that is not nothing."""
    if not isinstance(value, Decimal) or not value.is_finite() or not ZERO < abs(value) < MOST:
        raise BadRequest(field, "must be a decimal number other than 0.")
    if value != value.quantize(MILLIONTH):
        raise BadRequest(field, "has more than six decimals.")
    return value
