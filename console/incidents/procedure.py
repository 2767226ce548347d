"""The runbook beside a group: its steps with their commands, ticked as they are done; every run is kept."""

from collections.abc import Callable

import streamlit as st

from console import words
from console.incidents import reasons
from console.literal import literal
from console.loaders import runbooks
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.errors import PipelineError
from pipeline.incidents import GroupDetail
from pipeline.organisation import Permission
from pipeline.runbooks import Run, Runbook, RunState

_STATES = {RunState.OPEN: "open", RunState.FINISHED: "finished", RunState.ABANDONED: "abandoned"}


def show(detail: GroupDetail) -> None:
    """The runbook that fits, or the choice of one."""
    with st.container(border=True, key="runbook"):
        chosen = _chosen(detail)
        if chosen is not None:
            _runbook(chosen, detail.group.fingerprint)


def _chosen(detail: GroupDetail) -> Runbook | None:
    fitting = runbooks.fitting(detail.group)
    if fitting is not None:
        return fitting
    st.markdown("**Runbook**")
    every = {one.name: one for one in runbooks.every()}
    name = st.selectbox("No runbook is for this kind of fault", list(every), index=None, key="runbook_name",
                        placeholder="Choose one", format_func=lambda one: every[one].title)
    return every.get(name or "")


def _runbook(runbook: Runbook, fingerprint: str) -> None:
    st.markdown(f"**Runbook: {runbook.title}**")
    run = runbooks.open_run(fingerprint, runbook)
    done = f" · {len(run.done)} of {run.steps} steps done, begun by {run.started_by} {words.ago(run.started_at)}" if run else ""
    st.caption(literal(f"{runbook.effort}{done}"))
    st.markdown(runbook.intro)
    for step in runbook.steps:
        if run is None:
            st.markdown(f"{step.number}. {step.text}")
        else:
            _tickable(run, step.number, step.text)
        if step.commands:
            st.code("\n".join(step.commands), language="bash", wrap_lines=True)
    _actions(runbook, run, fingerprint)
    _before(runbook, fingerprint)


def _tickable(run: Run, step: int, text: str) -> None:
    key = f"step_{run.run_id}_{step}"
    st.session_state[key] = step in run.done
    st.checkbox(f"{step}. {text}", key=key, on_change=_ticked, args=(run.run_id, step, key), **right(Permission.INCIDENTS))


def _ticked(run_id: int, step: int, key: str) -> None:
    _tried(lambda: runbooks.tick(run_id, step, bool(st.session_state[key])))


def _actions(runbook: Runbook, run: Run | None, fingerprint: str) -> None:
    with st.container(horizontal=True, gap="small"):
        if run is None:
            st.button("Work through it", icon=":material/checklist:", key="run_start", on_click=_start,
                      args=(runbook, fingerprint),
                      **right(Permission.INCIDENTS, help="Steps can be ticked then; who did what and when is kept."))
            return
        changes.asks("Finish", "Finish this run", ask_end, run, True, permission=Permission.INCIDENTS, icon=":material/done_all:",
                     key="run_finish", primary=len(run.done) == run.steps)
        changes.asks("Abandon", "Abandon this run", ask_end, run, False, permission=Permission.INCIDENTS, icon=":material/close:",
                     key="run_abandon")


def ask_end(run: Run, finished: bool) -> None:
    """Why it ends before every step was done."""
    left = run.steps - len(run.done)
    st.markdown(f"{number(left, 'step')} left." if left else "Every step is done.")
    why = reasons.ask("Why it ends now" if left or not finished else "Note", "run_why")
    end = runbooks.finish if finished else runbooks.abandon
    if st.button("Finish" if finished else "Abandon", type="primary", key="run_end"):
        changes.make(lambda: end(run.run_id, why), "The run has ended and is kept.")


def _before(runbook: Runbook, fingerprint: str) -> None:
    ended = [run for run in runbooks.runs(fingerprint, runbook.name) if run.state is not RunState.OPEN]
    for run in ended[:3]:
        told = f"{_STATES[run.state].capitalize()} by {run.ended_by}, {len(run.done)} of {number(run.steps, 'step')}"
        when = f", {words.ago(run.ended_at)}" if run.ended_at else ""
        st.caption(literal(f"{told}{when}{f': {run.why}' if run.why else ''}"))


def _start(runbook: Runbook, fingerprint: str) -> None:
    _tried(lambda: runbooks.start(runbook, fingerprint))


def _tried(change: Callable[[], object]) -> None:
    """Make the change; a refusal is one sentence on the page."""
    try:
        change()
    except PipelineError as fault:
        changes.refuse(fault)
