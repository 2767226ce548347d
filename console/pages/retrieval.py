"""Retrieval: a question in three lists, two systems query by query, runs over time, corpora, labels. All is in the address."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext

import streamlit as st

from console.faults import told
from console.literal import literal
from console.loaders import retrieval, visitor
from console.loaders.retrieval import Tuning
from console.organisation import changes
from console.retrieval import address, asking, corpora, lists, runs, said, systems
from console.retrieval.address import PERCENT, Asked
from pipeline.corpora import CorpusView
from pipeline.organisation import Permission
from pipeline.search import Filters

EXAMPLES = (
    "What is inertia?", "Why do rockets move in space, where there is nothing to push against?", "How do plants eat light?",
)


@told
def ask() -> None:
    """The tab Ask."""
    asked, known = address.asked(), retrieval.corpora()
    asking.question(asked)
    if not asked.question:
        examples()
    asking.settings(asked, known)
    gone = [name for name in asked.corpora if all(view.name != name for view in known)]
    if gone:
        st.error(literal(f"There is no corpus {' or '.join(gone)}: choose another one, or take the filter back."),
                 icon=":material/error:")
    elif asked.question:
        answer(asked, known)


@told
def answer(asked: Asked, known: Sequence[CorpusView]) -> None:
    """What is found."""
    filters = Filters(subject=asked.subject or None, grade=asked.grade, licences=asked.licences)
    rerank = asked.rerank and visitor.refusal(Permission.RETRIEVAL) is None
    tuning = Tuning(asked.fusion, asked.weight / PERCENT, asked.threshold / PERCENT, rerank)
    with st.spinner("The language model reads the best passages …", show_time=True) if rerank else nullcontext():
        found = retrieval.search(asked.question, asked.corpora, filters, tuning, asked.limit)
    lists.show(asked.question, found, {view.name for view in known if view.noncommercial})


def examples() -> None:
    """Something to begin with."""
    st.caption("Ask what a student would ask: both lists and what comes of them stand here side by side, with the reason for "
               "each place. Or begin with one of these.")
    with st.container(horizontal=True, gap="small", key="retrieval_examples"):
        for number, question in enumerate(EXAMPLES):
            st.button(question, key=f"example_{number}", on_click=address.put, args=(address.QUESTION, question))


@told
def over_corpora() -> None:
    """The tab Corpora."""
    corpora.show(retrieval.corpora())


st.title("Retrieval", anchor=False)
changes.show_done()
shows: Mapping[str, Callable[[], None]] = {
    address.ASK: ask, address.SYSTEMS: told(systems.show), address.RUNS: told(runs.show), address.CORPORA: over_corpora,
    address.LABELS: told(said.show),
}
for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
    if tab.open:
        with tab:
            shows[name]()
changes.show_dialog()
