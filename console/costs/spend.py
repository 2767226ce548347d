"""Spend over time by any dimension, its table, what a lesson costs, and the requests behind a bar."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from console import words
from console.costs import address, buckets, figures, picked
from console.costs.address import Bar, Choices, Span
from console.costs.headline import spent
from console.costs.wording import DIMENSIONS, days, key_name, unpriced, usd
from console.literal import csv_cell, literal
from console.loaders import costs
from console.organisation.labels import number
from pipeline.ledger import By, LessonCosts, Spend, SpendRow

_ROWS_SEEN = 12
_MILLIONTH = Decimal("0.000001")


def show(chosen: Choices) -> None:
    """The tab."""
    spend = spent(chosen)
    if not spend.rows:
        _nothing(chosen)
        return
    st.subheader(f"Spend by {DIMENSIONS[chosen.by].lower()}", anchor=False)
    time = parts(chosen)
    _chart(chosen, drawn(chosen, spend, time), time)
    picked.show(chosen)
    _table(spend)
    for note in spend.notes:
        st.caption(literal(note))
    _lessons(costs.lessons(chosen.first, chosen.span.until, book=chosen.book))


def parts(chosen: Choices) -> list[Span]:
    """The time of the choices in bars."""
    first = chosen.first or costs.first_day() or chosen.last
    return buckets.parts(min(first, chosen.last), chosen.last)


def drawn(chosen: Choices, spend: Spend, time: Sequence[Span]) -> list[buckets.Series]:
    """The dearest keys over time, and all others together; by day there is nothing to tell apart."""
    dearest = sorted(spend.rows, key=lambda row: (-row.listed, row.key))[:buckets.MOST_SERIES]
    points = costs.over_time(chosen.first, chosen.span.until, by=chosen.by, book=chosen.book, where=chosen.where,
                             keys=[row.key for row in dearest])
    if chosen.by is By.DAY:
        points = [point.model_copy(update={"key": "Spend"}) for point in points]
    return buckets.series(points, time)


def to_csv(spend: Spend) -> bytes:
    """The rows and their sum, in UTF-8; no cell of it is run by a spreadsheet."""
    rows = [_exported(spend.by, row) for row in (*spend.rows, spend.total.model_copy(update={"key": "total"}))]
    return str(pd.DataFrame(rows).map(csv_cell).to_csv(index=False)).encode()


def _chart(chosen: Choices, found: Sequence[buckets.Series], time: Sequence[Span]) -> None:
    turn = st.session_state.setdefault("costs_turn", 0)
    key = f"costs_chart_{turn}"

    def chosen_bar() -> None:
        marks = st.session_state[key]["selection"]["points"]
        if marks:
            first, last, of = marks[0]["customdata"][:3]
            st.query_params["bar"] = f"{first}~{last}~{'' if chosen.by is By.DAY else of}"
        else:
            address.pick(None)

    st.plotly_chart(figures.over_time(found, time, lambda name: key_name(chosen.by, name)), key=key, on_select=chosen_bar,
                    selection_mode="points", config={"displayModeBar": False},
                    alt=f"Spend over time by {DIMENSIONS[chosen.by].lower()}, in US dollars")
    if address.bar() is None:
        st.caption("Click a bar to see the requests behind it.")


def _table(spend: Spend) -> None:
    total = spend.total.listed
    differ = any(row.contracted != row.listed or row.effective != row.listed for row in spend.rows)
    dearest = list(spend.rows) if spend.by is By.DAY else sorted(spend.rows, key=lambda row: -row.listed)
    table = pd.DataFrame([_row(spend.by, row, total) for row in dearest])
    shown = ["Name", "Cost", *(["Contracted", "Effective"] if differ else []), "Share",
             *(["Without a price"] if any(row.unpriced for row in spend.rows) else [])]
    config = st.column_config
    event = st.dataframe(
        table, hide_index=True, key=f"costs_table_{st.session_state['costs_turn']}", column_order=shown, row_height=38,
        height=min(len(table), _ROWS_SEEN) * 38 + 40, on_select="rerun", selection_mode="single-cell",
        column_config={"Name": config.TextColumn(DIMENSIONS[spend.by], width="medium"),
                       **{name: config.TextColumn(alignment="right") for name in ("Cost", "Contracted", "Effective")},
                       "Share": config.ProgressColumn(format="percent", min_value=0, max_value=1),
                       "Without a price": config.TextColumn(width="medium")})
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(dearest):
        _open_row(spend, dearest[cells[0][0]])


def _open_row(spend: Spend, row: SpendRow) -> None:
    """Show the requests of a row of the table."""
    st.session_state["costs_turn"] += 1  # a table without a chosen cell, so that the bar can be closed again
    first, last = spend.since or costs.first_day() or address.today(), (spend.until or address.today()) - address.ONE
    if spend.by is By.DAY:
        address.pick(Bar(Span(day := pd.Timestamp(row.key).date(), day), ""))
    else:
        address.pick(Bar(Span(first, last), row.key))
    st.rerun()


def _row(by: By, row: SpendRow, total: Decimal) -> dict[str, object]:
    return {
        "Name": key_name(by, row.key), "Cost": usd(row.listed), "Contracted": usd(row.contracted),
        "Effective": usd(row.effective), "Share": float(row.listed / total) if total else 0.0,
        "Without a price": "; ".join(map(unpriced, row.unpriced)),
    }


def _exported(by: By, row: SpendRow) -> dict[str, object]:
    amounts: Mapping[str, Decimal | None] = {
        "listed_usd": row.listed, "contracted_usd": row.contracted, "effective_usd": row.effective}
    return {
        by.value: row.key, "name": "" if row.key == "total" else key_name(by, row.key),
        **{name: "" if amount is None else f"{amount:f}" for name, amount in amounts.items()},
        "unpriced": "; ".join(map(unpriced, row.unpriced)),
    }


def _lessons(found: LessonCosts) -> None:
    if not found.rows:
        return
    st.subheader("Cost of a completed lesson", anchor=False)
    st.dataframe(lesson_frame(found), hide_index=True, key="costs_lessons", row_height=38, column_config={
        name: st.column_config.TextColumn(alignment="right") for name in ("p50", "p95", "Mean")})
    newest = f"The newest {found.measured:,} completed lessons of the time" if found.capped else (
        f"All {number(found.measured, 'completed lesson')} of the time")
    less = " Some of their usage has no price, so they cost more than it says here." if found.unpriced else ""
    st.caption(f"{newest}, by the longest form that was asked for.{less}")


def lesson_frame(found: LessonCosts) -> pd.DataFrame:
    """A row per form."""
    return pd.DataFrame([
        {"Form": words.MODALITIES[row.modality], "Where from": "from the shelf" if row.cached else "made",
         "Lessons": row.lessons, "p50": usd(row.p50), "p95": usd(row.p95), "Mean": usd(row.mean)}
        for row in found.rows
    ])


def _nothing(chosen: Choices) -> None:
    if costs.first_day() is None:
        st.info("Nothing was used yet, so nothing cost anything. Ask for a lesson on the page Generate, or have some made for a "
                "first look: `make sample`.", icon=":material/payments:")
    else:
        of = " by what the page is narrowed to" if address.narrowed(chosen.where) else ""
        st.info(literal(f"Nothing was used in this time ({days(chosen.span)}){of}."), icon=":material/payments:")
