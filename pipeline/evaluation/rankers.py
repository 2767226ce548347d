"""What is evaluated: anything that answers a query with the ids of documents, best first. The systems of a search are some."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import NamedTuple, Protocol

from pipeline.errors import BadRequest
from pipeline.evaluation.measures import once
from pipeline.evaluation.sets import Unit
from pipeline.search import SYSTEMS, Searcher, System

PASSAGES_A_DOCUMENT = 3
"""How many passages are asked for to have so many documents."""


class Ranking(NamedTuple):
    """What a system made of a query."""

    documents: Sequence[str]
    """The ids of what was found, best first, each once; empty where the system finds nothing."""
    sureness: float | None = None
    """What a threshold is held against; None for a system that knows none."""


class Ranker(Protocol):
    """One system as the evaluation sees it."""

    def __call__(self, query: str, limit: int) -> Ranking:
        """At most `limit` documents."""
        ...


def rankers(searcher: Searcher, systems: Sequence[System], *, unit: Unit = Unit.PASSAGE) -> dict[str, Ranker]:
    """Each system by name, answering with passages, or with the documents (modules) that its passages are of."""
    return {system.name: _Found(searcher, system, unit) for system in systems}


def named(name: str) -> list[System]:
    """The systems that `--system` names, with commas between, or all that need no language model. Raises `BadRequest`."""
    if name == "all":
        return [system for system in SYSTEMS.values() if not system.rerank]
    wanted = [each.strip() for each in name.split(",") if each.strip()]
    for each in wanted:
        if each not in SYSTEMS:
            raise BadRequest("system", f"there is none called {each[:40]!r}: choose from {', '.join(SYSTEMS)} or all.")
    if not wanted:
        raise BadRequest("system", f"name one of {', '.join(SYSTEMS)} or all.")
    return [SYSTEMS[each] for each in dict.fromkeys(wanted)]


def described(systems: Sequence[System]) -> Mapping[str, str]:
    """The settings of each system in words, for the record."""
    return {
        system.name: ", ".join(
            f"{field.name} {_plain(getattr(system, field.name))}" for field in fields(system) if field.name != "name")
        for system in systems
    }


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key}={own}" for key, own in value.items()) or "none"
    return str(value)


class _Found:
    """A searcher asked in one way."""

    def __init__(self, searcher: Searcher, system: System, unit: Unit) -> None:
        self._searcher = searcher
        self._system = system
        self._unit = unit

    def __call__(self, query: str, limit: int) -> Ranking:
        """As `Ranker`. The system looks as deep as it always does: what is measured is what people get."""
        passages = limit if self._unit is Unit.PASSAGE else limit * PASSAGES_A_DOCUMENT
        results = self._searcher.search(query, system=self._system, limit=passages)
        names = [hit.chunk_id if self._unit is Unit.PASSAGE else hit.module for hit in results.hits]
        return Ranking(once(names)[:limit], results.sureness)
