"""What was saved by not making something, how sure that is, and how well such predictions have come true."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from console.costs import buckets, figures
from console.costs.address import Choices, Span, beyond_savings, of_savings
from console.costs.headline import saved_by_day
from console.costs.spend import parts
from console.costs.wording import DIMENSIONS, days, interval, key_name, parameter_name, usd
from console.literal import csv_cell, literal
from console.loaders import costs
from console.organisation.labels import number
from pipeline.ledger import By
from pipeline.ledger.backtest import FEWEST_TESTED, BackTest
from pipeline.ledger.prediction import FEWEST
from pipeline.ledger.savings import Line, Report, SavedBy
from pipeline.report import Basis, Estimate

TOLD_BY: Mapping[By, SavedBy] = {
    By.MODALITY: SavedBy.MODALITY, By.ORGANISATION: SavedBy.ORGANISATION, By.TOPIC: SavedBy.TOPIC,
}
"""What was not made has no model and no family; it has a form, which is the stage that was skipped."""
MOST_BARS = 12
_MADE_OF = {By.STAGE: By.MODALITY}


def show(chosen: Choices) -> None:
    """The tab."""
    by_day = saved_by_day(chosen)
    if wider := beyond_savings(chosen.where):
        st.caption(literal(f"Not narrowed to {not_followed(wider)}: what was not made has no stage, model or family."))
    if not by_day.requests:
        st.info(literal(f"No lesson of this time ({days(chosen.span)}) did without speech, pictures or film: nothing was saved."),
                icon=":material/savings:")
    else:
        _sum(by_day)
        _over_time(chosen, by_day)
        _by_key(chosen)
    st.subheader("How far the prediction can be relied on", anchor=False)
    _tested(by_day)
    st.subheader("What the amounts rest on", anchor=False)
    st.markdown("\n".join(f"- {literal(sentence)}" for sentence in by_day.assumptions))


def not_followed(wider: Mapping[str, str]) -> str:
    """What savings are not narrowed to, in words."""
    return ", ".join(parameter_name(name, value) for name, value in wider.items())


def over_time(lines: Sequence[Line], time: Sequence[Span]) -> tuple[dict[Span, Decimal], dict[Span, Estimate]]:
    """The amounts of the parts of time; and the intervals of those that are one day, for intervals do not add up."""
    amounts = buckets.together({date.fromisoformat(line.key): line.saved.usd for line in lines}, time)
    of_days = {line.key: line.saved for line in lines}
    return amounts, {part: of_days[str(part.first)] for part in time if part.first == part.last and str(part.first) in of_days}


def by_key(report: Report, by: By) -> tuple[list[str], list[Estimate]]:
    """Names and amounts, the largest first."""
    found = sorted(report.lines, key=lambda line: -line.saved.usd)[:MOST_BARS]
    return [key_name(by, line.key) for line in found], [line.saved for line in found]


def verdict(found: BackTest) -> str:
    """The back-test in words."""
    inside = round(found.coverage * found.tested)
    lean = f"{usd(abs(found.mean_error))} {'above' if found.mean_error > 0 else 'below'}"
    leans = lean if found.mean_error else "neither above nor below"
    off = "" if found.mean_absolute_share is None else f" A single film is off by {found.mean_absolute_share:.0%} on average."
    return (f"Of {number(found.tested, 'film')} that were made, each predicted from all the others, {inside} "
            f"({found.coverage:.0%}) cost what lies within the interval; 95 % is promised. On average the prediction is "
            f"{leans} the cost.{off} The newer half together was predicted from the older half at "
            f"{usd(found.later.usd)} ({interval(found.later)}) and cost {usd(found.later_usd)}.")


def to_csv(report: Report, by: By) -> bytes:
    """A row per line of the report, in UTF-8."""
    rows = [_exported(by, line.key, line.requests, line.saved) for line in report.lines]
    rows.append(_exported(by, "total", report.requests, report.saved))
    return str(pd.DataFrame(rows).map(csv_cell).to_csv(index=False)).encode()


def _sum(report: Report) -> None:
    saved = report.saved
    sure = f"between {usd(saved.low)} and {usd(saved.high)} in 95 cases of 100" if saved.basis is Basis.FITTED else (
        f"by the planning book, because {number(saved.observations, 'film')} with a price are fewer than the {FEWEST} that a "
        "fit needs")
    by = literal(f"saved by {number(report.requests, 'lesson')} that skipped something, {sure}.")
    st.markdown(f"**{literal(usd(saved.usd))}** {by}")
    if report.wordless:
        st.caption(f"Nothing is said for {number(report.wordless, 'lesson')} among them: the script cannot be read any more.")
    if report.unpriced:
        named = literal(" ".join(report.unpriced))
        st.warning(f"Films are left out of what is learned from, because some of their usage has no price. {named}",
                   icon=":material/money_off:")


def _over_time(chosen: Choices, report: Report) -> None:
    amounts, estimates = over_time(report.lines, parts(chosen))
    st.plotly_chart(figures.saved_over_time(amounts, estimates), key="costs_saved", config={"displayModeBar": False},
                    alt="Saved over time, in US dollars")
    if not estimates:
        st.caption("Each bar is the sum of its days; intervals of parts do not add up, so only the whole has one.")


def _by_key(chosen: Choices) -> None:
    by = _MADE_OF.get(chosen.by, chosen.by)
    if by not in TOLD_BY:
        if by is not By.DAY:
            st.caption(f"What was not made has no {DIMENSIONS[by].lower()}: savings are told by form, organisation or topic.")
        return
    report = costs.saved(chosen.first, chosen.span.until, by=TOLD_BY[by], book=chosen.book, where=of_savings(chosen.where))
    names, estimates = by_key(report, by)
    what = "by what was not made" if by is By.MODALITY else f"by {DIMENSIONS[by].lower()}"
    st.subheader(f"Saved {what}", anchor=False)
    st.plotly_chart(figures.saved_by_key(names, estimates), key="costs_saved_by", config={"displayModeBar": False},
                    alt=f"Saved {what}, in US dollars")
    if len(report.lines) > MOST_BARS:
        st.caption(f"The largest {MOST_BARS} of {len(report.lines)}. Export as CSV has all of them.")


def _tested(report: Report) -> None:
    found = report.back_test
    if found is None:
        st.info(f"Back-test: fewer than {FEWEST_TESTED} films with a price were made, too few to test the prediction on.",
                icon=":material/science:")
        return
    st.markdown(literal(verdict(found)))
    if report.saved.basis is Basis.PLANNING:
        st.caption(f"The prediction is used from {FEWEST} films on; until then the planning assumption stands.")
    st.plotly_chart(figures.back_test(found), key="costs_back_test", config={"displayModeBar": False},
                    alt="Each film: what it cost, and what was predicted from the others")


def _exported(by: By, key: str, requests: int, saved: Estimate) -> dict[str, object]:
    return {
        by.value: key, "name": "" if key == "total" else key_name(by, key), "requests": requests, "saved_usd": f"{saved.usd:f}",
        "low_usd": "" if saved.low is None else f"{saved.low:f}", "high_usd": "" if saved.high is None else f"{saved.high:f}",
        "basis": saved.basis.value, "films": saved.observations,
    }
