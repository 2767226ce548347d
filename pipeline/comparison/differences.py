"""Two measured lessons -> their difference in plain words. Pure: knows nothing of pages, requests or the database."""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.comparison.measures import Measured
from pipeline.visuals import Value

SAME_COST = Decimal("1.05")
"""Costs within 5 % are called about the same."""
SAME_SECONDS = 0.5
TWICE, MANY, HUGE = Decimal(2), Decimal(10), Decimal(100)
SAME_GRADE = 0.05


class Side(Value):
    """One of the two: how a sentence calls it ("the video") and what was measured."""

    name: str
    measured: Measured


def difference(one: Side, other: Side) -> tuple[str, ...]:
    """The difference in sentences, the most important first: cost, time and key terms; reading; length; support; sources."""
    first = "; ".join(part for part in (_cost_and_time(one, other), _terms(one, other)) if part)
    sentences = (first, _reading(one, other), _length(one, other), _support(one, other), _sources(one, other))
    return tuple(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences if sentence)


def duration(seconds: float) -> str:
    """Seconds as they are spoken of: 0.4 s, 38 s, 2 min 40 s, 1 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def times(ratio: Decimal) -> str:
    """A ratio above 1 as it is spoken of: 23 % more, 1.9 becomes 90 % more, 11.4 times as much, 1,240 times as much."""
    if ratio < TWICE:
        return f"{(ratio - 1) * 100:.0f} % more"
    told = f"{ratio:,.1f}".removesuffix(".0") if ratio < HUGE else f"{ratio:,.0f}"
    return f"{told} times as much"


def _cost_and_time(one: Side, other: Side) -> str:
    a, b = one.measured.usd, other.measured.usd
    if a is None or b is None:
        unpriced = _and([side.name for side in (one, other) if side.measured.usd is None])
        return f"the costs cannot be compared, because some usage of {unpriced} has no price; {_time(*_slower(one, other))}"
    dear, cheap = (one, other) if a > b else (other, one)
    most, least = max(a, b), min(a, b)
    if most == least or (least > 0 and most / least < SAME_COST):
        return f"both cost {'nothing' if most == 0 else 'about the same'}; {_time(*_slower(one, other))}"
    if least == 0:
        return f"{dear.name} costs ${most.normalize():f} and {cheap.name} nothing; {_time(*_slower(one, other))}"
    return f"{dear.name} costs {times(most / least)} and {_time(dear, cheap, named=False)}"


def _slower(one: Side, other: Side) -> tuple[Side, Side]:
    return (one, other) if one.measured.seconds > other.measured.seconds else (other, one)


def _time(one: Side, other: Side, *, named: bool = True) -> str:
    """How much longer or shorter the first one takes."""
    seconds = one.measured.seconds - other.measured.seconds
    if abs(seconds) < SAME_SECONDS:
        return "both take equally long" if named else "takes equally long"
    subject = f"{one.name} " if named else ""
    return f"{subject}takes {duration(abs(seconds))} {'longer' if seconds > 0 else 'less'}"


def _terms(one: Side, other: Side) -> str:
    a, b = one.measured, other.measured
    if a.topic != b.topic:
        return "they are about different topics"
    if not a.terms:
        return ""
    whole = len(a.terms)
    if set(a.covered) == set(b.covered):
        return f"both cover {len(a.covered)} of {whole} key terms"
    lacks = [f"{side.name} lacks {_and(gone)}" for side, rest in ((one, b), (other, a)) if (gone := _gone(side, rest))]
    if len(a.covered) == len(b.covered):
        return f"both cover {len(a.covered)} of {whole} key terms, but not the same: {_and(lacks)}"
    more, less = (one, other) if len(a.covered) > len(b.covered) else (other, one)
    return (f"{more.name} covers {len(more.measured.covered)} of {whole} key terms, and {less.name} covers "
            f"{len(less.measured.covered)}: {_and(lacks)}")


def _gone(side: Side, rest: Measured) -> list[str]:
    """The terms that only the other one has."""
    return [term for term in rest.covered if term not in side.measured.covered]


def _reading(one: Side, other: Side) -> str:
    a, b = one.measured, other.measured
    asked = f"grade {a.asked_grade} was asked" if a.asked_grade == b.asked_grade else (
        f"grades {a.asked_grade} and {b.asked_grade} were asked")
    if abs(a.reading_grade - b.reading_grade) < SAME_GRADE:
        return f"both read at grade {a.reading_grade:.1f} ({asked})"
    return f"{one.name} reads at grade {a.reading_grade:.1f}, and {other.name} reads at {b.reading_grade:.1f} ({asked})"


def _length(one: Side, other: Side) -> str:
    a, b = one.measured.words, other.measured.words
    if a == b:
        return f"both have {a:,} words"
    longer, shorter = (one, other) if a > b else (other, one)
    most, least = max(a, b), min(a, b)
    return f"{longer.name} has {most:,} words, and {shorter.name} has {least:,}"


def _support(one: Side, other: Side) -> str:
    told = [_share(side) for side in (one, other)]
    if not all(told):
        return ""
    if told[0] == told[1]:
        return f"in both, {told[0]} connecting sentences rest on the library"
    return f"in {one.name}, {told[0]} connecting sentences rest on the library, and in {other.name}, {told[1]}"


def _share(side: Side) -> str:
    measured = side.measured
    return f"{measured.grounded} of {measured.sentences}" if measured.sentences else ""


def _sources(one: Side, other: Side) -> str:
    a, b = set(one.measured.passages), set(other.measured.passages)
    if not a or not b:
        return ""
    if a == b:
        return f"both rest on the same {len(a)} passages" if len(a) > 1 else "both rest on the same passage"
    return f"of the {len(a | b)} passages they rest on they share {len(a & b)}"


def _and(parts: Sequence[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
