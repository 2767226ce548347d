"""A language model as the judge of results: how sure is it that this passage answers the query?"""

from pipeline.ports import Prompt, TextModel
from pipeline.prompts import PromptBook
from pipeline.search.values import Document

MOST_WORDS = 250
"""Of a passage: what a small model reads well."""


class ModelJudge:
    """`Judge` by the yes/no margin of a text model. The query and the passage are data in the prompt."""

    def __init__(self, model: TextModel, prompts: PromptBook) -> None:
        self._model = model
        self._prompts = prompts
        self.name = f"{model.name} {self._prompt('', '', '').version}"

    def margin(self, question: str, document: Document) -> float:
        """P(yes) − P(no), in −1…1."""
        passage = " ".join(document.text.split()[:MOST_WORDS])
        return self._model.margin(self._prompt(question, document.title, passage)).value

    def _prompt(self, question: str, title: str, passage: str) -> Prompt:
        return self._prompts.render("relevant", {"question": question, "title": title, "passage": passage})
