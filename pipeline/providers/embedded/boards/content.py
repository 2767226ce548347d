"""A scene -> the data that its template sets. One small function per kind of visual."""

import math
from collections.abc import Mapping
from functools import singledispatch

from pipeline.domain import Scene
from pipeline.providers.embedded.boards import plots
from pipeline.providers.embedded.boards.mathematics import NAMES, Usable, checked, linked
from pipeline.providers.embedded.boards.words import shortened, stressed, words
from pipeline.visuals import (
    Chart,
    Column,
    Comparison,
    Curve,
    Cycle,
    Equation,
    KeyIdea,
    Point,
    Process,
    Question,
    Recap,
    Timeline,
    Title,
    Value,
    WorkedExample,
)

Data = dict[str, object]


def board_data(scene: Scene, usable: Usable) -> Data:
    """Everything the templates need to know about the scene, as JSON values."""
    visual = scene.visual
    heading = "" if isinstance(visual, Title) else visual.heading
    common: Data = {"kind": visual.kind, "heading": words(heading), "kicker": words(scene.on_screen)}
    return common | _data(visual, usable)


@singledispatch
def _data(visual: Value, usable: Usable) -> Data:
    raise TypeError(f"no board for {type(visual).__name__}")


@_data.register
def _(visual: Title, usable: Usable) -> Data:
    return {"title": words(visual.heading), "sub": words(visual.subheading)}


@_data.register
def _(visual: KeyIdea, usable: Usable) -> Data:
    return {"statement": stressed(visual.statement, visual.emphasis)}


@_data.register
def _(visual: Equation, usable: Usable) -> Data:
    whole = linked(visual.math, [term.math for term in visual.terms], usable)
    terms = [
        {
            "math": checked(term.math, usable), "plain": words(term.math.replace('"', "")),
            "meaning": words(term.meaning), "linked": bool(whole and index in whole.terms),
        }
        for index, term in enumerate(visual.terms)
    ]
    return {"math": whole.math if whole else None, "plain": words(visual.plain), "names": NAMES, "terms": terms}


@_data.register
def _(visual: Process, usable: Usable) -> Data:
    return {"steps": [{"label": words(step.label), "detail": words(step.detail)} for step in visual.steps]}


@_data.register
def _(visual: Cycle, usable: Usable) -> Data:
    count = len(visual.steps)
    places = plots.ring(count)
    steps = [
        {"label": words(step.label), "detail": words(step.detail), "at": place}
        for step, place in zip(visual.steps, places, strict=True)
    ]
    return {"steps": steps, "size": plots.CARDS[count], "arrows": [_arrow(count, index) for index in range(count)]}


def _arrow(count: int, index: int) -> Data:
    points = plots.ring_arrow(count, index)
    (x0, y0), (x1, y1) = points[0], points[-1]
    near_x, near_y = points[-4]
    motion = ("right" if x1 > x0 else "left") if abs(x1 - x0) > abs(y1 - y0) else ("down" if y1 > y0 else "up")
    last = index == count - 1
    return {
        "points": points, "angle": math.atan2(y1 - near_y, x1 - near_x), "motion": motion,
        "part": index if last else index + 1, "delay": 0.8 if last else -0.35,
    }


@_data.register
def _(visual: Timeline, usable: Usable) -> Data:
    return {"events": [{"when": words(event.when), "what": words(event.what)} for event in visual.events]}


@_data.register
def _(visual: Comparison, usable: Usable) -> Data:
    return {"columns": [_column(visual.left, 0), _column(visual.right, len(visual.left.items))]}


def _column(column: Column, first: int) -> Data:
    items = [{"text": words(item.text), "part": first + index} for index, item in enumerate(column.items)]
    return {"title": words(column.title), "items": items}


@_data.register
def _(visual: Chart, usable: Usable) -> Data:
    values = [bar.value if math.isfinite(bar.value) else 0.0 for bar in visual.bars]
    ticks = plots.nice_ticks(min(0.0, *values), max(0.0, *values), 6)
    low, high = ticks[0], ticks[-1]

    def at(value: float) -> float:
        return (value - low) / (high - low)

    bars = [
        {"label": words(bar.label), "to": at(value), "shown": words(plots.number(value))}
        for bar, value in zip(visual.bars, values, strict=True)
    ]
    marks = [{"at": at(tick), "label": plots.number(tick), "zero": tick == 0} for tick in ticks]
    return {"bars": bars, "ticks": marks, "unit": words(visual.unit), "zero": at(0.0)}


@_data.register
def _(visual: Curve, usable: Usable) -> Data:
    plot = plots.plot(visual)
    whole = plot.path(plot.x_from, plot.x_to)
    taken: list[list[float]] = []
    chip = _chip(visual.plain, whole)
    taken.append([*chip, 68.0])
    points = []
    at = plot.x_from
    for part, point in enumerate(visual.points, start=1):
        if places := plot.path(point.x, point.x):
            way = {"path": plot.path(at, point.x), "part": part}
            points.append(_marked(point, places[0], whole, taken) | way)
            at = point.x
    return {
        "plain": words(visual.plain), "frame": plots.FRAME, "axis": plot.axis, "lines": plot.lines, "chip": chip,
        "x-ticks": _ticks(plot.x_ticks), "y-ticks": _ticks(plot.y_ticks), "pen": whole,
        "x-label": words(visual.x_label), "y-label": words(visual.y_label), "points": points,
    }


def _marked(point: Point, spot: plots.Place, whole: list[plots.Place], taken: list[list[float]]) -> Data:
    box = plots.label_box(spot, min(620.0, 19.0 * len(point.label) + 32), whole, taken)
    taken += [box, [spot[0] - 18, spot[1] - 18, 36, 36]]
    return {"at": spot, "label": words(point.label), "label-box": box, "side": "right" if box[0] >= spot[0] else "left"}


def _ticks(ticks: list[plots.Tick]) -> list[Mapping[str, object]]:
    return [{"at": tick.at, "label": plots.number(tick.value)} for tick in ticks]


def _chip(plain: str, curve: list[plots.Place]) -> list[float]:
    """The formula's chip: above the frame's right end, where no curve ever is."""
    width = min(760.0, 21.0 * len(plain) + 56)
    return [plots.FRAME[2] - width, plots.FRAME[1] - 84, width]


@_data.register
def _(visual: WorkedExample, usable: Usable) -> Data:
    steps = [
        {"say": words(shortened(step.say)), "math": checked(step.math, usable), "plain": words(step.plain)}
        for step in visual.steps
    ]
    return {"problem": words(visual.problem), "steps": steps}


@_data.register
def _(visual: Recap, usable: Usable) -> Data:
    return {"points": [words(point.text) for point in visual.points]}


@_data.register
def _(visual: Question, usable: Usable) -> Data:
    return {"question": words(visual.question), "answer": words(visual.answer)}
