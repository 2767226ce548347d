"""What happened and what it took, as small HTML tables; every value is escaped where it is put in."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from console import money, words
from pipeline.allowance import plan
from pipeline.domain import Stage, StageRun, StageStatus
from pipeline.tracking import RequestView

_ROW = Markup(
    '<tr class="{state}"><td><i class="dot"></i>{name}<small>{by}</small></td><td>{said}</td>'
    '<td class="number">{seconds}</td><td class="number">{usd}</td></tr>'
)
_HEAD = Markup(
    '<thead><tr><th>Stage, made by</th><th>State</th><th class="number">Time</th><th class="number">Cost</th></tr></thead>'
)
_IDLE = (StageStatus.RUNNING, StageStatus.SKIPPED)


def stages(view: RequestView) -> str:
    """A row per stage run, and one per stage that is still to come."""
    rows = [_run(run) for run in view.stages] + [_ahead(stage) for stage in _to_come(view)]
    return str(Markup('<table class="stages">{}<tbody>{}</tbody></table>').format(_HEAD, Markup("").join(rows)))


def _to_come(view: RequestView) -> Sequence[Stage]:
    if view.status.decided:
        return ()
    begun = {run.stage for run in view.stages}
    return [stage for stage in plan(view.request) if stage not in begun]


def _run(run: StageRun) -> Markup:
    idle = run.status in _IDLE
    usd = None if idle else money.price(run)
    return _ROW.format(
        state=run.status, name=words.STAGES[run.stage], said=_said(run),
        by=" · ".join(filter(None, (run.stage, run.model))),
        seconds=_time(run),
        usd="" if idle else words.dollars(usd) if usd is not None else "no price",
    )


def _said(run: StageRun) -> str:
    again = f", attempt {run.attempts}" if run.attempts > 1 else ""
    return f"{words.STAGE_STATES[run.status]}{again}"


def _time(run: StageRun) -> str:
    if run.status is StageStatus.SKIPPED:
        return ""
    if run.status is StageStatus.RUNNING and run.started_at:
        return words.clock((datetime.now(UTC) - run.started_at).total_seconds())
    return words.duration(run.seconds)


def _ahead(stage: Stage) -> Markup:
    return _ROW.format(state="ahead", name=words.STAGES[stage], by=stage, said="to come", seconds="", usd="")


def facts(entries: Iterable[tuple[str, str, str]]) -> str:
    """Label, value and an explanation to hover, one below the other; entries without a value are left out."""
    row = Markup('<dt>{}</dt><dd title="{}">{}</dd>')
    rows = [row.format(label, hint, value) for label, value, hint in entries if value]
    return str(Markup('<dl class="facts">{}</dl>').format(Markup("").join(rows)))
