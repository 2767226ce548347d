"""Costs: what was spent and saved, what a year may come to, and what may be spent. Every choice is in the address."""

import streamlit as st

from console.costs import address, budgets, controls, headline, report, savings, spend, whatif
from console.costs.address import Choices
from console.costs.savings import TOLD_BY
from console.faults import told, without_password
from console.literal import literal
from console.loaders import books, costs
from console.organisation import changes
from pipeline.ledger import By
from pipeline.ledger.savings import SavedBy


@told
def spent(chosen: Choices) -> None:
    """The tab Spend."""
    spend.show(chosen)


@told
def saved(chosen: Choices) -> None:
    """The tab Savings."""
    savings.show(chosen)


@told
def exports(chosen: Choices) -> None:
    """What can be taken along; made only when somebody asks for it."""
    with st.container(horizontal=True, gap="small", key="costs_exports"):
        st.download_button("Report", lambda: report.html(chosen), f"costs-{chosen.last}.html", "text/html", key="costs_report",
                           icon=":material/summarize:", on_click="ignore",
                           help="One page with the numbers, the pictures and what they rest on, to send on or to print.")
        st.download_button("Spend as CSV", lambda: spend.to_csv(headline.spent(chosen)), f"spend-{chosen.last}.csv", "text/csv",
                           key="costs_csv", icon=":material/download:", type="tertiary", on_click="ignore")
        st.download_button("Savings as CSV", lambda: _savings(chosen), f"savings-{chosen.last}.csv", "text/csv",
                           key="savings_csv", icon=":material/download:", type="tertiary", on_click="ignore")


def without_prices(chosen: Choices, why: str) -> None:
    """What can be told while the book cannot be read."""
    st.error(f"{why} Choose another price book; what needs no prices stands below.", icon=":material/error:")
    headline.text_only(chosen)


def with_plans(chosen: Choices) -> None:
    """What a book of plans alone can tell."""
    st.info(literal(f"The book {chosen.book} has plans for lessons and no prices of usage, so what was used cannot be priced."),
            icon=":material/menu_book:")
    headline.planned(chosen)


def _savings(chosen: Choices) -> bytes:
    by = chosen.by if chosen.by in TOLD_BY else By.DAY
    report = costs.saved(chosen.first, chosen.span.until, by=TOLD_BY.get(by, SavedBy.DAY), book=chosen.book,
                         where=address.of_savings(chosen.where))
    return savings.to_csv(report, by)


def _broken(book: str) -> str:
    """Why the book cannot be used; empty where it can."""
    fault = books.fault(book)
    return literal(without_password(fault)) if fault else ""


st.title("Costs", anchor=False)
changes.show_done()
wanted = address.choices()
controls.show(wanted)
controls.narrowings(wanted)
reason = _broken(wanted.book)
plans_alone = not reason and not books.prices_usage(wanted.book)
if reason:
    without_prices(wanted, reason)
elif plans_alone:
    with_plans(wanted)
else:
    headline.unpriced_usage(wanted)
    headline.numbers(wanted)
    exports(wanted)
shows = {
    address.SPEND: None if reason or plans_alone else lambda: spent(wanted),
    address.SAVINGS: None if reason else lambda: saved(wanted),
    address.WHAT_IF: whatif.show, address.BUDGETS: told(budgets.show),
}
for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
    if tab.open:
        with tab:
            show = shows[name]
            if show is None:
                st.caption("This needs a price book with prices of usage.")
            else:
                show()
changes.show_dialog()
