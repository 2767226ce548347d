"""The interests that ship: which are offered to students, and in which order."""

from functools import partial

import streamlit as st

from console.literal import literal
from console.loaders import organisation
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.organisation import InterestView, Permission

MAY = Permission.INTERESTS


def show() -> None:
    """The interests in the order in which they are offered."""
    interests = organisation.interests()
    offered = sum(interest.active for interest in interests)
    st.caption(f"{offered} of {len(interests)} are offered, in this order, where a lesson is made. New ones come with a "
               "release, because each needs a scene for every topic.")
    for position, interest in enumerate(interests):
        _row(interest, position, last=position == len(interests) - 1)


def _row(interest: InterestView, position: int, *, last: bool) -> None:
    with st.container(key=f"interest_{interest.interest_id}", horizontal=True, vertical_alignment="center", gap="small"):
        on = st.toggle(literal(interest.name), interest.active, key=f"offered_{interest.interest_id}_{interest.active}",
                       width="stretch", **right(MAY))
        st.caption(literal(f"{interest.category} · {number(interest.students, 'student')}"), width="content")
        _arrow(interest, position - 1, "up", at_end=position == 0)
        _arrow(interest, position + 1, "down", at_end=last)
    if on != interest.active:
        set_active = partial(organisation.set_interest_active, interest.interest_id)
        changes.make(partial(set_active, on), f"{interest.name} is {'offered' if on else 'no longer offered'}.",
                     undo=partial(set_active, not on))


def _arrow(interest: InterestView, position: int, way: str, *, at_end: bool) -> None:
    if st.button(f"Move {literal(interest.name)} {way}", icon=f":material/arrow_{way}ward:", type="tertiary",
                 key=f"{way}_{interest.interest_id}", **right(MAY, disabled=at_end)):
        changes.make(lambda: organisation.move_interest(interest.interest_id, position), "")
