"""The tab Labels: what people said of passages, who and when, and the set that comes of it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import retrieval
from console.organisation.labels import number
from console.retrieval.wording import GRADES
from pipeline.evaluation import Label

_ROWS_SEEN, _ROW_HEIGHT = 14, 38


def show() -> None:
    """All labels, and their export."""
    labels = retrieval.labels()
    if not labels:
        st.info("Nobody has labelled a passage yet. Ask a question on the tab Ask, and say of each passage whether it answers "
                "it; the evaluation can use every label from then on.", icon=":material/label:")
        return
    queries = len({(one.corpus, one.query) for one in labels})
    st.caption(f"{number(len(labels), 'label')} of {number(queries, 'question')}. To take one back, ask its question again and "
               "press the label again.")
    st.dataframe(frame(labels), hide_index=True, key="retrieval_labels", row_height=_ROW_HEIGHT,
                 height=min(len(labels), _ROWS_SEEN) * _ROW_HEIGHT + 38, alt="The labels that people gave",
                 column_config={"Question": st.column_config.TextColumn(width=380)})
    for corpus in dict.fromkeys(one.corpus for one in labels):
        _export(corpus)


def frame(labels: Sequence[Label]) -> pd.DataFrame:
    """A row per label, the newest first."""
    return pd.DataFrame([
        {"Question": one.query, "Label": GRADES.get(one.grade, str(one.grade)), "Passage": one.chunk_id, "Corpus": one.corpus,
         "By": one.by, "When, UTC": words.exact(one.at).removesuffix(" UTC")}
        for one in sorted(labels, key=lambda one: one.at, reverse=True)
    ])


def _export(corpus: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(literal(f"The set of {corpus}:"), width="content")
        for place, (label, name, mime) in enumerate((("Questions", "queries.jsonl", "application/jsonl"),
                                                      ("Judgements", "qrels.txt", "text/plain"))):
            st.download_button(label, lambda place=place: retrieval.exported(corpus)[place].encode(), f"{corpus}-{name}", mime,  # type: ignore[misc]
                               icon=":material/download:", type="tertiary", on_click="ignore", key=f"export_{corpus}_{name}")
