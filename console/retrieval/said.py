"""The tab Labels: what people said of passages, who and when, and the set that comes of it."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import retrieval
from console.organisation.labels import number
from console.retrieval import address
from console.retrieval.wording import GRADES
from pipeline.evaluation import Label

_ROWS_SEEN, _ROW_HEIGHT, _TABLE = 14, 38, "retrieval_labels"


def show() -> None:
    """All labels, and their export."""
    labels = retrieval.labels()
    if not labels:
        st.info("Nobody has labelled a passage yet. Ask a question on the tab Ask, and say of each passage whether it answers "
                "it; the evaluation can use every label from then on.", icon=":material/label:")
        return
    queries = len({(one.corpus, one.query) for one in labels})
    st.caption(f"{number(len(labels), 'label')} of {number(queries, 'question')}. To take one back, click its row, which "
               "asks the question again, and press the label again.")
    newest = sorted(labels, key=lambda one: one.at, reverse=True)
    st.dataframe(
        frame(newest, _titles(newest)), hide_index=True, key=_TABLE, row_height=_ROW_HEIGHT, selection_mode="single-cell",
        on_select=lambda: _ask_again(newest), height=min(len(labels), _ROWS_SEEN) * _ROW_HEIGHT + 38,
        alt="The labels that people gave", column_config={"Question": st.column_config.TextColumn(width=270)})
    for corpus in dict.fromkeys(one.corpus for one in labels):
        _export(corpus)


def frame(labels: Sequence[Label], titles: Mapping[str, str]) -> pd.DataFrame:
    """A row per label, in this order; a passage that is gone has no title."""
    return pd.DataFrame([
        {"Label": GRADES.get(one.grade, str(one.grade)), "Question": one.query, "Of": titles.get(one.chunk_id, ""),
         "Passage": one.chunk_id, "Corpus": one.corpus, "By": one.by, "When, UTC": words.exact(one.at).removesuffix(" UTC")}
        for one in labels
    ])


def _titles(labels: Sequence[Label]) -> Mapping[str, str]:
    wanted: dict[str, list[str]] = {}
    for one in labels:
        wanted.setdefault(one.corpus, []).append(one.chunk_id)
    found = [retrieval.passages(corpus, ids) for corpus, ids in wanted.items()]
    return {chunk_id: chunk.title for chunks in found for chunk_id, chunk in chunks.items()}


def _ask_again(labels: Sequence[Label]) -> None:
    for row, _ in st.session_state[_TABLE]["selection"]["cells"]:
        st.session_state[address.TAB] = address.ASK
        address.put(address.QUESTION, labels[row].query)
        address.put(address.CORPUS, labels[row].corpus)


def _export(corpus: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(literal(f"The set of {corpus}:"), width="content")
        for place, (label, name, mime) in enumerate((("Questions", "queries.jsonl", "application/jsonl"),
                                                      ("Judgements", "qrels.txt", "text/plain"))):
            st.download_button(label, lambda place=place: retrieval.exported(corpus)[place].encode(), f"{corpus}-{name}", mime,  # type: ignore[misc]
                               icon=":material/download:", type="tertiary", on_click="ignore", key=f"export_{corpus}_{name}")
