"""The tab Corpora: what can be searched, under which licence, and whether its index is whole; a name opens one corpus."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console.literal import literal
from console.loaders import retrieval
from console.retrieval import address, one_corpus
from console.retrieval.wording import size
from pipeline.corpora import CorpusView

INGEST = "python -m pipeline corpus ingest PATH --name NAME"
NC = "not for commercial use"
_ROW_HEIGHT = 40


def show(known: Sequence[CorpusView]) -> None:
    """The corpus in the address, or all."""
    wanted = address.said(address.NAME)
    view = next((view for view in known if view.name == wanted), None)
    if view is not None:
        one_corpus.show(view)
        return
    flagged = [view.name for view in known if view.noncommercial]
    if flagged:
        st.warning(literal(f"The licence of {', '.join(flagged)} does not allow commercial use: leave it out with the filter "
                           "Licence where that matters."), icon=":material/copyright:")
    for view in known:
        if fault := retrieval.health(view.name):
            st.info(literal(f"{view.name}: {fault}"), icon=":material/build:")
    _table(known)
    st.caption(f"To add a book or a folder: `{INGEST}`, for OpenStax archives, Markdown, HTML, EPUB and PDF.")


def frame(known: Sequence[CorpusView]) -> pd.DataFrame:
    """A row per corpus."""
    return pd.DataFrame([
        {"Corpus": view.name, "Title": view.title, "Licence": licence(view), "Subject": view.subject or "several",
         "Modules": view.modules, "Passages": view.chunks, "Words": view.words_in, "Found": 100 * view.coverage,
         "Index": "whole" if not retrieval.health(view.name) else "to be made", "Size": size(retrieval.index_bytes(view.name)),
         "Version": view.version[:12], "Ingested": view.ingested_at, "By": view.ingested_by or "ships"}
        for view in known
    ])


def licence(view: CorpusView) -> str:
    """The licence, flagged where it does not allow every use."""
    return f"{view.licence or 'not said'}{f' ({NC})' if view.noncommercial else ''}"


def _table(known: Sequence[CorpusView]) -> None:
    config = st.column_config
    event = st.dataframe(
        frame(known), hide_index=True, on_select="rerun", selection_mode="single-cell", key="retrieval_corpora",
        row_height=_ROW_HEIGHT, placeholder="", alt="The corpora that can be searched",
        column_config={
            "Title": config.TextColumn(width=260), "Modules": config.NumberColumn(format="localized"),
            "Passages": config.NumberColumn(format="localized"), "Words": config.NumberColumn(format="localized"),
            "Found": config.ProgressColumn(format="%.2f %%", min_value=0, max_value=100, width=120,
                                           help="Of the words that belong to the text, those that can be found."),
            "Ingested": config.DatetimeColumn(format="distance")})
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(known):
        address.put(address.NAME, known[cells[0][0]].name)
        st.rerun()
    st.selectbox("Open a corpus", [view.name for view in known], index=None, key="retrieval_open_corpus",
                 placeholder="Open a corpus, or click its row", label_visibility="collapsed", on_change=_opened)


def _opened() -> None:
    if name := st.session_state["retrieval_open_corpus"]:
        address.put(address.NAME, str(name))
