"""The baseline: a day that later hours are measured against, its looks every four hours, and what has left its band."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from console import words
from console.deployments import bands
from console.literal import literal
from console.loaders import deployments
from console.organisation import changes
from console.organisation.labels import number
from pipeline.deployments import EVERY, HOURS, Standing
from pipeline.organisation import Permission

_COMMAND = "python -m pipeline baseline start"
_RULE = (f"A look every {EVERY} hours passes when something ran, nothing timed out, no group of errors was new, and not every "
         "request failed. A figure has left its band when its 95 % interval of the last four hours and that of the baseline do "
         "not overlap.")


def show(now: datetime) -> None:
    """The tab."""
    standing = deployments.standing()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="baseline_actions"):
        _actions(standing)
    if standing is None:
        st.info(f"There is no baseline yet. Start one after a deploy, here or with `{_COMMAND}`: what is normal is told from its "
                f"{HOURS} hours, and later hours are measured against it.", icon=":material/straighten:")
        return
    _head(standing)
    st.html(bands.looks(standing.looks))
    if standing.left:
        names = ", ".join(bands.name(band) for band in standing.left)
        st.warning(literal(f"Left its band: {names}."), icon=":material/trending_up:")
    elif standing.lately is not None:
        st.success("Nothing has left its band.", icon=":material/check:")
    st.subheader("Baseline and the last four hours", anchor=False)
    st.html(bands.listed(standing.bands))
    if standing.lately is None:
        st.caption("There is nothing to compare yet: the last four hours are the baseline's own.")
    st.caption(_RULE)


def ask() -> None:
    """Ask from when on, for how long, and for which deploy."""
    builds = [deploy.build for deploy in reversed(deployments.deploys())]
    at = st.datetime_input("From, UTC", key="baseline_at", value=datetime.now(UTC).replace(tzinfo=None), format="YYYY-MM-DD",
                           step=timedelta(minutes=1))
    hours = st.number_input("Hours", min_value=1, max_value=14 * 24, value=HOURS, step=1, key="baseline_hours")
    build = st.selectbox("For the deploy", builds, index=None, key="baseline_build", placeholder="None in particular",
                         format_func=literal)
    note = st.text_input("Note", key="baseline_note", max_chars=500)
    st.caption("The one that runs ends with it. No deploys meanwhile: they would be in it.")
    if st.button("Start", type="primary", key="baseline_confirm"):
        begin = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
        changes.make(lambda: deployments.start_baseline(begin, int(hours), build or "", note), "The baseline has begun.")


def ask_end() -> None:
    """Whether it ends now."""
    st.markdown("What it has seen so far stays, and later hours are measured against that.")
    if st.button("End it", type="primary", key="baseline_end_confirm"):
        changes.make(deployments.end_baseline, "The baseline has ended.")


def _actions(standing: Standing | None) -> None:
    label = f"Reset the {HOURS}-hour baseline" if standing else "Start a baseline"
    changes.asks(label, label, ask, permission=Permission.INCIDENTS, icon=":material/restart_alt:", key="baseline_start",
                 primary=standing is None)
    if standing is not None and not standing.complete:
        changes.asks("End", "End the baseline", ask_end, permission=Permission.INCIDENTS, icon=":material/stop_circle:",
                     key="baseline_end")


def _head(standing: Standing) -> None:
    one = standing.baseline
    done = 1.0 if standing.complete else max(0.0, 1 - standing.hours_to_go / one.hours)
    to_go = "complete" if standing.complete else f"{standing.hours_to_go:.1f} of {number(one.hours, 'hour')} to go"
    st.progress(min(1.0, done), text=f"Since {words.exact(one.start)}: {to_go}")
    parts = (f"for build {one.build}" if one.build else "", f"started by {one.started_by}", one.note)
    st.caption(literal(" · ".join(filter(None, parts))))
