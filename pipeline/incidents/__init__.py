"""Errors told by the logs: pulled from any source, grouped by cause, with states, rules and rates. Knows no deploy."""

from pipeline.incidents.answers import (
    Activity,
    Affected,
    Change,
    Count,
    Execution,
    Exposure,
    Group,
    GroupDetail,
    Groups,
    Occurrence,
    Occurrences,
    RatePoint,
    Similar,
)
from pipeline.incidents.incidents import Incidents
from pipeline.incidents.keeping import Pruned
from pipeline.incidents.reading import OTHERS
from pipeline.incidents.words import (
    AUTOMATIC,
    OPEN,
    Facet,
    Merged,
    Moved,
    Pulled,
    RuleState,
    Sort,
    SourceState,
    Standing,
    State,
    Where,
    Window,
)

__all__ = [
    "AUTOMATIC", "Activity", "Affected", "Change", "Count", "Execution", "Exposure", "Facet", "Group", "GroupDetail",
    "Groups", "Incidents", "Merged", "Moved", "OPEN", "OTHERS", "Occurrence", "Occurrences", "Pruned", "Pulled",
    "RatePoint", "RuleState", "Similar", "Sort", "SourceState", "Standing", "State", "Where", "Window",
]
