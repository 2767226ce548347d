"""The deploys, the newest first: a lane for each with its checklist below; `?build=ID` shows one alone."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from console.deployments import checks, lanes, recording
from console.literal import literal
from console.loaders import deployments
from console.organisation import changes
from console.organisation.labels import number
from pipeline.deployments import Told
from pipeline.organisation import Permission

BUILD, SERVICE, AT_ONCE = "build", "service", 8
_SHOWN = "deploys_shown"


def show(now: datetime) -> None:
    """The tab."""
    found = deployments.told()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="deploy_actions"):
        changes.asks("Record a deploy", "Record a deploy", recording.ask, permission=Permission.INCIDENTS,
                     icon=":material/add:", key="record_deploy", primary=not found)
        if found:
            st.caption(f"{number(len(found), 'deploy')} recorded.", width="content")
            _services(found)
    recording.show_said()
    if not found:
        _nothing()
        return
    wanted = st.query_params.get(BUILD)
    chosen = [one for one in found if one.deploy.build == wanted] if wanted else _of_service(found)
    if wanted and not chosen:
        st.caption("No deploy of this build is recorded.")
    shown = chosen[:int(st.session_state.get(_SHOWN, AT_ONCE))]
    for place, one in enumerate(shown):
        _lane(one, place, now, alone=bool(wanted))
    _more(len(chosen) - len(shown), bool(wanted))


def _services(found: Sequence[Told]) -> None:
    """Which service's deploys are shown, where there are several."""
    services = sorted({one.deploy.service for one in found})
    if len(services) > 1:
        st.selectbox("Service", services, index=None, key=SERVICE, bind="query-params", placeholder="All services",
                     format_func=literal, label_visibility="collapsed", width=260)


def _of_service(found: Sequence[Told]) -> list[Told]:
    chosen = st.session_state.get(SERVICE)
    return [one for one in found if chosen is None or one.deploy.service == chosen]


def _lane(one: Told, place: int, now: datetime, *, alone: bool) -> None:
    with st.container(key=f"lane_{place}", gap=None):
        st.html(lanes.lane(one.deploy, one.verdict, now))
        part = st.expander("Checklist", key=f"checklist_{one.deploy.build}_{one.deploy.service}_{one.deploy.at.timestamp():.0f}",
                           on_change="rerun", expanded=alone, icon=":material/checklist:")
        if part.open:
            with part:
                _checklist(one)


def _checklist(one: Told) -> None:
    found = deployments.checklist(one.deploy)
    st.caption(literal(checks.summary(found)))
    st.html(checks.listed(found))


def _more(rest: int, alone: bool) -> None:
    if alone:
        st.button("All deploys", icon=":material/arrow_back:", key="all_deploys", on_click=_all)
    elif rest > 0:
        st.button(f"{number(rest, 'older deploy')}", icon=":material/expand_more:", key="more_deploys", on_click=_show_more)


def _all() -> None:
    st.query_params.pop(BUILD, None)


def _show_more() -> None:
    st.session_state[_SHOWN] = int(st.session_state.get(_SHOWN, AT_ONCE)) + AT_ONCE


def _nothing() -> None:
    st.info("No deploy is recorded yet. With one, this page says which errors it fixed, brought or unmasked, and when that is "
            "sure. Let the deploy script tell of it, or record it here; deploys that the audit log of Cloud Run and Cloud Build "
            "tells of are found when logs are pulled.", icon=":material/rocket_launch:")
    st.code(recording.COMMAND, language=None, wrap_lines=True)
