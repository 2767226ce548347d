"""What judges prefer in a run, and beside it what each of them is worth: agreement with people, and its calibration."""

from collections.abc import Mapping, Sequence

import streamlit as st

from console.evaluations import figures
from console.evaluations.frames import areas_frame, matrix_frame, strengths_frame
from console.literal import literal
from console.loaders import opinions
from console.organisation.labels import number
from pipeline.experiments import Agreement, Judged, Judgement, RunView

COMMAND = "python -m pipeline evaluate prompts --run-id {} --judge"
CALIBRATE = "python -m pipeline evaluate calibrate"
_ROW_HEIGHT = 38


def show(view: RunView) -> None:
    """Judges' preferences of the run, never without what they are worth; people's, once the voting is closed."""
    st.subheader("Which is preferred", anchor=False)
    found = opinions.judged(view.run_id)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**By the judge**")
        for place, one in enumerate(found):
            _judged(view, one, key=str(place or ""))
        if not found:
            st.caption(f"The judge was not asked. `{literal(COMMAND.format(view.run_id))}` asks it.")
        _calibrated()
    with right:
        st.markdown("**By people**")
        if view.closed_at is None:
            st.caption(f"{number(opinions.votes(view.run_id), 'vote')} so far. What people prefer is shown when the voting is "
                       "closed.")
        else:
            _people(view)


def contradictions(said: Sequence[Judgement]) -> str:
    """How often the judge chose a place instead of an answer."""
    against = sum(one.contradicts for one in said)
    return (f"{number(len(said), 'pair')}, each asked in both orders; in {against} of them the same place won twice, which "
            f"counts as no difference. Model: {', '.join(sorted({one.model for one in said}))}.")


def over_all() -> None:
    """The tab Judge: agreement over all runs, and the calibration of the judge of claims."""
    st.subheader("The judge beside people", anchor=False)
    _agreements(opinions.agreements(), key="all")
    st.subheader("The judge of claims", anchor=False)
    report = opinions.calibration()
    if report is None:
        st.info(f"Nobody measured it with the model of this machine yet, so Grounding has no figures. `{CALIBRATE}` does.",
                icon=":material/straighten:")
        return
    st.markdown(literal(f"{report.asked} labelled claims, one half to fit on, the other held back. On the held half the "
                        f"probabilities are off by {report.brier:.3f} (Brier); always saying the share of supported ones is off "
                        f"by {report.brier_of_share:.3f}."))
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.dataframe(areas_frame(report), hide_index=True, key="evaluation_areas", row_height=_ROW_HEIGHT)
        told = ", ".join(f"{fault.replace('_', ' ')} {missed} of {of}" for fault, (missed, of) in report.missed.items())
        st.caption(literal(f"Unsupported claims of the held half that passed as supported, by their fault: {told}."))
        if report.lacking:
            st.caption(f"{number(report.lacking, 'claim')} more were not asked yet: `{CALIBRATE}` goes on.")
    with right:
        st.plotly_chart(figures.roc(report.signs), key="evaluation_roc", config={"displayModeBar": False},
                        alt="How well each sign tells supported claims from others, on the held half")


def _judged(view: RunView, one: Judged, *, key: str) -> None:
    said = [each for each in opinions.judgements(view.run_id) if each.model == one.judge]
    st.dataframe(strengths_frame(one.preferences), hide_index=True, key=f"evaluation_judge{key}", row_height=_ROW_HEIGHT)
    usd = "an unknown price" if one.usd is None else f"${one.usd:.6f}"
    st.caption(literal(f"{contradictions(said)} Asked for {usd}."))
    st.caption(literal(f"What that is worth: {one.agreement.said}"))


def _calibrated() -> None:
    report = opinions.calibration()
    if report is None:
        st.caption(f"Grounding: the judge of claims was not measured here; `{CALIBRATE}` does.")
    else:
        held = report.area("probability", "test")
        st.caption(literal(f"Grounding: AUC {held.value:.3f} ({held.low:.3f} to {held.high:.3f}) on {held.true + held.false} "
                           "claims that were held back."))


def _people(view: RunView) -> None:
    found = opinions.of_people(view.run_id)
    if not found.strengths:
        st.caption("Nobody voted.")
        return
    st.dataframe(strengths_frame(found), hide_index=True, key="evaluation_people", row_height=_ROW_HEIGHT)
    _agreements(opinions.agreements(view.run_id), key="run")


def _agreements(found: Mapping[str, Agreement], *, key: str) -> None:
    """Each judge's; the matrix of the first has the plain key."""
    told = [(judge, one) for judge, one in found.items() if one.n]
    if not told:
        st.info("Nothing was looked at by both yet: it takes a run that the judge was asked about, people who voted on the "
                "same pairs, and a voting that is closed.", icon=":material/balance:")
    for place, (judge, one) in enumerate(told):
        if len(found) > 1:
            st.markdown(literal(f"{judge}:"))
        st.markdown(literal(one.said))
        st.dataframe(matrix_frame(one), hide_index=True, key=f"evaluation_matrix_{key}{place or ''}", row_height=_ROW_HEIGHT)
