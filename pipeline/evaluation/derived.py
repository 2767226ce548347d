"""A book -> a set, by rule: what its authors wrote in one module should be found in that module.

Glossary, objectives and exercises are kept apart from the text that is searched, so no query is in its own answer unless
the authors wrote the same sentence twice; those are counted in the notes. Solutions are not used at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.evaluation.sets import Judgement, Query, RetrievalSet, Unit, labelled
from pipeline.reading import Book, Module, count

LEAST_MEANING, LEAST_EXERCISE, MOST_QUESTION, MOST_TASK = 4, 6, 60, 30
"""In words: a meaning; an exercise; one that asks a question; one that only sets a task."""
DEFINITION, EXERCISE, OBJECTIVE = "definition", "exercise", "objective"


@dataclass
class _Taken:
    """The queries so far. The same words in several modules are one query that each of them answers."""

    queries: dict[tuple[str, str], Query] = field(default_factory=dict)
    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    leaked: int = 0

    def add(self, module: Module, kind: str, text: str, searched: str) -> None:
        """One text that this module answers."""
        key = (kind, _plain(text))
        query = self.queries.setdefault(key, Query(query_id=f"{kind}-{len(self.queries) + 1}", text=text, kind=kind))
        pair = (query.query_id, module.key)
        if pair not in self.judgements:
            self.judgements[pair] = Judgement(query_id=query.query_id, document_id=module.key, grade=1)
            self.leaked += key[1] in searched


def derive(book: Book) -> RetrievalSet:
    """Definitions, exercises and objectives of the book, each answered by its module.

    Modules without text are left out: they hold nothing that could be found (chapter-end modules of exercises are such).
    """
    taken = _Taken()
    empty = 0
    for module in book.modules:
        found = list(_texts(module))
        if not module.blocks:
            empty += len(found)
            continue
        searched = _plain(" ".join(block.text for block in module.blocks))
        for kind, text in found:
            taken.add(module, kind, " ".join(text.split()), searched)
    shared = len(taken.judgements) - len(taken.queries)
    notes = (
        f"{empty} texts of modules without running text were dropped.",
        f"{shared} more modules answer a query whose words stand in several.",
        f"{taken.leaked} of {len(taken.judgements)} stand word for word in the text of the module that answers them (leakage).",
        "Only the module that a text was written for counts as an answer: others that would serve are counted as wrong.",
    )
    return labelled(book.key, list(taken.queries.values()), list(taken.judgements.values()), unit=Unit.DOCUMENT, notes=notes)


def _texts(module: Module) -> Iterator[tuple[str, str]]:
    """Each usable text of the module with its kind."""
    yield from ((DEFINITION, entry.meaning) for entry in module.glossary if count(entry.meaning) >= LEAST_MEANING)
    yield from ((EXERCISE, each.problem) for each in module.exercises if _usable(each.problem))
    yield from ((OBJECTIVE, text) for text in module.objectives if text.strip())


def _usable(problem: str) -> bool:
    """Whether an exercise can be understood without what stands beside it, as far as its length tells."""
    return LEAST_EXERCISE <= count(problem) <= (MOST_QUESTION if "?" in problem else MOST_TASK)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
