"""One corpus: where it is from, what became of its words, which topics it covers, its versions, and its removal."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import tables, words
from console.literal import csv_cell, literal
from console.loaders import retrieval
from console.organisation import changes
from console.organisation.labels import SUBJECTS, number
from console.retrieval import address
from console.retrieval.wording import size
from pipeline.corpora import SHIPPED, CorpusView, Covered, IngestReport, ModuleReport
from pipeline.domain import Subject
from pipeline.organisation import Permission

_REASONS, _ROWS_SEEN = 12, 10


def show(view: CorpusView) -> None:
    """The corpus of this view."""
    st.button("All corpora", icon=":material/arrow_back:", key="all_corpora", type="tertiary", on_click=address.clear,
              args=((address.NAME,),))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="corpus_head"):
        st.subheader(literal(view.title), anchor=False, width="content")
        if view.noncommercial:
            st.badge("Not for commercial use", color="red", icon=":material/copyright:")
        if view.name != SHIPPED:
            changes.asks("Remove", "Remove this corpus", ask_remove, view, permission=Permission.RETRIEVAL,
                         icon=":material/delete:", key="corpus_remove")
    fault = retrieval.health(view.name)
    if fault:
        st.info(literal(fault), icon=":material/build:")
    with st.container(key="facts_corpus"):
        st.html(tables.facts(facts(view, fault)))
    _report(retrieval.report(view.name))
    _coverage(view)
    _versions(retrieval.versions(view.name))


def facts(view: CorpusView, fault: str) -> list[tuple[str, str, str]]:
    """Where it is from, and what it is made with."""
    cut = view.chunking
    inferred = f" ({' and '.join(view.inferred)} inferred)" if view.inferred else ""
    return [
        ("Licence", view.licence, view.licence_url), ("Attribution", view.attribution, "It stands with every citation."),
        ("Source", " @ ".join(filter(None, (view.source, view.revision))), ""), ("Version", view.version, ""),
        ("Subject and grades", f"{view.subject or 'several'}, {_grades(view.grades)}{inferred}", ""),
        ("Passages", f"{view.chunks:,} of {number(view.modules, 'module')}, "
                     f"{f'cut at {cut.size_words} words with {cut.overlap_words} repeated' if cut else 'cut by section'}", ""),
        ("Embeddings", view.embedder, "Queries have to be embedded by the same model."),
        ("Search index", f"{'to be made' if fault else 'whole'}, {size(retrieval.index_bytes(view.name))}", ""),
        ("Ingested", f"{words.exact(view.ingested_at)} by {view.ingested_by}, in {words.duration(view.seconds)}, "
                     f"{view.embedded:,} passages embedded" if view.ingested_at else "", ""),
    ]


def modules_frame(modules: Sequence[ModuleReport]) -> pd.DataFrame:
    """A row per module, in the order of the book: in = found + apart + left out + lost."""
    return pd.DataFrame([
        {"Chapter": f"{one.chapter}. {one.chapter_title}" if one.chapter else one.chapter_title, "Module": one.title,
         "Kind": one.kind, "Passages": one.chunks, "Words": one.words_in, "Found": one.words_found, "Kept apart": one.words_apart,
         "Left out": one.words_left_out, "Lost": one.words_lost, "Of the text": one.coverage, "Id": one.module_key}
        for one in modules
    ])


def reasons_frame(modules: Sequence[ModuleReport]) -> pd.DataFrame:
    """What was left out and why, the most words first."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in modules:
        for piece in one.left_out:
            counted[piece.what, piece.why] += piece.words
    return pd.DataFrame([{"What": what, "Why": why, "Words": count} for (what, why), count in counted.most_common(_REASONS)])


def coverage_frame(found: Sequence[Covered]) -> pd.DataFrame:
    """A row per topic of the catalogue, those that are missing first."""
    ordered = sorted(found, key=lambda one: (one.covered, one.subject, one.title))
    return pd.DataFrame([
        {"Topic": one.title, "Subject": _subject(one.subject), "Grades": _grades(one.grades),
         "Covered": one.covered, "Cosine": one.cosine, "Nearest passage": one.chunk_id}
        for one in ordered
    ])


def ask_remove(view: CorpusView) -> None:
    """Whether it is meant."""
    st.markdown(literal(f"{view.title}, with {number(view.chunks, 'passage')} and all its versions, is not found any more. "
                        "Its labels and runs stay. To have it again, ingest it again."))
    if st.button("Remove", type="primary", key="corpus_remove_confirm"):
        changes.make(lambda: retrieval.remove(view.name), f"{view.name} is removed.",
                     then=lambda _: address.clear((address.NAME,)))


def _report(report: IngestReport) -> None:
    view = report.view
    st.subheader("What became of its words", anchor=False)
    st.caption(f"{view.words_in:,} words: {view.words_found:,} can be found, {view.words_apart:,} are kept apart (objectives, "
               f"glossary, exercises), {view.words_left_out:,} were left out for a reason. {view.coverage:.2%} of the text.")
    table = modules_frame(report.modules)
    st.dataframe(table, hide_index=True, key="corpus_modules", row_height=36, height=_height(table), column_config={
        "Of the text": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)})
    st.download_button("Report as CSV", lambda: str(table.map(csv_cell).to_csv(index=False)).encode(), f"{view.name}.csv",
                       "text/csv", icon=":material/download:", type="tertiary", on_click="ignore", key="corpus_csv")
    reasons = reasons_frame(report.modules)
    if not reasons.empty:
        with st.expander("Left out, and why", icon=":material/rule:"):
            st.dataframe(reasons, hide_index=True, key="corpus_reasons", row_height=36)


def _coverage(view: CorpusView) -> None:
    st.subheader("Topics of the catalogue", anchor=False)
    if not st.toggle("Look every topic up in this corpus", key="corpus_coverage", bind="query-params"):
        return
    found = retrieval.coverage(view.name, view.version)
    st.caption(f"{sum(one.covered for one in found)} of {len(found)} topics have a passage that is near enough.")
    table = coverage_frame(found)
    st.dataframe(table, hide_index=True, key="corpus_topics", row_height=36, height=_height(table), column_config={
        "Cosine": st.column_config.ProgressColumn(format="%.2f", min_value=0, max_value=1)})


def _versions(versions: Sequence[CorpusView]) -> None:
    if len(versions) > 1:
        st.subheader("Versions", anchor=False)
        st.dataframe(pd.DataFrame([
            {"Version": one.version[:16], "In use": one.newest, "Revision": one.revision, "Passages": one.chunks,
             "Embedded anew": one.embedded, "Ingested": one.ingested_at, "By": one.ingested_by} for one in versions
        ]), hide_index=True, key="corpus_versions", row_height=36)


def _height(table: pd.DataFrame) -> int:
    return min(max(1, len(table)), _ROWS_SEEN) * 36 + 38


def _grades(grades: Sequence[int]) -> str:
    if not grades:
        return "every grade"
    return f"grade {grades[0]}" if len(grades) == 1 else f"grades {min(grades)}–{max(grades)}"


def _subject(name: str) -> str:
    return SUBJECTS[Subject(name)] if name in set(Subject) else name
