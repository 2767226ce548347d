"""One question of a run: what a good answer is, and each variant's answer with its sentences, sources, prompts and scores."""

from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from console import words
from console.article import article
from console.evaluations.wording import EXPECTED, title, value
from console.literal import literal
from console.prompts import made
from pipeline.domain import Origin, Passage
from pipeline.experiments import Cell, Judgement, QuestionView
from pipeline.scoring import Reference, Score

_SOURCES = Markup('<ul class="said">{}</ul>')
_SOURCE = Markup('<li><span>{}</span><small>{}</small><details><summary>What it says</summary><p>{}</p></details></li>')


def show(view: QuestionView, baseline: str) -> None:
    """The question, and its answers side by side; words that differ from the baseline's are marked."""
    _reference(view.reference)
    for said in view.judgements:
        st.caption(literal(judged(said)))
    first = next((cell for cell in view.cells if cell.variant == baseline), view.cells[0])
    ordered = [first, *(cell for cell in view.cells if cell is not first)]
    for column, cell in zip(st.columns(len(ordered), gap="medium"), ordered, strict=True):
        with column, st.container(border=True, gap="small", key=f"answer_{ordered.index(cell)}"):
            _cell(cell, None if cell is first else first)


def judged(said: Judgement) -> str:
    """What the judge said of two answers."""
    if said.contradicts:
        return (f"The judge {said.model} preferred the same place in both orders of {said.one} and {said.other}, so it counts as "
                "no difference.")
    if said.preferred:
        return f"The judge {said.model} prefers {said.preferred}."
    return f"The judge {said.model} sees no difference between {said.one} and {said.other}."


def scores_frame(scores: Sequence[Score]) -> pd.DataFrame:
    """A row per scorer with its reason."""
    return pd.DataFrame([
        {"Measure": title(one.name), "Why": one.why,
         "Score": "cannot" if one.value is None else value(one.name, float(one.value))}
        for one in scores
    ])


def sources(passages: Sequence[Passage]) -> str:
    """What the lesson rests on, as HTML; all of it is escaped."""
    return str(_SOURCES.format(Markup("").join(
        _SOURCE.format(one.title, " · ".join(filter(None, (one.section, one.chunk_id, one.why))), one.text) for one in passages)))


def _reference(one: Reference) -> None:
    with st.container(border=True, key="evaluation_reference", gap="small"):
        st.markdown(f"**{literal(one.question)}**")
        told = [EXPECTED[one.expected], one.kind, f"grade {one.grade}", one.interest or "", one.topic_id or "", one.question_id]
        st.caption(literal(" · ".join(filter(None, told))))
        for point in one.key_points:
            st.markdown(f"- {literal(point.point)}")
        if one.misconception:
            st.caption(literal(f"To be put right: {one.misconception}"))


def _cell(cell: Cell, against: Cell | None) -> None:
    st.markdown(f"**{literal(cell.variant)}**")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if cell.status is not None:
            st.badge(words.STATES[cell.status], color=words.STATE_COLOURS[cell.status])
        usd = "no price" if cell.usd is None else words.dollars(cell.usd)
        st.caption(literal(f"{words.duration(cell.seconds)} · {usd}{' · made before' if cell.reused else ''}"), width="content")
    if cell.request_id is None:
        st.caption("It was not asked for yet.")
        return
    if cell.reason:
        st.markdown(literal(cell.reason))
    before = [one for one in against.sentences if one.origin is not Origin.BOOK] if against else []
    if wrote := made.said(cell.sentences, before):
        st.html(wrote)
    _more(cell)


def _more(cell: Cell) -> None:
    if cell.scores:
        with st.expander("Scores, and why", expanded=True):
            st.dataframe(scores_frame(cell.scores), hide_index=True, row_height=38, key=f"scores_{cell.variant}")
    if cell.article:
        with st.expander("Whole text"):
            st.html(article(cell.article).html)
    if cell.passages:
        with st.expander(f"Sources: {len(cell.passages)}"):
            st.html(sources(cell.passages))
    if cell.prompts:
        st.caption(literal(f"Prompts: {', '.join(dict.fromkeys(cell.prompts))}"))
    st.link_button("Open the request", f"requests?{urlencode({'request': cell.request_id or ''})}", type="tertiary",
                   icon=":material/open_in_new:")
