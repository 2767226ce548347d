"""The variants of one question in figures, side by side, as a small HTML table; every value is escaped where it is put in."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from console import words
from console.compare.wording import HELP, NAMES, counted, figure
from pipeline.comparison import VALUES, Measure, Measured, Result, Variant, label
from pipeline.domain import Stage

_CELL, _HEAD = Markup('<td class="number" title="{}">{}</td>'), Markup('<th class="number">{}</th>')
_ROW = Markup('<tr class="{}"><th scope="row" title="{}">{}</th>{}</tr>')
Column = tuple[Variant, Result]


def table(columns: Sequence[Column]) -> str:
    """A row per figure, a column per variant; a variant that is missing has dashes."""
    head = Markup("").join(_HEAD.format(label(variant)) for variant, _ in columns)
    cost, seconds, *quality = _figures(columns)
    rows = [cost, *_usage(columns), seconds, *_stages(columns), *quality]
    return str(Markup(
        '<div class="compared"><table><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, Markup("").join(rows)))


def _figures(columns: Sequence[Column]) -> list[Markup]:
    rows = [_row(columns, NAMES[measure], HELP[measure], lambda m, measure=measure: _value(measure, m))  # type: ignore[misc]
            for measure in Measure if measure is not Measure.READING]
    reading = _row(columns, "Reading grade", "Flesch–Kincaid grade of its words, and the grade that was asked for.",
                   lambda m: f"{m.reading_grade:.1f} for {m.asked_grade}")
    return [*rows[:2], reading, *rows[2:]]


def _value(measure: Measure, measured: Measured) -> str:
    if measure is Measure.USD and measured.usd is None:
        return "no price"
    if measure is Measure.TERMS:
        return counted(measured)
    if measure is Measure.GROUNDING and measured.sentences:
        return f"{measured.grounded} of {measured.sentences}"
    return figure(measure, VALUES[measure](measured))


def _stages(columns: Sequence[Column]) -> list[Markup]:
    met = {stage for _, result in columns if result.measured for stage in result.measured.stage_seconds}
    return [
        _row(columns, words.STAGES[stage], f"Seconds of the stage {stage}.", lambda m, stage=stage: _seconds(m, stage),  # type: ignore[misc]
             kind="compared_part")
        for stage in Stage if stage in met
    ]


def _seconds(measured: Measured, stage: Stage) -> str:
    return words.duration(measured.stage_seconds[stage]) if stage in measured.stage_seconds else ""


def _usage(columns: Sequence[Column]) -> list[Markup]:
    met = dict.fromkeys(unit for _, result in columns if result.measured for unit in result.measured.usage)
    return [
        _row(columns, unit.replace("_", " "), "Usage, as it was counted.",
             lambda m, unit=unit: f"{float(m.usage[unit]):,.6g}" if unit in m.usage else "", kind="compared_part")  # type: ignore[misc]
        for unit in sorted(met)
    ]


def _row(
    columns: Sequence[Column], name: str, hint: str, told: Callable[[Measured], str], *, kind: str = "compared_whole"
) -> Markup:
    cells = Markup("").join(
        _CELL.format(result.missing, told(result.measured) if result.measured else "–") for _, result in columns)
    return _ROW.format(kind, hint, name, cells)
