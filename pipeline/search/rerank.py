"""A language model as the judge of results: how sure is it that this passage answers the query?"""

from pipeline.ports import TextModel
from pipeline.prompts import PromptBook
from pipeline.search.values import Document

MOST_WORDS = 250
"""Of a passage: what a small model reads well."""


class ModelJudge:
    """`Judge` by the yes/no margin of a text model. The query and the passage are data in the prompt."""

    def __init__(self, model: TextModel, prompts: PromptBook) -> None:
        self._model = model
        self._prompts = prompts

    def margin(self, question: str, document: Document) -> float:
        """P(yes) − P(no), in −1…1."""
        passage = " ".join(document.text.split()[:MOST_WORDS])
        facts = {"question": question, "title": document.title, "passage": passage}
        return self._model.margin(self._prompts.render("relevant", facts)).value
