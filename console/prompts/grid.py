"""A trial of the playground: every question with its variants side by side, while they are made and afterwards."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import streamlit as st

from console import loaders, words
from console.compare import head, sending
from console.faults import told
from console.literal import literal
from console.loaders import compare, traces
from console.organisation import changes
from console.organisation.labels import number
from console.prompts import address, made, picking, wording
from console.prompts.variants import called
from console.rights import right
from pipeline.comparison import ComparisonView, State
from pipeline.organisation import Permission
from pipeline.registry import Entry
from pipeline.tracking import RequestView

POLL_SECONDS = 1.5
EARLIER = 8
want = sending.want


def show(trial: str, entries: Sequence[Entry]) -> None:
    """The trial of this id."""
    st.button("New trial", icon=":material/arrow_back:", type="tertiary", key="new_trial", on_click=address.open_playground)
    view = compare.find(trial)
    if view is None:
        st.markdown(f"There is no trial with the id {literal(trial)} in the record of this machine.")
        return
    _head(view)
    sending.show(view)
    if view.state in (State.RUNNING, State.UNSENT):
        _follow(view, entries)
    else:
        _questions(view, entries)


def earlier() -> None:
    """What was tried or compared before."""
    lines = [line for line in compare.newest() if line.questions][:EARLIER]
    if not lines:
        return
    told_ = {line.comparison_id: f"{wording.cut(line.name, 70)} · {number(line.questions, 'question')} × "
             f"{line.variants} variants · {words.ago(line.created_at)}" for line in lines}
    st.selectbox("Open an earlier trial", list(told_), index=None, key="open_trial", placeholder="Open an earlier trial",
                 format_func=told_.__getitem__, label_visibility="collapsed", on_change=_opened)


def names(view: ComparisonView, entries: Sequence[Entry]) -> list[str]:
    """What its variants are called."""
    labels = picking.labelled(entries)
    return [called(variant.prompts, labels) for variant in view.variants]


def _opened() -> None:
    if trial := st.session_state["open_trial"]:
        address.open_playground(comparison=str(trial))


def _head(view: ComparisonView) -> None:
    comparison_id = view.comparison_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="trial_head"):
        st.badge(head.state(view.state), color="blue" if view.state is State.RUNNING else "gray")
        by = f" by {view.author}" if view.author else ""
        far = f"{view.decided} of {number(len(view.items), 'text')} decided"
        st.caption(literal(f"{far}, begun {words.ago(view.created_at)}{by}"), width="content")
        if view.state in (State.RUNNING, State.UNSENT):
            if st.button("Cancel", icon=":material/stop_circle:", key="trial_cancel",
                         **right(Permission.GENERATE, disabled=view.cancelled_at is not None,
                                 help="Stops what is under way; what is made stays.")):
                changes.make(lambda: compare.cancel(comparison_id), "It was asked to stop.")
        else:
            st.link_button("Figures and blind votes", f"compare?{urlencode({'comparison': comparison_id})}", type="tertiary",
                           icon=":material/compare_arrows:", help="On the page Compare.")


def _follow(view: ComparisonView, entries: Sequence[Entry]) -> None:
    @st.fragment(run_every=POLL_SECONDS)
    @told
    def watched() -> None:
        now = compare.find(view.comparison_id)
        if now is None or now.state is not view.state or now.decided != view.decided:
            st.rerun()
        else:
            _questions(now, entries)

    watched()


def _questions(view: ComparisonView, entries: Sequence[Entry]) -> None:
    ids = [item.request_id for item in view.items if item.request_id]
    costs = traces.costs(ids)
    called_ = names(view, entries)
    for place, asked in enumerate(view.questions, start=1):
        with st.container(gap=None):
            st.markdown(f"**{literal(f'{place}. {asked.question}')}**")
            st.caption(literal(", ".join(filter(None, (f"grade {asked.grade_level}", asked.interest)))))
        requests = [loaders.watch(view.request_id(place, variant) or "") for variant in range(1, len(view.variants) + 1)]
        row(requests, called_, costs, key=f"q{place}")


def row(
    requests: Sequence[RequestView | None], titles: Sequence[str], costs: Mapping[str, Decimal | None], *, key: str,
) -> None:
    """Lessons side by side; what differs from the first is marked."""
    first = requests[0]
    for place, (column, title, view) in enumerate(zip(st.columns(len(requests), gap="medium"), titles, requests, strict=True)):
        with column, st.container(border=True, key=f"made_{key}_{place}", gap="small"):
            st.markdown(f"**{literal(title)}**")
            if view is None:
                st.caption("It is not in the queue.")
            else:
                made.show(view, usd=costs.get(view.request.request_id), against=first if place else None, name=f"{key}-{place}")
