"""What a year comes to at some volume, share of text-only lessons, prices and share answered from the shelf."""

from decimal import Decimal, InvalidOperation

import pandas as pd
import streamlit as st

from console.costs import address, figures
from console.costs.wording import usd
from console.faults import told
from console.literal import literal
from console.loaders import books, costs
from console.organisation import changes
from pipeline.errors import BadRequest, PipelineError
from pipeline.ledger.projection import MOST_A_DAY, Figures, Projection, projection
from pipeline.visuals import Value

VOLUME, TEXT, HITS, PRICES = "volume", "text", "hits", "prices"
USUAL = {VOLUME: "10000", TEXT: "50", HITS: "0", PRICES: "planning"}
SHARES = range(0, 101, 10)
_NAMES = {"volume_per_day": "Requests a day", "share_text": "Text only", "cache_hit_rate": "From the shelf"}
HUNDRED = Decimal(100)
_DIGITS = 20
"""Powers of ten beyond which nothing is reckoned with what the address says."""


class Asked(Value):
    """What the address asks for; numbers as they are written there, in their range or not."""

    volume: int
    text: Decimal
    hits: Decimal
    prices: str

    def year(self, of: Figures, *, text: Decimal | None = None) -> Projection:
        """The year, or that at another share of text-only lessons. Raises `BadRequest` naming what is out of range."""
        share = self.text if text is None else text
        return projection(self.volume, share / HUNDRED, figures=of, cache_hit_rate=self.hits / HUNDRED)


@told
def show() -> None:
    """The tab."""
    prices = _said(PRICES)
    _set_widgets(prices)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="what_if_controls"):
        st.number_input("Requests a day", 0, MOST_A_DAY, key=_key(VOLUME), step=1000, width=180, on_change=_changed,
                        args=(VOLUME,))
        st.slider("Text only", 0, 100, key=_key(TEXT), format="%d %%", width=240, on_change=_changed, args=(TEXT,),
                  help="The share of requests that ask for nothing but text.")
        st.slider("From the shelf", 0, 100, key=_key(HITS), format="%d %%", width=240, on_change=_changed, args=(HITS,),
                  help="The share of requests whose lesson is on the shelf already: it costs nothing in either form.")
        broken = books.faults()
        st.selectbox("Prices", list(broken), key=_key(PRICES), width=180, on_change=_changed, args=(PRICES,),
                     format_func=lambda name: literal(f"{name} (broken)" if broken[name] else name),
                     help="planning: what the original assumed. Others: the mean of the lessons made here at its prices.")
    try:
        _answer(asked())
    except BadRequest as fault:
        st.error(literal(said(fault)), icon=":material/error:")
    except PipelineError as fault:
        changes.refuse(fault)


def asked() -> Asked:
    """What the address asks for. Raises `BadRequest` for what is no number."""
    volume = _said(VOLUME)
    if not (volume.isascii() and volume.isdigit() and len(volume) < len(str(10 * MOST_A_DAY))):
        raise BadRequest("volume_per_day", f"must be a whole number from 0 to {MOST_A_DAY}.")
    return Asked(volume=int(volume), text=_number(TEXT, "share_text"), hits=_number(HITS, "cache_hit_rate"), prices=_said(PRICES))


def said(fault: BadRequest) -> str:
    """The refusal with the field as people know it."""
    what = str(fault).removeprefix(f"{fault.field}: ").replace("from 0 to 1.", "from 0 to 100 percent.")
    return f"{_NAMES.get(fault.field, fault.field)} {what}"


def _answer(wanted: Asked) -> None:
    of = costs.figures(wanted.prices)
    if of is None:
        wanted.year(Figures(text=Decimal(0), video=Decimal(0)))  # names what is out of range all the same
        st.info(literal(f"Under the book {wanted.prices} a lesson's cost is measured here, and fewer than three written lessons "
                        "or three with film were made yet. The planning book has assumptions to go by."),
                icon=":material/straighten:")
        return
    year = wanted.year(of)
    with st.container(horizontal=True, gap="small", key="what_if_numbers"):
        _figure("Every lesson with film", f"{usd(year.all_video)} a year", f"{usd(of.video)} a lesson")
        _figure(f"With {wanted.text.normalize():f} % text only", f"{usd(year.spent)} a year", f"{usd(of.text)} a written lesson")
        _figure("Saved by text only", f"{usd(year.saved)} a year", f"{year.saved_share:.1%} of it")
    _compared(wanted, of)


def _compared(wanted: Asked, of: Figures) -> None:
    shares = sorted({*SHARES, int(wanted.text)})
    years = [wanted.year(of, text=Decimal(share)) for share in shares]
    st.plotly_chart(figures.what_if(shares, years, int(wanted.text)), key="costs_what_if", config={"displayModeBar": False},
                    alt="The year's cost by the share of text-only lessons, in US dollars")
    with st.expander("As a table"):
        st.dataframe(pd.DataFrame([
            {"Text only": f"{share} %", "Spent a year": usd(year.spent), "Saved a year": usd(year.saved),
             "Saved": f"{year.saved_share:.1%}"} for share, year in zip(shares, years, strict=True)]),
            hide_index=True, key="what_if_table", row_height=38)
    st.caption(literal(f"{wanted.volume:,} requests × 365 days × {100 - wanted.hits:f} % made anew × the cost of a lesson. The "
                       "original's table has 10,000 requests a day at planning prices: 30 % text only saves $200,385 a year, "
                       "50 % $333,975, 80 % $534,360."))


def _set_widgets(prices: str) -> None:
    """The widgets as the address says, as near as they can come to it.

    What stands there already is not set again: it would take back what a hand on the slider has done meanwhile.
    """
    said = {
        _key(VOLUME): _near(VOLUME, MOST_A_DAY), _key(TEXT): _near(TEXT, 100), _key(HITS): _near(HITS, 100),
        _key(PRICES): prices if prices in books.faults() else USUAL[PRICES],
    }
    st.session_state.update({key: value for key, value in said.items() if st.session_state.get(key) != value})


def _near(name: str, most: int) -> int:
    try:
        return int(min(max(_number(name, name), Decimal(0)), Decimal(most)))
    except BadRequest:
        return int(USUAL[name])


def _number(name: str, field: str) -> Decimal:
    try:
        number = Decimal(_said(name))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise BadRequest(field, "must be a number from 0 to 1.")
    return number


def _said(name: str) -> str:
    return st.query_params.get(name, "")[:40].strip() or USUAL[name]


def _changed(name: str) -> None:
    value = str(st.session_state[_key(name)])
    address.put(name, "" if value == USUAL[name] else value)


def _key(name: str) -> str:
    return f"what_if_{name}"


def _figure(label: str, value: str, beside: str) -> None:
    st.metric(label, literal(value), literal(beside), delta_color="off", delta_arrow="off", border=True, width="content")
