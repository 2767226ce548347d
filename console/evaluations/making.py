"""The making of a run: into the queue as far as the budget goes, watched, stopped, taken up again, scored."""

from decimal import Decimal, InvalidOperation

import streamlit as st

from console.evaluations import address
from console.literal import literal
from console.loaders import evaluations
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.errors import BadRequest
from pipeline.experiments import RunView, State
from pipeline.organisation import Permission
from pipeline.scoring import SCORERS

_WANTED = "evaluation_to_make"


def want(run_id: str) -> None:
    """Have it made to its end while somebody looks at it here."""
    st.session_state[_WANTED] = run_id


def wanted(view: RunView) -> bool:
    """Whether it is still to be made or scored because somebody here asked for it."""
    if view.state not in (State.PLANNED, State.RUNNING, State.MADE) or (view.state is State.MADE and by_command(view)):
        return False
    return bool(st.session_state.get(_WANTED) == view.run_id)


def by_command(view: RunView) -> bool:
    """Whether scoring it takes a language model, which no page loads."""
    return any(SCORERS[name].asks_model for name in view.plan.scorers or SCORERS)


def command(view: RunView) -> str:
    """What scores it, and goes on with it."""
    return f"python -m pipeline evaluate prompts --run-id {view.run_id}"


def follow(view: RunView) -> None:
    """How far it is; sends more of it, and scores it at the end, where somebody here asked for that."""
    if wanted(view):
        view = _go_on(view)
    unsent = sum(item.request_id is None for item in view.items)
    st.progress(view.decided / len(view.items), text=f"{view.decided} of {number(len(view.items), 'lesson')} decided, "
                f"{view.under_way} under way, {unsent} to be sent")
    with st.container(horizontal=True, gap="small", key="evaluation_making"):
        if unsent and not wanted(view) and st.button(
                "Put the rest into the queue", icon=":material/send:", key="evaluation_send", **right(Permission.GENERATE)):
            changes.make(lambda: want(view.run_id), "")
        if st.button("Cancel", icon=":material/stop_circle:", key="evaluation_cancel",
                     **right(Permission.GENERATE, help="Stops what is under way; what is made stays.")):
            changes.make(lambda: evaluations.cancel(view.run_id), "It was asked to stop.")


def show(view: RunView) -> None:
    """What can be done about a run of which nothing is under way."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="evaluation_making"):
        if view.state in (State.STOPPED, State.CANCELLED):
            changes.asks("Take it up again", "Take the run up again?", _ask_again, view.run_id, permission=Permission.GENERATE,
                         icon=":material/replay:", key="evaluation_again")
        if any(item.decided and not item.scored for item in view.items):
            _score(view)


def usd(said: str) -> Decimal | None:
    """An amount that somebody typed; None for nothing. Raises `BadRequest`."""
    if not said.strip():
        return None
    try:
        amount = Decimal(said.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise BadRequest("budget", "must be more than 0 dollars; leave it out for a run without a budget.")
    return amount


def _go_on(view: RunView) -> RunView:
    """The run after some more of it was sent, or after it was scored."""
    if view.state is State.MADE:
        evaluations.score(view.run_id)
        st.session_state.pop(_WANTED, None)
        st.rerun()
    if any(item.request_id is None for item in view.items):
        evaluations.send(view.run_id)
    return evaluations.run(view.run_id) or view


def _score(view: RunView) -> None:
    if by_command(view):
        st.info("What it came to is not worked out yet: it takes a language model to check each claim. Run "
                f"`{literal(command(view))}` on a machine with the models.", icon=":material/functions:")
    elif st.button("Score it", type="primary", icon=":material/functions:", key="evaluation_score", **right(Permission.GENERATE)):
        with st.spinner("Scoring every lesson"):
            changes.make(lambda: evaluations.score(view.run_id), "It is scored.")


def _ask_again(run_id: str) -> None:
    st.markdown("What failed or was stopped is asked for anew; what is made stays.")
    said = st.text_input("Budget in dollars", key="evaluation_budget_again", placeholder="As before")
    if st.button("Take it up", type="primary", key="evaluation_again_it", **right(Permission.GENERATE)):
        changes.make(lambda: _again(run_id, said), "It goes on.", then=lambda _: address.open_run(run_id))


def _again(run_id: str, said: str) -> None:
    evaluations.again(run_id, usd(said))
    want(run_id)
