"""API tokens: the list, a new one, whose secret is shown once, and revoking."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import organisation
from console.organisation import changes, labels
from console.organisation.labels import number
from pipeline.organisation import NewToken, Permission, TokenView
from pipeline.tables import TokenScope

MAY = Permission.TOKENS
NAME_CHARACTERS = 200
DAYS, MOST_DAYS = 90, 365


def show() -> None:
    """The tokens that open something, and those that no longer do."""
    st.caption("A token lets a program act for its owner, as far as the owner's role and the token's scope allow. Only its "
               "fingerprint is kept, so a lost token cannot be looked up: make another.")
    changes.asks("Make a token", "New API token", ask, permission=MAY, icon=":material/key:", key="make_token", primary=True)
    tokens, now = organisation.tokens(), datetime.now(UTC)
    live = [token for token in tokens if token.is_live(now)]
    ended = [token for token in tokens if not token.is_live(now)]
    for token in live:
        _row(token, now)
    if not live:
        st.caption("No token is in use.")
    if ended:
        with st.expander(f"{number(len(ended), 'token')} no longer in use"):
            st.dataframe(frame(ended), hide_index=True, key="ended_tokens", row_height=40)


def ask() -> None:
    """Ask for name, scope and days."""
    scopes = list(TokenScope)
    with st.form("token", border=False):
        name = st.text_input("Name", key="token_name", max_chars=NAME_CHARACTERS, placeholder="What it is for")
        scope = st.radio("Scope", scopes, key="token_scope", format_func=lambda scope: labels.SCOPES[scope])
        days = st.number_input("Days until it expires", 1, MOST_DAYS, DAYS, step=1, key="token_days")
        if st.form_submit_button("Make", type="primary", key="token_submit"):
            changes.make(lambda: organisation.make_token(name, scope, int(days)), f"The token {name.strip()} was made.",
                         then=_show_next)


def show_secret(made: NewToken) -> None:
    """The secret, this once."""
    st.markdown(f"Copy the secret of **{literal(made.view.name)}** now. It is not kept, and not shown again.")
    st.code(made.secret, language=None, wrap_lines=True)
    st.caption(f"It expires on {made.view.expires_at:%Y-%m-%d}.")
    if st.button("Done", type="primary", key="secret_done"):
        changes.close()
        st.rerun()


def confirm(token: TokenView) -> None:
    """Make sure that it is meant."""
    st.markdown(f"Programs that use **{literal(token.name)}** are locked out at once. This cannot be undone.")
    if st.button("Revoke", type="primary", icon=":material/key_off:", key="confirm_revoke"):
        changes.make(lambda: organisation.revoke_token(token.token_id), f"The token {token.name} was revoked.")


def frame(tokens: Sequence[TokenView]) -> pd.DataFrame:
    """A row per token that no longer opens anything."""
    return pd.DataFrame([
        {
            "Name": token.name, "Begins with": token.hint, "Owner": token.owner, "Scope": labels.SCOPES[token.scope],
            "State": f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else f"expired {token.expires_at:%Y-%m-%d}",
        }
        for token in tokens
    ])


def _show_next(made: NewToken) -> None:
    changes.open_dialog("Your new token", show_secret, made)


def _row(token: TokenView, now: datetime) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"token_{token.token_id}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{literal(token.name)}** · {literal(token.hint)}… · {labels.SCOPES[token.scope]}")
            used = f"last used {words.ago(token.last_used_at, now)}" if token.last_used_at else "never used"
            days = number((token.expires_at - now).days, "day")
            st.caption(f"{literal(token.owner)} · expires on {token.expires_at:%Y-%m-%d}, in {days} · {used}")
        changes.asks("Revoke", "Revoke this token?", confirm, token, permission=MAY, icon=":material/key_off:",
                     key=f"revoke_{token.token_id}")
