"""Looks at a baseline and its figures beside the last hours, as small pieces of HTML; every value is escaped."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal

from markupsafe import Markup

from console import words
from pipeline.comparison import Interval
from pipeline.deployments import Band, Look, LookState
from pipeline.domain import Stage

_LOOKS = Markup('<ol class="looks">{}</ol>')
_LOOK = Markup('<li class="{state}"><b>{hour} h</b><span>{told}</span><small>{said}</small></li>')
_BANDS = Markup('<div class="bands">{}</div>')
_BAND = Markup('<div class="band {look}"><b>{name}<small>{unit}</small></b><div>{rows}</div></div>')
_ROW = Markup('<p><span>{name}</span><i class="track" role="img" aria-label="{told}" title="{hint}">{range}'
              '<i class="at" style="left:{at}%"></i></i><span class="number">{told}</span></p>')
_RANGE = Markup('<i class="range" style="left:{left}%;width:{width}%"></i>')
_STATES: Mapping[LookState, str] = {
    LookState.PASSED: "passed", LookState.FAILED: "failed", LookState.NOT_YET: "to come", LookState.NOTHING_RAN: "nothing ran",
}
_EDGE = 0.5
"""So that the mark of a value at an end is seen, in percent."""
_NAMES = {"error rate": "Error rate", "success": "Success", "saved": "Saved",
          **{str(stage): name for stage, name in words.STAGES.items()}}


def looks(found: Sequence[Look]) -> str:
    """The looks in their order."""
    return str(_LOOKS.format(Markup("").join(
        _LOOK.format(state=one.state, hour=one.hour, told=_STATES[one.state],
                     said=one.said or f"{one.at.astimezone(UTC):%d %b %H:%M} UTC") for one in found)))


def listed(found: Sequence[Band]) -> str:
    """Each figure with its interval then and now, on one scale."""
    return str(_BANDS.format(Markup("").join(_band(one) for one in found if one.baseline or one.lately)))


def name(band: Band) -> str:
    """What the figure is called."""
    return _NAMES.get(band.name, band.name)


def value(band: Band, amount: float) -> str:
    """An amount as people read it."""
    return _WRITTEN.get(band.name, words.duration if band.name in set(Stage) else _plain)(amount)


def told(band: Band, found: Interval | None) -> str:
    """A figure with its interval."""
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return value(band, found.value)
    return f"{value(band, found.value)} ({value(band, found.low)} to {value(band, found.high)})"


def _band(band: Band) -> Markup:
    most = max([_highest(one) for one in (band.baseline, band.lately) if one is not None] or [0.0]) or 1.0
    rows = [_row(band, called, one, most) for called, one in (("baseline", band.baseline), ("last 4 h", band.lately)) if one]
    return _BAND.format(look="left" if band.left else "", name=name(band), unit=band.unit, rows=Markup("").join(rows))


def _row(band: Band, called: str, found: Interval, most: float) -> Markup:
    shown = Markup("")
    if found.low is not None and found.high is not None:
        shown = _RANGE.format(left=_percent(found.low, most), width=_percent(found.high - found.low, most))
    return _ROW.format(name=called, told=told(band, found), hint=f"{band.formula}; n = {found.n}", range=shown,
                       at=max(_EDGE, min(100 - _EDGE, _percent(found.value, most))))


def _highest(found: Interval) -> float:
    return max(found.value, found.high or 0.0)


def _percent(amount: float, most: float) -> float:
    return round(max(0.0, min(1.0, amount / most)) * 100, 1)


def _plain(amount: float) -> str:
    return f"{amount:.4g}"


_WRITTEN: Mapping[str, Callable[[float], str]] = {
    "error rate": lambda amount: f"{amount:.1%}", "success": lambda amount: f"{amount:.1%}",
    "saved": lambda amount: words.dollars(Decimal(f"{amount:.6f}")),
}
