"""What judges used: a bill for each pair, kept whatever became of it, and what all of it comes to by the price book."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Engine, insert, select

from pipeline.bill import Bill
from pipeline.domain import Stage, StageRun, Usage
from pipeline.experiments.rows import CHARGES
from pipeline.ports import Kept, Paid
from pipeline.prices import Unpriced, cost, today
from pipeline.scoring import PairJudge


class _Unwatched:
    """`pipeline.ports.Journal` of work that is no request: nobody hears of it, and nobody stops it."""

    def recall(self, stage: Stage) -> Kept | None:
        return None

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        return

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        return

    def draft(self, text: str) -> None:
        return

    def progress(self, fraction: float) -> None:
        return

    def cancelled(self) -> bool:
        return False


class Billed:
    """`PairJudge` on a bill: what fails for a moment is asked again, and what a failed call used is on the bill too."""

    def __init__(self, judge: PairJudge, bill: Bill) -> None:
        self.name, self.billed = judge.name, judge.billed
        self._judge, self._bill = judge, bill

    def margin(self, question: str, first: str, second: str) -> Paid[float]:
        """As the judge's."""
        return self._bill.heed(lambda: self._judge.margin(question, first, second))


def check_prices(judge: PairJudge) -> None:
    """Nothing where all that the judge is billed in has a price today; else `Unpriced`, before anything is spent."""
    cost(judge.billed, on=today())


@contextmanager
def charged(engine: Engine, run_id: str, position: int, judge: str) -> Iterator[Bill]:
    """A bill for one pair, which is kept however it ends."""
    bill = Bill(_Unwatched())
    try:
        yield bill
    finally:
        if bill.usage:
            now = datetime.now(UTC)
            used = [usage.model_copy(update={"day": now.date()}).model_dump(mode="json") for usage in bill.usage]
            with engine.begin() as connection:
                connection.execute(insert(CHARGES).values(run_id=run_id, position=position, model=judge, at=now, usage=used))


def usage_of(engine: Engine, run_id: str, judge: str) -> Sequence[Usage]:
    """What this judge used over a run, entry by entry."""
    wanted = select(CHARGES.c.usage).where(CHARGES.c.run_id == run_id, CHARGES.c.model == judge).order_by(CHARGES.c.charge_id)
    with engine.connect() as connection:
        return [Usage.model_validate(each) for row in connection.execute(wanted) for each in row.usage]


def usd_of(usage: Sequence[Usage]) -> Decimal | None:
    """What it comes to at the prices of its days; None where some of it has no price."""
    try:
        return cost(usage, on=today())
    except Unpriced:
        return None
