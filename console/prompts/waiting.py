"""Promotions that wait for a second person."""

from collections.abc import Sequence

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import prompts
from console.organisation import changes
from console.prompts import wording
from console.rights import right
from pipeline.organisation import Permission
from pipeline.registry import Promotion

MAY = Permission.PROMOTION


def show(promotions: Sequence[Promotion]) -> None:
    """Each, with what speaks for it."""
    for one in promotions:
        with st.container(border=True, key=f"waiting_{one.promotion_id}", gap="small"):
            st.markdown(literal(f"{one.asked_by} wants {told(one)} in production; somebody else has to agree."))
            st.caption(literal(f"{because(one)} Asked {words.ago(one.asked_at)}."), help=words.exact(one.asked_at))
            with st.container(horizontal=True, gap="small"):
                if st.button("Agree", icon=":material/check:", type="primary", key=f"approve_{one.promotion_id}", **right(MAY)):
                    changes.make(lambda one=one: prompts.approve(one.promotion_id), f"{told(one)}: in production from now on.")  # type: ignore[misc]
                changes.asks("Withdraw", "Withdraw this promotion?", _ask_withdraw, one, permission=MAY,
                             icon=":material/close:", key=f"withdraw_{one.promotion_id}")


def told(one: Promotion) -> str:
    """Its versions: "hook@1f0c… and link@22ab…"."""
    return " and ".join(f"{name}@{version}" for name, version in sorted(one.prompts.items()))


def because(one: Promotion) -> str:
    """What speaks for it."""
    return f"The evaluation {one.run_id}: {one.said}" if one.run_id else f"Without an evaluation: {one.override}"


def _ask_withdraw(one: Promotion) -> None:
    why = st.text_input("Why", key="withdraw_why", max_chars=wording.WHY_CHARACTERS)
    if st.button("Withdraw it", type="primary", key="withdraw_submit", **right(MAY)):
        changes.make(lambda: prompts.withdraw(one.promotion_id, why=why), "Nothing comes of it.")
