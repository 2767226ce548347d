"""What was spent and saved, and which budgets somebody should look at. Pure."""

from collections.abc import Mapping, Sequence

from console.costs.wording import interval, usd
from console.loaders.overview import Money
from console.organisation.labels import number
from console.overview.cards import Card, Notice, against, change
from console.overview.day import Day
from pipeline.ledger import BudgetState
from pipeline.ledger.prediction import FEWEST
from pipeline.report import Basis, Estimate
from pipeline.tables import BudgetPeriod

FULL = 100
PERIODS: Mapping[BudgetPeriod, str] = {BudgetPeriod.DAY: "Today’s", BudgetPeriod.MONTH: "This month’s"}
BUDGETS = "costs?tab=Budgets"


def cards(day: Day, now: Money, then: Money) -> list[Card]:
    """Spend and savings."""
    return [_spent(day, now, then), _saved(day, now, then)]


def notices(budgets: Sequence[BudgetState], names: Mapping[str, str]) -> list[Notice]:
    """Budgets of which a threshold is crossed, or that will be too small."""
    return [notice for state in budgets if (notice := _notice(state, names))]


def _spent(day: Day, now: Money, then: Money) -> Card:
    missing = f"{number(now.unpriced, 'kind')} of usage without a price, not in it" if now.unpriced else ""
    was = usd(then.listed) + (", not all priced" if then.unpriced else "")
    more = "" if now.unpriced or then.unpriced else change(float(now.listed), float(then.listed))
    listed = "" if now.spent == now.listed else f"{usd(now.listed)} before contracts and credits, as is what follows"
    return Card(label="Spend", value=usd(now.spent), href=day.costs("Spend"), mood="bad" if missing else "",
                lines=tuple(filter(None, (listed, against(day.before.short, was, more), missing or f"price book: {now.book}"))))


def _saved(day: Day, now: Money, then: Money) -> Card:
    return Card(label="Saved", value=usd(now.saved.usd), href=day.costs("Savings"),
                lines=(against(day.before.short, usd(then.saved.usd), change(float(now.saved.usd), float(then.saved.usd))),
                       basis(now.saved)))


def basis(saved: Estimate) -> str:
    """What the amount rests on, with its interval where there is one."""
    if saved.basis is Basis.PLANNING:
        return f"planning assumption: {saved.observations} of {FEWEST} films to learn from"
    return f"{interval(saved)}, from {saved.observations:,} films"


def _notice(state: BudgetState, names: Mapping[str, str]) -> Notice | None:
    budget, ahead = state.budget, state.forecast
    whose = "" if budget.organisation is None else f", {names.get(budget.organisation, budget.organisation)}"
    said = [f"{PERIODS[budget.period]} budget{whose}: {usd(state.spent)} of {usd(budget.usd)} is spent ({state.share:.0%})"]
    over = ahead is not None and ahead.usd > budget.usd
    if not state.crossed and not over and not state.unpriced:
        return None
    if ahead is not None and over and FULL not in state.crossed:
        said.append(f"it is heading for {usd(ahead.usd)} ({usd(ahead.low)} to {usd(ahead.high)})")
    if state.unpriced:
        said.append("not counting usage without a price")
    return Notice(weight="error" if FULL in state.crossed else "warning", text=", ".join(said), href=BUDGETS)
