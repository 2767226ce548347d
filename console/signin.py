"""The door of the console: the page that asks people to sign in, the one that refuses, and who is here on every page."""

import streamlit as st
from streamlit.errors import StreamlitAPIException

from console.faults import without_password
from console.literal import literal
from console.loaders import visitor
from console.loaders.visitor import Way
from console.organisation.labels import ROLES
from pipeline.errors import PipelineError
from pipeline.organisation import LOCAL_ID, Actor

LOCAL = "Local admin: no sign-in is configured, so this console answers only this machine."
NAME_CHARACTERS = 24


def come_in() -> Actor | None:
    """Whoever is here; None when nobody may see a page, and then this page says what to do."""
    try:
        if visitor.way() is Way.OIDC and not visitor.is_signed_in():
            _ask()
            return None
        return visitor.actor()
    except PipelineError as fault:
        _refuse(fault)
        return None


def frame(actor: Actor) -> None:
    """Who is here and the way out, in the head of the page; that this is the local admin stands on the page itself."""
    local = actor.user_id == LOCAL_ID
    with st.container(key="visitor", width="content"):
        label = "Local admin" if local else f"{literal(_short(actor.name))} :gray[{ROLES[actor.role]}]"
        with st.popover(label, icon=":material/account_circle:", type="tertiary"):
            st.markdown(f"**{literal(actor.name)}**")
            st.caption(LOCAL if local else f"Role: {ROLES[actor.role]}. An admin can change it.")
            if visitor.is_signed_in():
                _way_out()
            elif not local:
                st.caption("The proxy before this console signs people in and out.")
    if local:
        with st.container(key="local_admin"):
            st.caption(LOCAL)


def _ask() -> None:
    with st.container(key="door", width=420, border=True):
        st.title("Sign in", anchor=False)
        st.caption("The console is for the people who make and check lessons. Your first visit makes you a viewer; "
                   "an admin can give you another role.")
        for name in visitor.providers():
            label = f"Sign in with {name}" if name else "Sign in"
            if st.button(literal(label), type="primary", icon=":material/login:", key=f"sign_in_{name or ''}", width="stretch"):
                _log_in(name)


def _log_in(provider: str | None) -> None:
    try:
        st.login(provider)
    except StreamlitAPIException as fault:  # [auth] lacks something, or Authlib is not installed
        st.error(literal(f"Sign-in is not configured completely: {fault}"), icon=":material/error:")


def _refuse(fault: PipelineError) -> None:
    with st.container(key="door", width=560, border=True):
        st.title("No entry", anchor=False)
        st.error(literal(without_password(str(fault))), icon=":material/lock:")
        with st.container(horizontal=True):
            st.button("Try again", icon=":material/refresh:", key="try_to_come_in")
            if visitor.is_signed_in():
                _way_out()


def _way_out() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign_out"):
        st.logout()


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else f"{name[:NAME_CHARACTERS - 1]}…"
