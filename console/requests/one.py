"""One request: where its time went, what happened, what it used and cost, and what can be done about it."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from console import loaders, money, tables, words
from console.faults import told
from console.literal import literal
from console.loaders import requests
from console.requests import actions, evidence, filters, gantt, outputs, story
from pipeline.domain import Status
from pipeline.tracking import RequestView

REFRESH_SECONDS = 3.0
_NOT_FOUND = "There is no request with this id in the record of this machine."


def show(request_id: str) -> None:
    """The request, or that there is none."""
    st.button("All requests", icon=":material/arrow_back:", type="tertiary", key="all_requests",
              on_click=filters.open_request, args=(None,))
    view = loaders.watch(request_id)
    if view is None:
        st.subheader("Not found", anchor=False)
        st.markdown(_NOT_FOUND)
        return
    _head(view)
    actions.show(view)
    if view.status.decided:
        body(view)
    else:
        _follow(view)


def body(view: RequestView) -> None:
    """Everything about the request at this moment."""
    happened = requests.events(view.request.request_id)
    spans = gantt.bars(view, happened, datetime.now(UTC))
    _totals(view, spans)
    if view.error:
        st.error(literal(view.error), icon=":material/error:")
    if len(spans) > 1 or view.stages:
        st.subheader("Where the time went", anchor=False)
        st.plotly_chart(gantt.figure(spans), key="gantt", config={"displayModeBar": False})
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Stages", anchor=False)
        st.html(tables.stages(view))
        _usage(view)
        st.subheader("What happened", anchor=False)
        st.html(story.story(happened, view.created_at))
    with right:
        st.subheader("What was asked", anchor=False)
        st.html(tables.facts(_facts(view)))
        outputs.show(view)
    evidence.show(view)


def usage(view: RequestView) -> pd.DataFrame:
    """A row per counted quantity."""
    return pd.DataFrame([
        {"Stage": words.STAGES[run.stage], "Attempt": run.attempts, "Provider": used.provider, "Model": used.model,
         "Unit": used.unit.replace("_", " "), "Quantity": float(used.quantity)}
        for run in view.stages for used in run.usage
    ])


def _follow(view: RequestView) -> None:
    request_id = view.request.request_id

    @st.fragment(run_every=REFRESH_SECONDS)
    @told
    def watched() -> None:
        now = loaders.watch(request_id)
        if now is None or now.status is not view.status or now.cancel_requested is not view.cancel_requested:
            st.rerun()
        else:
            with st.container(key="steady_request"):
                body(now)

    watched()


def _head(view: RequestView) -> None:
    st.subheader(literal(view.request.student_query), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.STATES[view.status], color=words.STATE_COLOURS[view.status])
        stopping = " · stopping after the present step" if view.cancel_requested and not view.status.decided else ""
        st.caption(literal(f"{words.ago(view.created_at)}, {words.exact(view.created_at)}{stopping}"), width="content")
        if view.status in (Status.COMPLETED, Status.PARTIAL) or not view.status.decided:
            st.link_button("Open the lesson", f"generate?{urlencode({'request': view.request.request_id})}",
                           icon=":material/open_in_new:", type="tertiary")


def _totals(view: RequestView, spans: list[gantt.Bar]) -> None:
    whole = ((view.finished_at or datetime.now(UTC)) - view.created_at).total_seconds()
    usd = money.total(view.stages)
    with st.container(horizontal=True, gap="small", key="request_totals"):
        st.metric("In all", words.duration(whole), border=True, width="content")
        st.metric("Waiting", words.duration(gantt.waited(spans)), border=True, width="content")
        st.metric("Attempts", view.attempts, border=True, width="content",
                  help="How often a worker took it: tries, and takeovers from workers that stopped.")
        st.metric("Cost", "no price" if usd is None else literal(words.dollars(usd)), border=True, width="content")


def _usage(view: RequestView) -> None:
    used = usage(view)
    if not used.empty:
        with st.expander("Usage, as it was counted"):
            st.dataframe(used, hide_index=True, key="usage", row_height=36)


def _facts(view: RequestView) -> list[tuple[str, str, str]]:
    asked, lesson = view.request, view.lesson
    intent = lesson.intent if lesson else None
    return [
        ("Question", asked.student_query, ""), ("Student", asked.student_id, ""), ("Grade", str(asked.grade_level), ""),
        ("Interest", asked.interest or "", ""),
        ("To make", ", ".join(words.MODALITIES[modality] for modality in asked.requested_modalities), ""),
        ("Understood as", f"{intent.topic_name} ({intent.confidence:.0%})" if intent else "", intent.topic_id if intent else ""),
        ("Seed", str(asked.seed), "The same seed makes the same lesson."), ("Id", asked.request_id, ""),
        ("Correlation id", view.correlation_id, "Given by whoever called the API."),
        ("Queue", f"{view.queue}, priority {view.priority}", ""), ("Worker", view.worker_id or "", "Who had it last."),
        ("New run of", view.rerun_of or "", ""), ("Corrects", asked.revision_of or "", ""),
    ]
