"""The named ways to search. The weights by kind were chosen by evidence: docs/decisions/search.md."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pipeline.search.values import Fusion, Kind, System

BY_KIND = MappingProxyType({Kind.DEFINITION: 0.6, Kind.STATEMENT: 0.5})

DEFAULT = System(name="default", lexical_weight=0.4, fusion=Fusion.MINMAX, by_kind=BY_KIND)
SYSTEMS: Mapping[str, System] = MappingProxyType({one.name: one for one in (
    System(name="lexical", lexical_weight=1.0),
    System(name="dense", lexical_weight=0.0),
    System(name="rrf", lexical_weight=0.5, fusion=Fusion.RRF),
    System(name="minmax", lexical_weight=0.5, fusion=Fusion.MINMAX),
    DEFAULT,
    replace(DEFAULT, name="default+rerank", rerank=20),
)})
