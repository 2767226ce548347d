"""A request on its way: progress, stages and the article while it is written. Polls the record until it is decided."""

from datetime import UTC, datetime

import streamlit as st

from console import loaders, tables, words
from console.article import article
from console.faults import told
from console.rights import right
from pipeline.domain import StageStatus, Status
from pipeline.organisation import Permission
from pipeline.tracking import RequestView

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 10
STALLED_SECONDS = 120
STALLED_TIMES = 8
START_WORKER = "Start one with `python -m pipeline worker`."


def follow(request_id: str, status: Status) -> None:
    """Show the request while it has this status, then the whole page anew."""

    @st.fragment(run_every=POLL_SECONDS)
    @told
    def watched() -> None:
        view = loaders.watch(request_id)
        if view is None or view.status is not status:
            st.rerun()
        else:
            show(view)

    watched()


def show(view: RequestView) -> None:
    """The request at this moment."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.progress(view.progress, text=_headline(view))
        _cancel(view)
    _trouble(view)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(tables.stages(view))
    with right:
        _draft(view)


def _headline(view: RequestView) -> str:
    took = words.clock((datetime.now(UTC) - view.created_at).total_seconds())
    if view.cancel_requested:
        return f"Stopping after the present step · {took}"
    if view.status is Status.PENDING:
        return f"Waiting for a worker · {took}"
    stage = words.STAGES[view.current_stage] if view.current_stage else "Between two stages"
    return f"{stage} · {view.progress:.0%} · {took}"


def _trouble(view: RequestView) -> None:
    waited = (datetime.now(UTC) - view.created_at).total_seconds()
    if view.status is Status.PENDING and waited > PATIENCE_SECONDS:
        busy = _made_before(view)
        if busy:
            st.info(f"{busy} before this one. If nothing moves, no worker is running. {START_WORKER}",
                    icon=":material/hourglass_empty:")
        else:
            st.warning(f"No worker has taken this request yet. {START_WORKER} It will find the request by itself.",
                       icon=":material/person_off:")
    elif _stalled(view):
        st.warning("This stage takes far longer than usual here; the worker may have stopped. A worker that is started "
                   f"now begins it again. {START_WORKER}", icon=":material/person_off:")


def _made_before(view: RequestView) -> str:
    ahead = [other for other in loaders.recent() if not other.status.decided and other.created_at < view.created_at]
    return "" if not ahead else "1 lesson is" if len(ahead) == 1 else f"{len(ahead)} lessons are"


def _stalled(view: RequestView) -> bool:
    usual = loaders.usual_seconds()
    return any(
        run.started_at is not None and run.status is StageStatus.RUNNING
        and (datetime.now(UTC) - run.started_at).total_seconds()
        > max(STALLED_SECONDS, STALLED_TIMES * usual.get(run.stage, STALLED_SECONDS))
        for run in view.stages
    )


def _cancel(view: RequestView) -> None:
    if st.button("Cancel", icon=":material/stop_circle:", key="cancel",
                 **right(Permission.GENERATE, disabled=view.cancel_requested)):
        loaders.cancel(view.request.request_id)
        st.rerun(scope="fragment")


def _draft(view: RequestView) -> None:
    if view.draft:
        st.html(article(view.draft).html)
    else:
        st.skeleton(height=220)
