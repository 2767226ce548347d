"""History -> the verdict of one deploy: what it fixed, broke and unmasked, or how much more must be seen before that is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.deployments.hidden import Before, stood_before
from pipeline.deployments.history import History, unit_for
from pipeline.deployments.rates import Rate, beyond_chance, fell, is_sure, occasions_to_see, quiet_needed, rose
from pipeline.deployments.reasons import reason_of
from pipeline.deployments.words import Exposed, Fate, Kind, Unit, Verdict

FREQUENT = 0.05
"""A fault is frequent from this share of the occasions on: rarer ones neither take "clean" away nor hold it up."""
WOULD_SHOW = 0.2
"""Where nothing frequent was to be fixed, a deploy is clean once a fault in this share of the occasions would have shown."""


def judge(history: History, era: int) -> Verdict:
    """The verdict of the deploy that began this era."""
    return _Bench(history=history, era=era).verdict()


@dataclass(kw_only=True)
class _Bench:
    """One deploy being judged."""

    history: History
    era: int
    unit: Unit = field(init=False)
    base: int | None = field(init=False)
    before: Exposed = field(init=False)
    after: Exposed = field(init=False)

    def __post_init__(self) -> None:
        self.base = self.history.before(self.era)
        self.before = Exposed() if self.base is None else self.history.exposed[self.base]
        self.after = self.history.exposed[self.era]
        self.unit = unit_for(self.before, self.after)

    def verdict(self) -> Verdict:
        history, era = self.history, self.era
        here = [name for name in history.groups if history.seen(name, era)]
        left = [name for name in history.groups if self._was_there(name) and name not in here]
        unmasked, masks = self._unmasked([name for name in here if self._is_new(name) and self._is_frequent(name)], left)
        broke, rare, still = self._parted([name for name in here if name not in {fate.fingerprint for fate in unmasked}])
        fates = [self._left(name, masks.get(name)) for name in left]
        fixed, gone = [fate for fate in fates if fate.sure], [fate for fate in fates if not fate.sure]
        more = self._more_needed(fixed, gone)
        found = Verdict(
            kind=self._kind(broke, unmasked, still, more), reason="", unit=self.unit, before=self.before, exposure=self.after,
            more_needed=more, fixed=_ordered(fixed), broke=_ordered(broke), unmasked=_ordered(unmasked),
            still=_ordered(still), gone=_ordered(gone), rare=_ordered(rare), old_lines=history.old_lines[era])
        return found.model_copy(update={"reason": reason_of(found, compared=self.base is not None)})

    def _kind(self, broke: Sequence[Fate], unmasked: Sequence[Fate], still: Sequence[Fate], more: int) -> Kind:
        if broke:
            return Kind.REGRESSED
        if unmasked:
            return Kind.UNMASKED
        if any(Rate(fate.after, fate.after_of).share >= FREQUENT for fate in still):
            return Kind.SAME
        return Kind.TOO_EARLY if more else Kind.CLEAN

    def _unmasked(self, new: Sequence[str], left: Sequence[str]) -> tuple[list[Fate], dict[str, Before]]:
        """The new groups that others had hidden, and of those others what shows that they are gone."""
        fates, masks = [], dict[str, Before]()
        for name in new:
            before = stood_before(self.history, name, self.era, self.unit, left)
            if before is not None:
                fates.append(self._fate(name, unmasked_by=before.fingerprint, why=before.why))
                masks[before.fingerprint] = before
        return fates, masks

    def _parted(self, here: Sequence[str]) -> tuple[list[Fate], list[Fate], list[Fate]]:
        """What the deploy broke, what is new and rare, and what goes on."""
        broke, rare, still = [], [], []
        chances = [rose(*self._rates(name)) for name in here]
        for name, chance, held in zip(here, chances, beyond_chance(chances), strict=True):
            frequent, there = self._is_frequent(name), self._was_there(name)
            fate = self._fate(name, chance=chance, sure=held)
            if self.base is not None and (held or (frequent and not there)):
                broke.append(fate.model_copy(update={"why": self._how_it_came(name, there)}))
            elif self.base is not None and self._is_new(name):
                rare.append(fate)
            else:
                still.append(fate)
        return broke, rare, still

    def _left(self, name: str, before: Before | None) -> Fate:
        """A group that was there before and is not any more: how sure that is."""
        rate = self._rate_before(name)
        quiet = self.history.quiet(name, self.era) if self.history.ran(self.era) else []
        since = self.history.exposure(quiet).of(self.unit)
        chance, needed = fell(rate, Rate(0, since)), quiet_needed(rate)
        shown = before is not None and before.all_of_them
        sure = shown or is_sure(chance)
        return self._fate(
            name, after_of=since, chance=chance, sure=sure, more_needed=0 if sure or needed is None else needed - since,
            why="What it had stopped every time got further since." if shown and not is_sure(chance) else "")

    def _more_needed(self, fixed: Sequence[Fate], gone: Sequence[Fate]) -> int:
        awaited = [fate.more_needed for fate in gone if Rate(fate.before, fate.before_of).share >= FREQUENT]
        if awaited or any(Rate(fate.before, fate.before_of).share >= FREQUENT for fate in fixed):
            return max(awaited, default=0)
        return max(0, occasions_to_see(WOULD_SHOW) - self.after.of(self.unit))

    def _was_there(self, name: str) -> bool:
        return self.base is not None and self.history.seen(name, self.base)

    def _is_new(self, name: str) -> bool:
        return not any(self.history.seen(name, earlier) for earlier in range(self.era))

    def _is_frequent(self, name: str) -> bool:
        return self._rates(name)[1].share >= FREQUENT

    def _how_it_came(self, name: str, there: bool) -> str:
        if self._is_new(name):
            return "Never seen before this deploy."
        return "More frequent than before." if there else "Seen earlier, gone before this deploy, and back."

    def _rate_before(self, name: str) -> Rate:
        if self.base is None:
            return Rate(0, 0)
        return self.history.rate(name, self.history.stretch(name, self.base), self.unit)

    def _rates(self, name: str) -> tuple[Rate, Rate]:
        return self._rate_before(name), self.history.rate(name, [self.era], self.unit)

    def _fate(
        self, name: str, *, after_of: int | None = None, chance: float | None = None, sure: bool = True, more_needed: int = 0,
        unmasked_by: str | None = None, why: str = "",
    ) -> Fate:
        before, after = self._rates(name)
        return Fate(
            fingerprint=name, title=self.history.groups[name].title, before=before.struck, before_of=before.of,
            after=after.struck, after_of=after.of if after_of is None else after_of, chance=chance, sure=sure,
            more_needed=more_needed, unmasked_by=unmasked_by, why=why)


def _ordered(fates: Sequence[Fate]) -> tuple[Fate, ...]:
    """The most frequent first."""
    return tuple(sorted(fates, key=lambda fate: (-fate.after, -fate.before, fate.fingerprint)))
