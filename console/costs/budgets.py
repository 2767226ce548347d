"""What may be spent: how each budget stands, where it is heading, and setting one."""

from decimal import Decimal, InvalidOperation

import streamlit as st
from markupsafe import Markup

from console.costs.address import ONE, Span
from console.costs.wording import days, unpriced, usd
from console.literal import literal
from console.loaders import costs
from console.organisation import changes
from pipeline.errors import BadRequest
from pipeline.ledger import BOOK, THRESHOLDS, BudgetState
from pipeline.organisation import Permission
from pipeline.tables import BudgetPeriod

PERIODS = {BudgetPeriod.DAY: "Each day", BudgetPeriod.MONTH: "Each month"}
EVERYBODY = "Everybody"
_CARD = Markup(
    '<div class="budget {look}"><header><b>{whose}, {period}</b><span>{state}</span></header>'
    '<div class="meter" role="img" aria-label="{share} of the budget is spent"><i class="spent" style="width: {width}%"></i>'
    "{ahead}{marks}</div><p>{spent} of {usd} ({share}), {days}.{forecast}</p>{unpriced}</div>"
)
_AHEAD = Markup('<i class="ahead" style="left: {left}%; width: {width}%"></i>')
_MARK = Markup('<i class="notch" style="left: {left}%" title="{percent} %"></i>')
_UNPRICED = Markup('<p class="missing" title="{}">Not in it, because there is no price: {}.</p>')


def show() -> None:
    """The tab."""
    _month()
    states = costs.budgets()
    if not states:
        st.info("There is no budget yet. With one, the overview tells when 50, 75, 90 and 100 % of it are spent, and what the "
                "period is heading for.", icon=":material/savings:")
    for number, state in enumerate(states):
        _one(state, number)
    changes.asks("Set a budget", "Set a budget", ask, permission=Permission.COSTS, icon=":material/add:", key="set_budget",
                 primary=not states)
    if states:
        st.caption(literal(f"By effective cost at the prices of the book {BOOK}, whichever book the page shows."))


def card(state: BudgetState, whose: str) -> str:
    """The budget as a meter with its thresholds, and in words."""
    ahead = state.forecast
    width, reach = _percent(state.share), _percent(float(ahead.usd / state.budget.usd) if ahead else state.share)
    return str(_CARD.format(
        look=look(state), whose=whose, period=PERIODS[state.budget.period].lower(), state=standing(state),
        share=f"{state.share:.1%}", width=width, ahead=_AHEAD.format(left=width, width=max(0, reach - width)),
        marks=Markup("").join(_MARK.format(left=_percent(percent / 100), percent=percent) for percent in THRESHOLDS),
        spent=usd(state.spent), usd=usd(state.budget.usd), days=days(Span(state.since, state.until - ONE)),
        forecast=forecast(state), unpriced=_missing(state)))


def _missing(state: BudgetState) -> Markup:
    """What is not in it: the models by name, and all of it to hover."""
    models = dict.fromkeys(f"{usage.provider} ({usage.model})" for usage in state.unpriced)
    named = "; ".join(map(unpriced, state.unpriced))
    return _UNPRICED.format(named, f"usage of {', '.join(models)}") if models else Markup("")


def look(state: BudgetState) -> str:
    """How loudly it is shown."""
    if 100 in state.crossed:
        return "over"
    heading = state.forecast is not None and state.forecast.usd > state.budget.usd
    return "near" if heading or 90 in state.crossed else "well"


def standing(state: BudgetState) -> str:
    """Which threshold is crossed, in words."""
    if 100 in state.crossed:
        return "Spent"
    over = ", heading over it" if state.forecast is not None and state.forecast.usd > state.budget.usd else ""
    return f"{max(state.crossed)} % crossed{over}" if state.crossed else f"Under 50 %{over}"


def forecast(state: BudgetState) -> str:
    """What the period will have cost, in words."""
    ahead = state.forecast
    if ahead is None:
        return " There is no complete day yet to forecast from."
    end = "today" if state.budget.period is BudgetPeriod.DAY else "the month"
    return f" Forecast for {end}: {usd(ahead.usd)} (95 %: {usd(ahead.low)} to {usd(ahead.high)})."


def ask() -> None:
    """Ask for a budget."""
    names = costs.organisations()
    with st.form("budget", border=False):
        period = st.radio("Period", list(PERIODS), index=1, key="budget_period", horizontal=True, format_func=PERIODS.__getitem__)
        whose = st.selectbox("For", [None, *names], key="budget_for",
                             format_func=lambda one: EVERYBODY if one is None else literal(names[one]))
        said = st.text_input("USD", key="budget_usd", max_chars=20, placeholder="250")
        st.caption("One that is set already for the same period and organisation is replaced.")
        if st.form_submit_button("Save", type="primary", key="budget_submit"):
            changes.make(lambda: costs.set_budget(str(period), amount(said), whose), "The budget is set.")


def amount(said: str) -> Decimal:
    """The amount as it was typed. Raises `BadRequest`."""
    try:
        return Decimal(said.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation as fault:
        raise BadRequest("usd", "The amount must be a number, such as 250 or 12.50.") from fault


def _month() -> None:
    """Where this month is heading, budget or none."""
    month = costs.month()
    if month.forecast is None:
        st.markdown(f"This month so far: **{literal(usd(month.spent))}**. There is no complete day yet to forecast from.")
        return
    ahead = month.forecast
    to = literal(f"{usd(ahead.usd)} (95 %: {usd(ahead.low)} to {usd(ahead.high)})")
    st.markdown(f"This month so far: **{literal(usd(month.spent))}**, heading for **{to}**.", help=literal(ahead.method))


def _one(state: BudgetState, number: int) -> None:
    budget = state.budget
    whose = EVERYBODY if budget.organisation is None else costs.organisations().get(budget.organisation, budget.organisation)
    shown, act = st.columns([7, 1], vertical_alignment="center")
    shown.html(card(state, whose))
    with act:
        changes.asks("Remove", "Remove this budget?", _ask_removal, state, whose, permission=Permission.COSTS,
                     icon=":material/delete:", key=f"remove_budget_{number}")


def _ask_removal(state: BudgetState, whose: str) -> None:
    budget = state.budget
    st.markdown(literal(f"{whose}, {PERIODS[budget.period].lower()}: {usd(budget.usd)}. What was spent stays in the books."))
    if st.button("Remove", type="primary", key="confirm_remove_budget"):
        changes.make(lambda: costs.remove_budget(budget.period, budget.organisation), "The budget is removed.",
                     undo=lambda: costs.set_budget(budget.period, budget.usd, budget.organisation))


def _percent(share: float) -> float:
    """How far along the meter, whose end is at 120 %."""
    return round(min(share, 1.2) / 1.2 * 100, 1)
