"""Labels: how well a passage answers the question, said by people; the set of the corpus grows by each."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import retrieval
from console.organisation import changes
from console.retrieval.wording import GRADES
from console.rights import Right, right
from pipeline.corpora import Chunk
from pipeline.evaluation import Label
from pipeline.organisation import Permission

Passage = tuple[str, str]
"""A corpus, and the id of a passage of it."""


class Labels(NamedTuple):
    """What was said of the passages for one question, and whether whoever is here may say more."""

    query: str
    given: Mapping[Passage, Label]
    right: Right

    @classmethod
    def of(cls, query: str) -> "Labels":
        """Those of this question."""
        given = {(one.corpus, one.chunk_id): one for one in retrieval.labels(query=query)}
        return cls(query, given, right(Permission.RETRIEVAL, help="Answers the question, helps with it, or neither. Press again "
                                                                  "to take it back."))

    def ask(self, chunk: Chunk) -> None:
        """The control below a passage; what was said before, by whom and when."""
        label = self.given.get((chunk.corpus, chunk.chunk_id))
        chosen = st.segmented_control(
            "Does this answer the question?", list(GRADES), key=f"label_{chunk.chunk_id}_{label.label_id if label else 0}",
            default=label.grade if label and label.grade in GRADES else None, format_func=GRADES.__getitem__,
            label_visibility="collapsed", **self.right)
        if label is not None:
            st.caption(literal(f"{GRADES.get(label.grade, str(label.grade))}, said by {label.by} {words.ago(label.at)}"))
        if chosen != (label.grade if label else None):
            put(self.query, chunk, chosen, label)


def put(query: str, chunk: Chunk, grade: int | None, before: Label | None) -> None:
    """Keep the label, or take it back."""
    place = (query, chunk.corpus, chunk.chunk_id)
    back = (lambda: retrieval.label(*place, before.grade)) if before else (lambda: retrieval.unlabel(*place))
    if grade is None:
        changes.make(lambda: retrieval.unlabel(*place), "The label is taken back.", undo=back)
    else:
        changes.make(lambda: retrieval.label(*place, grade), f"{chunk.title}: {GRADES[grade]}.", undo=back)
