"""A recorded request repeated from one of its stages on, with other versions of its prompts: both side by side."""

from collections.abc import Sequence

import streamlit as st

from console import loaders, words
from console.faults import told
from console.literal import literal
from console.loaders import prompts, traces, trials
from console.organisation import changes
from console.prompts import address, grid, picking, wording
from console.prompts.variants import Pins, called, pinned
from console.rights import right
from pipeline.domain import Stage
from pipeline.organisation import Permission
from pipeline.registry import Entry
from pipeline.tracking import RequestView

ASKING = (Stage.SCRIPT, Stage.NLU)
"""The stages that ask a language model, the one that is repeated most first."""


def choose() -> None:
    """The recorded requests that asked a model."""
    known = {one.request_id: one for entry in prompts.entries() if entry.stage in ASKING for one in prompts.askings(entry.name)}
    newest = sorted(known.values(), key=lambda one: one.at, reverse=True)
    if not newest:
        st.caption("No request of this machine has asked a model yet. Make a lesson first.")
        return
    told_ = {one.request_id: f"{wording.cut(one.question, 80)} · {words.ago(one.at)}" for one in newest}
    st.selectbox("Request", list(told_), index=None, key="replay_request", placeholder="Choose one", on_change=_chosen,
                 format_func=told_.__getitem__)
    st.caption("One of its stages is asked again with other versions; what the stages before it found is used again and costs "
               "nothing.")


def show(request_id: str, entries: Sequence[Entry]) -> None:
    """The request, what it came to with other versions, and the form for another."""
    st.button("New trial", icon=":material/arrow_back:", type="tertiary", key="new_trial", on_click=address.open_playground)
    base = loaders.watch(request_id)
    if base is None:
        st.markdown(f"There is no request with the id {literal(request_id)} in the record of this machine.")
        return
    st.markdown(f"**{literal(base.request.student_query)}**")
    ids = [request_id, *address.values(address.MADE)[:address.MADE_AT_ONCE]]
    if base.status.decided:
        _form(base, entries, ids[1:])
    _side_by_side(ids, entries)


def stages(request_id: str) -> list[Stage]:
    """Its stages that can be repeated: those that asked a model."""
    asked = {one.stage for one in traces.prompts(request_id)}
    return [stage for stage in ASKING if stage in asked]


def _chosen() -> None:
    if request_id := st.session_state["replay_request"]:
        address.open_playground(replay=str(request_id))


def _form(base: RequestView, entries: Sequence[Entry], made: Sequence[str]) -> None:
    offered = stages(base.request.request_id)
    if not offered:
        st.info("No stage of this request asked a model by itself: the lesson came from the shelf, or an older version made it.",
                icon=":material/info:")
        return
    with st.container(border=True, key="replay_form"):
        stage = st.segmented_control("Repeat", offered, default=offered[0], required=True, key="replay_stage",
                                     format_func=words.STAGES.__getitem__)
        chosen = picking.variant(0, entries, tried=address.said(address.TRIED), key="replay", label="With the versions of")
        pins = _of_stage(chosen, entries, Stage(str(stage)))
        if st.button("Repeat it", type="primary", icon=":material/replay:", key="replay_go", **right(Permission.GENERATE)):
            request_id = base.request.request_id
            changes.make(lambda: trials.replay(request_id, Stage(str(stage)), pins), "", then=lambda fresh: (
                address.open_playground(replay=request_id, made=[*made, fresh])))


def _of_stage(chosen: Pins, entries: Sequence[Entry], stage: Stage) -> Pins:
    """Every version of the stage and of those after it."""
    return {entry.name: chosen[entry.name] for entry in entries
            if entry.name in chosen and entry.stage in (stage, Stage.SCRIPT)}


def _side_by_side(ids: Sequence[str], entries: Sequence[Entry]) -> None:
    views = [loaders.watch(one) for one in ids]
    if all(view is None or view.status.decided for view in views):
        _row(views, entries)
        return
    decided = sum(view is not None and view.status.decided for view in views)

    @st.fragment(run_every=grid.POLL_SECONDS)
    @told
    def watched() -> None:
        now = [loaders.watch(one) for one in ids]
        if sum(view is not None and view.status.decided for view in now) != decided:
            st.rerun()
        _row(now, entries)
        for view in now:
            if view is not None and not view.status.decided:
                _cancel(view)

    watched()


def _cancel(view: RequestView) -> None:
    if st.button("Cancel", icon=":material/stop_circle:", key=f"replay_cancel_{view.request.request_id}",
                 **right(Permission.GENERATE, disabled=view.cancel_requested)):
        loaders.cancel(view.request.request_id)
        st.rerun(scope="fragment")


def _row(views: Sequence[RequestView | None], entries: Sequence[Entry]) -> None:
    titles = ["As it was", *(_title(view, entries) for view in views[1:])]
    costs = traces.costs([view.request.request_id for view in views if view])
    grid.row(views, titles, costs, key="replay")


def _title(view: RequestView | None, entries: Sequence[Entry]) -> str:
    if view is None:
        return "Not in the record any more"
    production = picking.production(entries)
    (differs,) = pinned([view.request.prompts], production)
    return called(differs or view.request.prompts, picking.labelled(entries))
