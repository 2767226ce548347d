"""One run of prompts: its state, what can be done about it, and its parts; of retrieval, what it came to."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import streamlit as st

from console import words
from console.evaluations import address, exporting, flips, making, questions, result, voting
from console.evaluations.wording import STATE_COLOURS, STATES
from console.faults import told
from console.literal import literal
from console.loaders import evaluations
from console.organisation.labels import number
from console.retrieval.frames import comparisons_frame, systems_frame
from console.retrieval.wording import COLOURS, FATES
from pipeline.experiments import RunView, State

POLL_SECONDS = 2.0


def show(run_id: str) -> None:
    """The run of this id, of either kind."""
    st.button("All runs", icon=":material/arrow_back:", key="evaluations_all", type="tertiary", on_click=address.open_run,
              args=("",))
    if run_id.startswith(address.RETRIEVAL):
        _retrieval(run_id.removeprefix(address.RETRIEVAL))
        return
    view = evaluations.run(run_id)
    if view is None:
        st.markdown(f"There is no run with the id {literal(run_id)} in the record of this machine.")
        return
    _head(view)
    if view.state in (State.PLANNED, State.RUNNING) or making.wanted(view):
        _follow(view)
    else:
        making.show(view)
    _parts(view)


def _head(view: RunView) -> None:
    st.subheader(literal(view.plan.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation_head"):
        st.badge(STATES[view.state], color=STATE_COLOURS[view.state])
        if view.results:
            st.badge(FATES[view.results.verdict.fate], color=COLOURS[view.results.verdict.fate])
        spent = "without a price" if view.spent_usd is None else words.dollars(view.spent_usd)
        budget = f" of {words.dollars(view.plan.budget_usd)}" if view.plan.budget_usd is not None else ""
        used = sum(item.reused for item in view.items)
        again = f", {used} of them made before" if used else ""
        variants = number(len(view.plan.variants), "variant")
        st.caption(literal(f"{number(view.questions, 'question')} of {view.plan.dataset} in {variants}, {view.decided} of "
                           f"{len(view.items)} lessons decided{again}; {spent}{budget} spent; "
                           f"{words.ago(view.created_at)} by {view.by}"), width="stretch")
    if view.why:
        st.warning(literal(view.why), icon=":material/savings:")
    exporting.show(view)


def _follow(view: RunView) -> None:
    @st.fragment(run_every=POLL_SECONDS)
    @told
    def watched() -> None:
        now = evaluations.run(view.run_id)
        if now is None or now.state is not view.state:
            st.rerun()
        else:
            making.follow(now)

    watched()


def _parts(view: RunView) -> None:
    shows: Mapping[str, Callable[[RunView], None]] = {
        address.FIGURES: result.show, address.FLIPS: flips.show, address.QUESTIONS: questions.show, address.VOTE: voting.show}
    for name, tab in zip(address.PARTS, st.tabs(address.PARTS, key=address.PART, bind="query-params"), strict=True):
        if tab.open:
            with tab:
                told(shows[name])(view)


def _retrieval(number_: str) -> None:
    run = evaluations.retrieval_run(int(number_)) if number_.isascii() and number_.isdigit() and len(number_) < 10 else None
    if run is None:
        st.markdown(f"There is no run of retrieval {literal(number_)} in the record of this machine.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation_head"):
        st.subheader(f"Retrieval {run.run_id}", anchor=False, width="content")
        st.badge(FATES[run.verdict.fate], color=COLOURS[run.verdict.fate])
        st.link_button("Query by query", f"retrieval?{urlencode({'tab': 'Runs', 'run': run.run_id or 0})}", type="tertiary",
                       icon=":material/manage_search:", help="On the page Retrieval.")
    st.markdown(literal(run.verdict.said))
    st.caption(literal(f"{run.set_name} on {run.about.corpus}, {words.ago(run.about.at)} by {run.about.by}"))
    st.dataframe(systems_frame(run.systems), hide_index=True, key="evaluation_systems", row_height=38)
    if run.comparisons:
        st.subheader("Against the baseline", anchor=False)
        st.dataframe(comparisons_frame(run.comparisons), hide_index=True, key="evaluation_comparisons", row_height=38)
    for note in run.notes:
        st.caption(literal(note))
