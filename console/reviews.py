"""What people say about a lesson: stars, a note, approval. Entries are added, never changed."""

from collections.abc import Sequence

import streamlit as st

from console import loaders, words
from console.literal import literal
from console.rights import right
from pipeline.organisation import Permission
from pipeline.tracking import Review

NOTE_CHARACTERS = 2000


def show(request_id: str) -> None:
    """The state of approval, a form for a new entry, and what was said before."""
    said = loaders.reviews(request_id)
    _approval(request_id, said)
    _form(request_id)
    if not said:
        st.caption("Nobody has reviewed this lesson yet.")
    for entry in said:
        _entry(entry)


def approved(said: Sequence[Review]) -> bool:
    """Whether the newest word on approval is a yes."""
    return next((entry.approved for entry in said if entry.approved is not None), False)


def _approval(request_id: str, said: Sequence[Review]) -> None:
    now = approved(said)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Approved" if now else "Not approved", color="green" if now else "gray",
                 icon=":material/verified:" if now else ":material/pending:")
        label, icon = ("Withdraw approval", ":material/undo:") if now else ("Approve", ":material/check:")
        if st.button(label, icon=icon, key="approve", **right(Permission.REVIEW)):
            loaders.review(request_id, approved=not now)
            st.rerun()


def _form(request_id: str) -> None:
    with st.form("review", clear_on_submit=True):
        stars = st.feedback("stars", key=f"stars_{request_id}")
        note = st.text_area("Note", max_chars=NOTE_CHARACTERS, height=90, key=f"note_{request_id}",
                            placeholder="What is good, what should change?")
        if st.form_submit_button("Save the review", icon=":material/save:", **right(Permission.REVIEW)):
            if stars is None and not note.strip():
                st.error("Give stars or write a note.")
            else:
                loaders.review(request_id, rating=None if stars is None else stars + 1, note=note.strip())
                st.rerun()


def _entry(entry: Review) -> None:
    decision = {True: "approved", False: "approval withdrawn", None: ""}[entry.approved]
    rating = f"{entry.rating} of 5 stars" if entry.rating else ""
    with st.container(border=True):
        st.markdown(", ".join(part for part in (rating, decision) if part).capitalize() or "Note")
        for line in entry.note.splitlines():
            st.markdown(literal(line))
        who = f"{literal(entry.author)}, " if entry.author else ""
        st.caption(f"{who}{words.ago(entry.created_at)}", help=words.exact(entry.created_at))
