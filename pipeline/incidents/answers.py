"""What the store of incidents answers, as frozen values."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, Field

from pipeline.incidents.words import Facet, Standing, State, told
from pipeline.visuals import Value


class Group(Value):
    """One cause. Counts and lists are of the window that was asked for; `total`, `first_seen`, `last_seen` of all time."""

    fingerprint: str
    kind: str
    """As `pipeline.logs` tells it: exception or template; or `rule`, of people."""
    title: str
    exception: str = ""
    culprit: str = ""
    """Where in our own code."""
    sample: str = ""
    """The first message, cut."""
    standing: Standing
    """As it is kept: by people, and by itself."""
    fixed_in: str = ""
    """The build since which it is gone, beyond chance, where the asker knows one."""
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    total: int
    """Of all time, of its own and of all that was merged into it."""
    count: int
    share: float = Field(ge=0, le=1)
    """Of the errors of the window that were looked for."""
    requests: int = 0
    """Different requests that it touched."""
    students: int = 0
    buckets: tuple[int, ...] = ()
    """Counts over the window in equal steps, for a sparkline."""
    stages: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    executions: int = 0

    @property
    def told(self) -> Standing:
        """Where it stands for whoever reads."""
        return told(self.standing, self.fixed_in)


class Groups(Value):
    """A page of groups, and sums that add up: every error of the window and the search is in exactly one group."""

    groups: tuple[Group, ...]
    found: int
    """Groups in all; a page may show fewer."""
    errors: int
    """The sum of the counts of all `found` groups."""
    every_error: int
    """Errors of the window, whatever was looked for."""
    set_aside: int = 0
    """Lines of the window that were read as errors and that a rule has called none since: in no group."""
    lines: int
    """Lines of the window: errors and others."""
    unparsed: int
    """Pieces of all time that could not be read as a line."""


class Occurrence(Value):
    """One error line."""

    number: int
    """Counted up over all groups in the order in which they were stored."""
    fingerprint: str
    """Its group's."""
    own: str
    """What was found automatically or by rule; differs from the group's after a merge."""
    at: AwareDatetime
    line_id: str
    """`insertId`, or FILE:LINE."""
    severity: str
    message: str
    trace: str = ""
    """Kept for the first and the newest of a group."""
    stage: str = ""
    worker: str = ""
    version: str = ""
    execution: str = ""
    job: str = ""
    source: str = ""
    request_id: str = ""
    student_id: str = ""
    correlation_id: str = ""


class Occurrences(Value):
    """A page of them, the newest first."""

    rows: tuple[Occurrence, ...]
    older: int | None = None
    """Pass as `before` for the next page; None on the last."""


class Change(Value):
    """One change of a group's state, or of what is in it."""

    at: AwareDatetime
    by: str
    what: str
    """The new state, or merged, split, rule."""
    why: str = ""


class Similar(Value):
    """A group that reads alike."""

    fingerprint: str
    title: str
    state: State
    total: int
    likeness: float = Field(ge=0, le=1)


class Affected(Value):
    """A request that a group touched."""

    request_id: str
    student_id: str
    count: int
    first_seen: AwareDatetime
    last_seen: AwareDatetime


class GroupDetail(Value):
    """One group with all that its page shows; `occurrences` are read apart."""

    group: Group
    keys: tuple[str, ...]
    """The fingerprints in it: its own, and those merged into it."""
    first: Occurrence | None
    newest: Occurrence | None
    changes: tuple[Change, ...]
    requests: tuple[Affected, ...]
    similar: tuple[Similar, ...]
    by_facet: Mapping[Facet, Mapping[str, int]]


class RatePoint(Value):
    """Errors of one group in one step; `OTHERS` for all groups but the largest."""

    start: AwareDatetime
    fingerprint: str
    title: str
    count: int


class Activity(Value):
    """What was seen in one step, errors and others: nothing at all is silence, not health."""

    start: AwareDatetime
    lines: int
    errors: int
    started: int
    ok: int
    failed: int


class Exposure(Value):
    """How much was there that could have failed: errors are compared per this, not per hour."""

    lines: int = 0
    errors: int = 0
    executions: int = 0
    """Different executions, and starts of workers that do not name theirs."""
    requests: int = 0
    """Requests seen starting, or ending where the start was not seen."""
    ok: int = 0
    failed: int = 0
    first: datetime | None = None
    last: datetime | None = None


class Execution(Value):
    """One run of a program, as its lines tell."""

    execution: str
    job: str
    version: str
    first: AwareDatetime
    last: AwareDatetime
    lines: int
    errors: int
    started: int
    ok: int
    failed: int


class Count(Value):
    """How often a group was seen, in how many executions and requests."""

    count: int
    executions: int
    requests: int
    first: AwareDatetime
    last: AwareDatetime
