"""The words of deployments: what was put where and when, what became of it, and the frozen answers. Moments are in UTC."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from pipeline.tables import DeployOrigin
from pipeline.visuals import Text, Value

DIGEST_CHARACTERS, COMMIT_CHARACTERS = 12, 7
"""So many characters of a digest or a commit name it without doubt."""


class Deploy(Value):
    """A build that was put into service."""

    build: Text
    commit: str = ""
    image: str = ""
    """With its digest, where that is known: `content-worker@sha256:…`."""
    at: AwareDatetime
    service: str = ""
    """The job or service; empty for all of them."""
    note: str = ""
    origin: DeployOrigin = DeployOrigin.COMMAND
    recorded_by: str = ""
    recorded_at: datetime | None = None
    """None before it is recorded."""

    @property
    def digest(self) -> str:
        """The hexadecimal digest of the image; empty where it is not known."""
        return self.image.rpartition("sha256:")[2] if "sha256:" in self.image else ""

    def wrote(self, version: str) -> bool:
        """Whether a writer of this version runs this build: it names its commit, its digest or its build."""
        said = version.lower()
        names = (self.commit[:COMMIT_CHARACTERS], self.digest[:DIGEST_CHARACTERS], self.build.removeprefix("sha256:")[:8])
        least = (COMMIT_CHARACTERS, DIGEST_CHARACTERS, 8)
        return any(len(name) == long and name.lower() in said for name, long in zip(names, least, strict=True))


class Kind(StrEnum):
    """What can be said of a deploy."""

    CLEAN = "clean"
    """What was frequent is gone, and nothing came: 95 % sure."""
    SAME = "same"
    REGRESSED = "regressed"
    """Something came, or became more frequent, that was not hidden before."""
    UNMASKED = "unmasked"
    """What was frequent is gone, and behind it stood something else."""
    TOO_EARLY = "too_early"


class Unit(StrEnum):
    """What rates are counted per."""

    REQUESTS = "requests"
    EXECUTIONS = "executions"
    MINUTES = "minutes"
    """In which anything was logged: where a log names neither requests nor executions."""


class Exposed(Value):
    """How often something could have gone wrong."""

    requests: int = 0
    executions: int = 0
    minutes: int = 0
    lines: int = 0

    def of(self, unit: Unit) -> int:
        """Counted in this unit."""
        return int(getattr(self, unit.value))


class Fate(Value):
    """One group of errors before and after a deploy, in occasions of the verdict's unit."""

    fingerprint: str
    title: str
    before: int
    """Occasions that it struck."""
    before_of: int
    after: int
    after_of: int
    chance: float | None = Field(default=None, ge=0, le=1)
    """Of such a difference had nothing changed (exact, one-sided); None where none was tested."""
    sure: bool = True
    """Beyond chance, or shown by what came after it."""
    more_needed: int = 0
    """Occasions without it that are still lacking for 95 %."""
    unmasked_by: str | None = None
    """The fingerprint of the group that stood before it."""
    why: str = ""


class Verdict(Value):
    """What a deploy did, as far as the logs can tell now. `unmasked` are none of `broke`, `still` none of either."""

    kind: Kind
    reason: str
    """In one or two sentences."""
    unit: Unit = Unit.EXECUTIONS
    before: Exposed = Exposed()
    exposure: Exposed = Exposed()
    """Since the deploy, until the next one of the same service."""
    more_needed: int = 0
    """Occasions without an error that are still lacking for 95 %."""
    fixed: tuple[Fate, ...] = ()
    broke: tuple[Fate, ...] = ()
    unmasked: tuple[Fate, ...] = ()
    still: tuple[Fate, ...] = ()
    """As frequent as before, or not told from it."""
    gone: tuple[Fate, ...] = ()
    """Not seen since, without being sure yet."""
    rare: tuple[Fate, ...] = ()
    """Seen for the first time, and too seldom to be told from chance."""
    old_lines: int = 0
    """Errors after the deploy that earlier builds wrote, which went on running: not counted against it."""


class Told(Value):
    """A deploy, and what is known about it now."""

    deploy: Deploy
    verdict: Verdict


class Mark(Value):
    """What deploys did to one group."""

    fingerprint: str
    fixed_in: str | None = None
    """The build after which it is gone."""
    broke_in: str | None = None
    unmasked_in: str | None = None
    unmasked_by: str | None = None
    why: str = ""


def fixed_in(marks: Mapping[str, Mark]) -> Mapping[str, str]:
    """Fingerprint -> the build that fixed the group, of those that one fixed."""
    return {fingerprint: mark.fixed_in for fingerprint, mark in marks.items() if mark.fixed_in}


class CheckState(StrEnum):
    """Where one line of a checklist stands."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_YET = "not_yet"
    """It can still happen."""
    UNKNOWN = "unknown"
    """The log cannot tell: nothing was read since, or no database keeps requests here."""


class Check(Value):
    """One line of the checklist of a deploy, and what it rests on."""

    name: str
    state: CheckState
    said: str
    """In one sentence."""
    line_ids: tuple[str, ...] = ()
    """At most ten."""
    count: int = 0


class Alarm(Value):
    """Something that somebody should look at now."""

    kind: str
    """new_groups, escalation or silence."""
    said: str
    build: str = ""
    fingerprints: tuple[str, ...] = ()
    since: datetime | None = None
