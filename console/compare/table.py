"""A set of questions: the mean differences of two variants with their intervals, and each question, the largest first."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console.compare import address
from console.compare.wording import HELP, NAMES, bounds, figure, signed
from console.literal import csv_cell, literal
from console.loaders import compare
from pipeline.comparison import ComparisonView, Measure, Missing, Row, Summary, Table, Two, label, ordered, over_the_set

_ROWS_SEEN = 12
_ALL = set(Measure)


def show(view: ComparisonView) -> None:
    """Two variants over the whole set."""
    two = choose_pair(view, key="table_pair")
    found = of(view, two)
    one, other = (label(view.variants[number - 1]) for number in (two.one, two.other))
    st.caption(literal(f"Differences are {other} minus {one}. Intervals: paired bootstrap over the questions, 95 %, "
                       "10,000 resamples, always from the same seed."))
    st.dataframe(summary_frame(found.summaries, one, other), hide_index=True, key="compare_summary", row_height=40)
    _missing(found.missing)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        measure = Measure(str(st.selectbox("Sorted by the largest difference in", list(Measure), key="compare_sort", width=320,
                                           format_func=NAMES.__getitem__)))
        st.download_button("Export as CSV", lambda: to_csv(view, two, found), "comparison.csv", "text/csv", type="tertiary",
                           icon=":material/download:", on_click="ignore", key="compare_csv")
    _rows(ordered(found.rows, measure), measure)


def of(view: ComparisonView, two: Two) -> Table:
    """The differences of these two."""
    return over_the_set(view, compare.results(view), two)


def choose_pair(view: ComparisonView, *, key: str) -> Two:
    """Which two are held against each other; nothing to choose where there are two."""
    two = address.pair_of(view)
    if len(view.variants) > 2:
        st.session_state[key] = address.pair_text(two)
        told = {address.pair_text(each): f"{label(view.variants[each.one - 1])} – {label(view.variants[each.other - 1])}"
                for each in address.pairs(view)}
        st.segmented_control("Which two", list(told), key=key, required=True, format_func=lambda pair: literal(told[pair]),
                             on_change=lambda: address.go(pair=st.session_state[key]))
    return two


def summary_frame(summaries: Sequence[Summary], one: str, other: str) -> pd.DataFrame:
    """A row per measure."""
    return pd.DataFrame([
        {
            "Measure": NAMES[each.measure], one: figure(each.measure, each.one), other: figure(each.measure, each.other),
            "Difference": signed(each.measure, each.difference.value if each.difference else None),
            "95 % interval": bounds(each.measure, each.difference), "Questions": each.difference.n if each.difference else 0,
            "Missing": each.missing, "What it is": HELP[each.measure],
        }
        for each in summaries
    ])


def row_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """A row per question, its differences in words."""
    return pd.DataFrame([
        {"No.": row.number, "Question": row.question,
         **{NAMES[measure]: signed(measure, row.differences[measure]) for measure in Measure}}
        for row in rows
    ])


def to_csv(view: ComparisonView, two: Two, found: Table) -> bytes:
    """Every question with both numbers and their difference, and the means with their intervals below; in UTF-8."""
    one, other = (label(view.variants[number - 1]) for number in (two.one, two.other))
    why = {gap.number: gap.why for gap in reversed(found.missing)}
    rows: list[dict[str, object]] = []
    for row in found.rows:
        cells: dict[str, object] = {"number": row.number, "question": row.question}
        for measure in Measure:
            cells |= {f"{measure}: {one}": row.one[measure], f"{measure}: {other}": row.other[measure],
                      f"{measure}: difference": row.differences[measure]}
        rows.append({**cells, "missing": why.get(row.number, "")})
    for bound in ("value", "low", "high"):
        rows.append({"question": {"value": "mean difference"}.get(bound, f"95 % interval, {bound}")} | {
            f"{each.measure}: difference": getattr(each.difference, bound, None) for each in found.summaries})
    return str(pd.DataFrame(rows).map(csv_cell).to_csv(index=False)).encode()


def _missing(gaps: Sequence[Missing]) -> None:
    if not gaps:
        return
    with st.expander(f"Not counted: {len(gaps)}", icon=":material/rule:", key="compare_missing"):
        for gap in gaps:
            of_what = "" if set(gap.measures) == _ALL else f" ({', '.join(NAMES[measure] for measure in gap.measures)})"
            st.markdown(literal(f"{gap.number}. {gap.question}{of_what}: {gap.why}"))


def _rows(rows: Sequence[Row], measure: Measure) -> None:
    order = ["No.", "Question", NAMES[measure], *(NAMES[each] for each in Measure if each is not measure)]
    chosen = st.dataframe(
        row_frame(rows), hide_index=True, on_select="rerun", selection_mode="single-cell", key="compare_rows", row_height=40,
        column_order=order, height=min(len(rows), _ROWS_SEEN) * 40 + 38,
        column_config={"Question": st.column_config.TextColumn(width=340)})
    st.caption("Click a row to see its lessons side by side.")
    cells = chosen["selection"]["cells"]
    if cells and cells[0][0] < len(rows):
        address.go(question=rows[cells[0][0]].number, view=address.SIDES)
        st.rerun()


