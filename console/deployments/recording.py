"""Recording a deploy by hand, where neither the command nor an audit log told of it."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from console.literal import literal
from console.loaders import deployments
from console.organisation import changes
from pipeline.deployments import Deploy
from pipeline.errors import BadRequest
from pipeline.tables import DeployOrigin

_SAID = "deploy_said"
COMMAND = "python -m pipeline deploy record --build ID --commit SHA --image DIGEST --at TIME"


def ask() -> None:
    """Ask what was deployed, and when."""
    with st.form("deploy", border=False):
        build = st.text_input("Build", key="deploy_build", max_chars=200, placeholder="75a8000e-…")
        commit = st.text_input("Commit", key="deploy_commit", max_chars=64, placeholder="75a8000")
        image = st.text_input("Image", key="deploy_image", max_chars=500, placeholder="content-worker@sha256:…",
                              help="With its digest: lines of other builds that went on running are told apart by it.")
        at = st.datetime_input("Put into service at, UTC", key="deploy_at", value=datetime.now(UTC).replace(tzinfo=None),
                               step=timedelta(minutes=1), format="YYYY-MM-DD")
        service = st.text_input("Job or service", key="deploy_service", max_chars=200, placeholder="All of them")
        note = st.text_input("Note", key="deploy_note", max_chars=500)
        st.caption(literal(f"The same by command, for a deploy script: {COMMAND}"))
        if st.form_submit_button("Record", type="primary", key="deploy_submit"):
            changes.make(lambda: deployments.record(told(build, at, commit=commit, image=image, service=service, note=note)),
                         "", then=_keep)


def show_said() -> None:
    """What was to be said of the deploy that was just recorded, once."""
    if said := st.session_state.pop(_SAID, ""):
        st.success(literal(said), icon=":material/check:")


def _keep(said: str) -> None:
    st.session_state[_SAID] = said


def told(build: str, at: datetime | None, *, commit: str, image: str, service: str, note: str) -> Deploy:
    """What was typed. Raises `BadRequest`."""
    if not build.strip():
        raise BadRequest("build", "The build is missing: its id names the deploy.")
    if at is None:
        raise BadRequest("at", "The time is missing: when was it put into service?")
    return Deploy(build=build.strip(), commit=commit.strip(), image=image.strip(), at=at.replace(tzinfo=UTC),
                  service=service.strip(), note=note.strip(), origin=DeployOrigin.CONSOLE)
