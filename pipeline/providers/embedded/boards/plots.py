"""The geometry of plots and rings, in points of a 1920 × 1080 board."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import CorpusDefect
from pipeline.formula import height
from pipeline.visuals import Curve

Place = tuple[float, float]
FRAME = (250.0, 316.0, 1730.0, 850.0)
SAMPLES = 240
LABEL_HEIGHT = 56.0


def nice_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) that cover low…high with at most about `most` steps."""
    span = (high - low) or max(abs(high), 1.0)
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, max(last, first + 1) + 1)]


def number(value: float) -> str:
    """A number as written on a board: a real minus sign, thin thousands, no needless zeros."""
    if value and (abs(value) >= 1e7 or abs(value) < 1e-4):
        mantissa, exponent = f"{value:.2e}".split("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa.rstrip('0').rstrip('.')} × 10{power}".replace("-", "−")
    text = f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return text.replace(",", "\u202f" if abs(value) >= 10_000 else "").replace("-", "−")


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A curve laid out: its pieces, its ticks, its frame and where y = 0 (or the lowest tick) lies."""

    lines: list[list[Place]]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    axis: float
    x_from: float
    x_to: float

    def path(self, start: float, stop: float) -> list[Place]:
        """The curve's places for x from `start` to `stop`, either way round."""
        places = [place for line in self.lines for place in line]
        left, right = self.across(min(start, stop)), self.across(max(start, stop))
        inside = [place for place in places if left - 1 <= place[0] <= right + 1]
        return inside if start <= stop else inside[::-1]

    def across(self, x: float) -> float:
        """The place of x between the left and the right edge of the frame."""
        return FRAME[0] + (x - self.x_from) / (self.x_to - self.x_from) * (FRAME[2] - FRAME[0])


def plot(curve: Curve) -> Plot:
    """The curve of the formula, with breaks where it has no value; `CorpusDefect` when it has none anywhere."""
    start, stop = sorted((curve.x_from, curve.x_to))
    stop = stop if stop > start else start + 1.0
    marked = [point.x for point in curve.points if start <= point.x <= stop]
    xs = sorted({*marked, *(start + (stop - start) * index / SAMPLES for index in range(SAMPLES + 1))})
    values = [(x, _value(curve.formula, x)) for x in xs]
    known = sorted(y for _, y in values if y is not None)
    if not known:
        raise CorpusDefect(f"formula {curve.formula!r} has no value between {start} and {stop}")
    ticks = nice_ticks(*_reach(known), most=6)
    low, high = ticks[0], ticks[-1]

    def down(y: float) -> float:
        return FRAME[3] - (y - low) / (high - low) * (FRAME[3] - FRAME[1])

    def across(x: float) -> float:
        return FRAME[0] + (x - start) / (stop - start) * (FRAME[2] - FRAME[0])

    lines: list[list[Place]] = [[]]
    for x, y in values:
        if y is None or not low <= y <= high:
            lines.append([])
        else:
            lines[-1].append((across(x), down(y)))
    return Plot(
        lines=[line for line in lines if len(line) > 1],
        x_ticks=[Tick(at=across(v), value=v) for v in nice_ticks(start, stop, 8) if start <= v <= stop],
        y_ticks=[Tick(at=down(v), value=v) for v in ticks],
        axis=down(min(max(0.0, low), high)), x_from=start, x_to=stop,
    )


def _value(formula: str, x: float) -> float | None:
    try:
        y = height(formula, x)
    except ValueError:
        return None
    return y if math.isfinite(y) else None


def _reach(known: Sequence[float]) -> tuple[float, float]:
    """The heights to show: all of them, or near a pole the middle ones; zero too when it is close."""
    low, high = known[0], known[-1]
    inner_low, inner_high = known[len(known) // 20], known[-1 - len(known) // 20]
    if high - low > 20 * (inner_high - inner_low) > 0:
        low, high = inner_low, inner_high
    span = (high - low) or max(abs(high), 1.0)
    return (0.0 if 0 < low < span else low), (0.0 if -span < high < 0 else high)


def label_box(spot: Place, width: float, curve: Sequence[Place], taken: Sequence[Sequence[float]]) -> list[float]:
    """Where a point's label stands: inside the frame, off the curve, off other labels, as near as possible."""
    candidates = []
    for radius in (26.0, 48.0, 80.0, 120.0):
        for dx, dy in ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0)):
            x = spot[0] + dx * radius - (width if dx < 0 else 0 if dx > 0 else width / 2)
            y = spot[1] + dy * radius - (LABEL_HEIGHT if dy < 0 else 0 if dy > 0 else LABEL_HEIGHT / 2)
            box = [x, y, width, LABEL_HEIGHT]
            candidates.append((_clashes(box, curve, taken) * 400 + radius, box))
    return min(candidates, key=lambda candidate: candidate[0])[1]


def _clashes(box: Sequence[float], curve: Sequence[Place], taken: Sequence[Sequence[float]]) -> float:
    x, y, w, h = box
    margin = 12.0
    on_curve = sum(x - margin < px < x + w + margin and y - margin < py < y + h + margin for px, py in curve)
    on_label = sum(x < tx + tw and tx < x + w and y < ty + th and ty < y + h for tx, ty, tw, th in taken)
    outside = (x < FRAME[0] + 8) + (y < FRAME[1] - 20) + (x + w > FRAME[2] + 60) + (y + h > FRAME[3] - 4)
    return on_curve + 40 * on_label + 60 * outside


CENTRE = (960.0, 590.0)
RADII = {3: (480.0, 252.0), 4: (570.0, 252.0), 5: (600.0, 256.0), 6: (612.0, 262.0)}
CARDS = {3: (470.0, 170.0), 4: (470.0, 170.0), 5: (470.0, 170.0), 6: (404.0, 150.0)}
"""Width and height of a card of a cycle, by the number of its steps."""


def ring(count: int) -> list[Place]:
    """The centres of the cards of a cycle, clockwise from the top."""
    return [_on_ring(count, -math.pi / 2 + 2 * math.pi * index / count) for index in range(count)]


def ring_arrow(count: int, index: int) -> list[Place]:
    """The arc from card `index` to the next one, free of both cards."""
    turn = 2 * math.pi / count
    start = -math.pi / 2 + turn * index
    arc = [_on_ring(count, start + turn * step / 120) for step in range(121)]
    cards = ring(count)
    wide, high = (size / 2 + 14 for size in CARDS[count])
    clear = [p for p in arc if all(abs(p[0] - x) > wide or abs(p[1] - y) > high for x, y in cards)]
    return clear if len(clear) > 4 else arc[50:71]


def _on_ring(count: int, angle: float) -> Place:
    wide, high = RADII[count]
    return CENTRE[0] + wide * math.cos(angle), CENTRE[1] + high * math.sin(angle)
