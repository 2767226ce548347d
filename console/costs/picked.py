"""From a bar to its requests: the dearest of them, each a link, and the way to all of them on the page Requests."""

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from console import words
from console.costs import address
from console.costs.address import Bar, Choices
from console.costs.wording import PARAMETERS, days, key_name, usd
from console.faults import told
from console.literal import literal
from console.loaders import costs
from console.organisation.labels import number
from pipeline.ledger import Bills, By, Where
from pipeline.ledger.bills import LOOKED_AT

_CALLED = {"stage": "used"}
"""Of the page Requests a stage is where a request stands."""


def show(chosen: Choices) -> None:
    """The requests of the bar in the address."""
    bar = address.bar()
    if bar is not None:
        with st.container(border=True, key="costs_picked"):
            _requests(chosen, bar)


@told
def _requests(chosen: Choices, bar: Bar) -> None:
    called = "" if not bar.key or chosen.by is By.DAY else f"{key_name(chosen.by, bar.key)}, "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(f'{called}{days(bar.span)}')}**")
        st.button("Close", icon=":material/close:", key="close_bar", type="tertiary", on_click=_close)
    found = costs.bills(bar.span.first or bar.span.last, bar.span.until, book=chosen.book, where=within(chosen, bar))
    _list(found)
    _ways(chosen, bar)


def within(chosen: Choices, bar: Bar) -> Where:
    """What the page is narrowed to, and the bar's key."""
    field = address.NARROWED.get(PARAMETERS.get(chosen.by, "")) if bar.key else None
    return Where.model_validate({**chosen.where.model_dump(), field: bar.key}) if field else chosen.where


def link(chosen: Choices, bar: Bar) -> str:
    """The address of the page Requests for just these requests: those that used something of it on these days."""
    spent = f"{bar.span.first or ''}~{bar.span.until}"
    parts = {_CALLED.get(name, name): value for name, value in address.narrowed(within(chosen, bar)).items()}
    return f"requests?{urlencode({'when': 'all', 'spent': spent, **parts})}"


def frame(found: Bills) -> pd.DataFrame:
    """A row per request, the dearest first."""
    return pd.DataFrame([
        {"Question": row.student_query, "Cost": usd(row.listed) if row.whole else f"{usd(row.listed)} and what has no price",
         "Form": words.MODALITIES[row.modality], "Status": words.STATES[row.status],
         "Asked at, UTC": f"{row.created_at:%Y-%m-%d %H:%M}", "Open": f"requests?{urlencode({'request': row.request_id})}"}
        for row in found.rows
    ])


def _list(found: Bills) -> None:
    if not found.rows:
        st.caption("No request was found behind it: they were asked more than a day before the work, or are no longer kept.")
        return
    config: Any = st.column_config
    st.dataframe(frame(found), hide_index=True, key="costs_bills", row_height=38, height=min(len(found.rows), 8) * 38 + 40,
                 column_config={"Open": config.LinkColumn(display_text="Open"), "Question": config.TextColumn(width="large")})
    of = f"The newest {LOOKED_AT:,} requests of this time" if found.capped else number(found.requests, "request")
    dearest = f", the {len(found.rows)} dearest of them" if found.requests > len(found.rows) else ""
    st.caption(f"{of}{dearest}. The cost is what a request has in this bar, at the book's prices.")


def _ways(chosen: Choices, bar: Bar) -> None:
    with st.container(horizontal=True, gap="small"):
        st.link_button("Open on the page Requests", link(chosen, bar), icon=":material/list_alt:", type="tertiary",
                       help="All of these requests, with what happened to each.")
        if bar.key and chosen.by in PARAMETERS:
            st.button("Only this", icon=":material/filter_alt:", key="narrow_to_bar", on_click=_only,
                      args=(PARAMETERS[chosen.by], bar.key), help="Narrow the spend to it, and tell it apart by day.")


def _only(parameter: str, key: str) -> None:
    if parameter in ("organisation", "topic"):
        address.narrow("topic", "")
        address.narrow("organisation", "")
    address.narrow(parameter, key)
    address.put("by", By.DAY)
    _close()


def _close() -> None:
    address.pick(None)
    st.session_state["costs_turn"] = st.session_state.get("costs_turn", 0) + 1
