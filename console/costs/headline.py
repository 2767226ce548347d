"""The numbers above everything, and what has no price, loudly."""

from decimal import Decimal

import streamlit as st

from console.costs.address import Choices, of_askers, of_savings
from console.costs.wording import interval, unpriced, usd
from console.faults import told
from console.literal import literal
from console.loaders import costs
from console.organisation.labels import number
from pipeline.domain import Modality
from pipeline.ledger import Counts, LessonCost, Spend
from pipeline.ledger.savings import Report, SavedBy

_SPEND = "Usage × the prices of its day, under contracts and after credits. Usage without a price is in no sum."
_PLANNED = ("What the completed lessons would have cost by the plan for a lesson of their form, those from the shelf nothing. "
            "What was used does not matter.")
_SHELF = ("What the lessons from the shelf would have cost more, had each been made: the mean of the made ones of its form, "
          "less what the shelf used itself.")
_LESSON = "Half of the completed lessons cost at most the first amount, 19 of 20 at most the second; none is from the shelf."


@told
def unpriced_usage(chosen: Choices) -> None:
    """Everything of the time that the book has no price for, by name."""
    missing = spent(chosen).total.unpriced
    if missing:
        named = "\n".join(f"- {literal(unpriced(usage))}" for usage in missing)
        what = "One kind of usage has" if len(missing) == 1 else f"{len(missing)} kinds of usage have"
        st.error(f"**{what} no price under the book {literal(chosen.book)}, and {'is' if len(missing) == 1 else 'are'} in no sum "
                 f"on this page:**\n{named}", icon=":material/money_off:")


@told
def numbers(chosen: Choices) -> None:
    """Spent, saved, spared, and what lessons cost."""
    first, until = chosen.first, chosen.span.until
    spend, saved = spent(chosen), saved_by_day(chosen)
    with st.container(horizontal=True, gap="small", key="costs_numbers"):
        _figure("Spent", usd(effective(spend)), _beside(spend), _SPEND)
        _figure("Saved by not filming", usd(saved.saved.usd), interval(saved.saved), " ".join(saved.assumptions[:2]))
        shelf = costs.shelf(first, until, book=chosen.book)
        if shelf.lessons:
            _figure("Spared by the shelf", usd(shelf.usd), f"95 %: {usd(shelf.low)} to {usd(shelf.high)}", _SHELF)
        _text_only(chosen)
        for row in costs.lessons(first, until, book=chosen.book).rows:
            if row.modality in (Modality.TEXT, Modality.VIDEO) and not row.cached:
                _lesson(row)


@told
def text_only(chosen: Choices) -> None:
    """The share alone, which no price is needed for."""
    with st.container(horizontal=True, gap="small", key="costs_numbers"):
        _text_only(chosen)


@told
def planned(chosen: Choices) -> None:
    """What a book of plans alone says of the lessons."""
    first, until = chosen.first, chosen.span.until
    saved = saved_by_day(chosen)
    with st.container(horizontal=True, gap="small", key="costs_numbers"):
        _figure("As planned", usd(costs.planned(first, until, book=chosen.book)), f"at {chosen.book} prices", _PLANNED)
        _figure("Saved by not filming", usd(saved.saved.usd), interval(saved.saved), " ".join(saved.assumptions[:2]))
        _text_only(chosen)


def spent(chosen: Choices) -> Spend:
    """The spend of the choices."""
    return costs.spend(chosen.first, chosen.span.until, by=chosen.by, book=chosen.book, where=chosen.where)


def saved_by_day(chosen: Choices) -> Report:
    """The savings of the choices."""
    return costs.saved(chosen.first, chosen.span.until, by=SavedBy.DAY, book=chosen.book, where=of_savings(chosen.where))


def asked(chosen: Choices) -> Counts:
    """How many requests were decided, of the organisation or topic that was chosen."""
    return costs.counts(chosen.first, chosen.span.until, where=of_askers(chosen.where))


def _text_only(chosen: Choices) -> None:
    counts = asked(chosen)
    if counts.text_only is not None:
        _figure("Text only", f"{counts.text_only:.1%}", f"of {number(counts.wanted, 'lesson')}",
                "Completed lessons of which nothing but the text was asked for; those of comparisons are left out.")


def _lesson(row: LessonCost) -> None:
    what = "Written lesson" if row.modality is Modality.TEXT else "With film"
    _figure(f"{what}, p50 · p95", f"{usd(row.p50)} · {usd(row.p95)}", f"of {number(row.lessons, 'lesson')}", _LESSON)


def effective(spend: Spend) -> Decimal:
    """What was paid; at the book's prices where contracts cannot be told."""
    return spend.total.listed if spend.total.effective is None else spend.total.effective


def _beside(spend: Spend) -> str:
    total = spend.total
    if total.effective is None:
        return f"at {spend.book} prices"
    if total.effective == total.listed:
        return f"at {spend.book} prices"
    return f"book prices {usd(total.listed)}, contracts −{usd(total.listed - (total.contracted or total.listed))}, " \
           f"credits {usd(spend.credits)}"


def _figure(label: str, value: str, beside: str, help_: str) -> None:
    st.metric(label, literal(value), literal(beside), delta_color="off", delta_arrow="off", help=literal(help_), border=True,
              width="content")
