"""The named ways to search. Weights and threshold were chosen by evidence: docs/decisions/search.md."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pipeline.search.values import Fusion, Kind, System

BY_KIND = MappingProxyType({Kind.DEFINITION: 0.6, Kind.STATEMENT: 0.5, Kind.OBJECTIVE: 0.3})

THRESHOLD = 0.22
"""A cosine of MiniLM: another embedding model needs another one."""
JUDGED = 5
"""A passage is a second and more of the language model's time."""

DEFAULT = System(name="default", lexical_weight=0.4, fusion=Fusion.MINMAX, by_kind=BY_KIND, threshold=THRESHOLD)
SYSTEMS: Mapping[str, System] = MappingProxyType({one.name: one for one in (
    System(name="lexical", lexical_weight=1.0),
    System(name="dense", lexical_weight=0.0),
    System(name="rrf", lexical_weight=0.5, fusion=Fusion.RRF),
    System(name="minmax", lexical_weight=0.5, fusion=Fusion.MINMAX),
    DEFAULT,
    replace(DEFAULT, name="default+rerank", rerank=JUDGED),
)})
