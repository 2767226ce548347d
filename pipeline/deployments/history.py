"""What the logs hold about each era: how often something could have gone wrong, and how often each group struck."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.deployments.eras import Eras
from pipeline.deployments.rates import Rate
from pipeline.deployments.words import Deploy, Exposed, Unit
from pipeline.visuals import Value


class Struck(Value):
    """What a group struck in one era, and in how many lines that was said."""

    lines: int = 0
    requests: int = 0
    executions: int = 0
    minutes: int = 0

    def of(self, unit: Unit) -> int:
        """Counted in this unit."""
        return int(getattr(self, unit.value))

    def with_more(self, other: "Struck") -> "Struck":
        """Both together."""
        return Struck(lines=self.lines + other.lines, requests=self.requests + other.requests,
                      executions=self.executions + other.executions, minutes=self.minutes + other.minutes)


class Shown(Value):
    """What ordinary lines of one era showed, in numbers of lines."""

    starts: int = 0
    ok: int = 0
    failed: int = 0
    queries: int = 0
    text_skips: int = 0
    timeouts: int = 0


class Known(Value):
    """What is known about a group besides its counts."""

    fingerprint: str
    title: str
    exception: str = ""
    culprit: str = ""
    sample: str = ""
    jobs: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()


NOTHING, NEVER, BLANK = Exposed(), Struck(), Shown()


@dataclass(kw_only=True)
class History:
    """The eras of one service. `struck` and `exposed` have one value per era, the one before the first deploy included."""

    eras: Eras
    exposed: list[Exposed]
    shown: list[Shown] = field(default_factory=list)
    groups: dict[str, Known] = field(default_factory=dict)
    struck: dict[str, list[Struck]] = field(default_factory=dict)
    old_lines: list[int] = field(default_factory=list)
    """Errors in the time of an era that older builds wrote."""

    @property
    def deploys(self) -> tuple[Deploy, ...]:
        """In the order of their times."""
        return self.eras.deploys

    def exposure(self, eras: Sequence[int]) -> Exposed:
        """Of these eras together."""
        them = [self.exposed[era] for era in eras]
        return Exposed(requests=sum(e.requests for e in them), executions=sum(e.executions for e in them),
                       minutes=sum(e.minutes for e in them), lines=sum(e.lines for e in them))

    def rate(self, fingerprint: str, eras: Sequence[int], unit: Unit) -> Rate:
        """The occasions of these eras that the group struck. An occasion that was seen only by its error is one too."""
        of = self.exposure(eras).of(unit)
        struck = sum(self.struck[fingerprint][era].of(unit) for era in eras)
        return Rate(struck, max(of, struck))

    def seen(self, fingerprint: str, era: int) -> bool:
        """Whether the group struck in it."""
        return self.struck[fingerprint][era].lines > 0

    def ran(self, era: int) -> bool:
        """Whether anything was heard in it."""
        exposed = self.exposed[era]
        return bool(exposed.requests or exposed.executions or exposed.minutes)

    def before(self, era: int) -> int | None:
        """The nearest earlier era in which anything was heard."""
        return next((earlier for earlier in range(era - 1, -1, -1) if self.ran(earlier)), None)

    def stretch(self, fingerprint: str, era: int) -> list[int]:
        """That era, and those just before it in which the group was there as well (or not, as in that one)."""
        there, found = self.seen(fingerprint, era), [era]
        for earlier in range(era - 1, -1, -1):
            if self.ran(earlier) and self.seen(fingerprint, earlier) != there:
                break
            found.append(earlier)
        return found

    def quiet(self, fingerprint: str, era: int) -> list[int]:
        """That era and those after it, until the group is seen again."""
        found = []
        for later in range(era, len(self.exposed)):
            if self.seen(fingerprint, later):
                break
            found.append(later)
        return found


SHORT_LIVED = 20
"""A program that ends after so few requests, on average, is counted by its executions: they share one process and its fate."""


def unit_for(*sides: Exposed) -> Unit:
    """What all sides that saw anything can be counted in: executions of a job, requests of what goes on running, else minutes."""
    seen = [side for side in sides if side != NOTHING]
    if _all(seen, Unit.EXECUTIONS) and all(side.requests <= SHORT_LIVED * side.executions for side in seen):
        return Unit.EXECUTIONS
    return next((unit for unit in (Unit.REQUESTS, Unit.EXECUTIONS) if _all(seen, unit)), Unit.MINUTES)


def _all(sides: Sequence[Exposed], unit: Unit) -> bool:
    return bool(sides) and all(side.of(unit) for side in sides)
