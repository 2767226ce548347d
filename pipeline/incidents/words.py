"""The incidents' words: states, windows, what is looked for, and the frozen answers. Moments are in UTC; `until` never counts."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import AwareDatetime

from pipeline.visuals import Value

AUTOMATIC = "automatic"
"""Who changed a state that nobody changed by hand."""


class State(StrEnum):
    """Where a group stands."""

    NEW = "new"
    """First seen less than a day ago."""
    ONGOING = "ongoing"
    ESCALATING = "escalating"
    """Seen more often lately than its own rate before, beyond chance."""
    REGRESSED = "regressed"
    """Seen again after it was resolved."""
    RESOLVED = "resolved"
    IGNORED = "ignored"


OPEN = (State.NEW, State.ONGOING, State.ESCALATING, State.REGRESSED)


class Sort(StrEnum):
    """What the list of groups is sorted by; all but `first` put the largest or newest on top."""

    COUNT = "count"
    LAST = "last"
    FIRST = "first"
    """The newest group on top."""
    REQUESTS = "requests"
    STATE = "state"
    """Those that need somebody on top: regressed, escalating, new, ongoing, ignored, resolved."""


class Facet(StrEnum):
    """What errors are told apart by, besides their group."""

    SEVERITY = "severity"
    STAGE = "stage"
    WORKER = "worker"
    VERSION = "version"
    SOURCE = "source"
    JOB = "job"
    EXECUTION = "execution"


class Window(Value):
    """From `since` (it counts) until `until` (it does not); None is without end. Whole minutes, rounded down and up."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Where(Value):
    """Which errors are meant. An empty tuple or text does not matter; several values of one facet mean any of them."""

    severity: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    worker: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    job: tuple[str, ...] = ()
    execution: tuple[str, ...] = ()
    state: tuple[State, ...] = ()
    text: str = ""
    """In the group's title, exception, place, sample or fingerprint, in any case; or a request's id."""


class Standing(Value):
    """A group's state, who put it there, and when it ends."""

    state: State
    by: str = AUTOMATIC
    why: str = ""
    at: AwareDatetime
    until: AwareDatetime | None = None
    """Ignored until then."""
    until_count: int | None = None
    """Ignored until the group has been seen so often in all."""
    until_escalates: bool = False
    version: str = ""
    """Resolved in this version."""


Fixed = Mapping[str, str]
"""Fingerprint -> the build since which a group is gone, beyond chance."""


def told(standing: Standing, build: str) -> Standing:
    """Where the group stands for whoever reads: one that is open and gone since a build was resolved by it, as by a hand."""
    if not build or standing.state not in OPEN:
        return standing
    return Standing(state=State.RESOLVED, at=standing.at, version=build, why="Gone since this build, beyond chance.")


class SourceState(Value):
    """Where the reading of one source stands. `lines` = `errors` + `others` + `unparsed`, as they were when they were read."""

    name: str
    lines: int
    errors: int
    others: int
    unparsed: int
    duplicates: int
    """Lines that had been read before, from here or elsewhere; not in `lines`."""
    last_line: AwareDatetime | None
    last_pull: AwareDatetime | None
    fault: str = ""
    """Why the last pull ended early, in one sentence."""


class Pulled(Value):
    """What one pull brought. `lines` = `errors` + `others` + `unparsed`; the sum over `by_group` is `errors`."""

    lines: int = 0
    errors: int = 0
    others: int = 0
    unparsed: int = 0
    duplicates: int = 0
    new_groups: tuple[str, ...] = ()
    """Fingerprints."""
    overtaken: bool = False
    """Whether another process reads on in this source."""


class Moved(Value):
    """A fingerprint, and the group it was in before."""

    fingerprint: str
    group: int


class Merged(Value):
    """A merge, as it is undone."""

    into: str
    moved: tuple[Moved, ...]


class RuleState(Value):
    """A rule of people: what it holds for, what it says, and whether all stored lines were looked at again."""

    rule_id: int
    field: str
    how: str
    text: str
    verdict: str
    fingerprint: str
    """The group, where it says which."""
    by: str
    why: str
    at: AwareDatetime
    ended_at: AwareDatetime | None = None
    looked_at: int = 0
    """Of `to_look_at` stored lines."""
    to_look_at: int = 0
