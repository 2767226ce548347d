"""The text of a lesson, with its sources."""

import streamlit as st

from console.article import article
from console.literal import literal
from pipeline.domain import Lesson, Passage


def show(lesson: Lesson, *, name: str = "passage") -> None:
    """The article; its check answer and its sources stay closed until they are asked for. Two on one page need two names."""
    if lesson.script is None:
        st.caption("This lesson has no text.")
        return
    page = article(lesson.script.article, lesson.script.passages, name)
    st.html(page.html)
    if page.answer:
        with st.expander("Show the answer"):
            st.markdown(literal(page.answer))
    with st.expander(f"Sources ({len(lesson.script.passages)})"):
        for number, passage in enumerate(lesson.script.passages, start=1):
            source(passage, str(number))


def source(passage: Passage, number: str = "") -> None:
    """One passage, whole."""
    label = f"{number}. " if number else ""
    st.markdown(f"**{literal(f'{label}{passage.title}: {passage.section}')}**")
    st.caption(literal(f"{passage.role.replace('_', ' ')}, match {passage.score:.2f}"))
    for line in passage.text.splitlines():
        st.markdown(literal(line))
