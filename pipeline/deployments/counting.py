"""The logs' tables -> the history of one service. Three questions to the database, however many deploys and groups there are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Select, String, case, cast, distinct, func, literal, select

from pipeline.deployments.eras import Eras
from pipeline.deployments.history import BLANK, NEVER, NOTHING, History, Known, Shown, Struck
from pipeline.deployments.words import Deploy, Exposed
from pipeline.tables import ErrorGroupRow, ErrorKeyRow, ErrorOccurrenceRow, LogActivityRow, LogWriterRow

A, W = LogActivityRow.__table__.c, LogWriterRow.__table__.c
E, K, G = ErrorOccurrenceRow.__table__.c, ErrorKeyRow.__table__.c, ErrorGroupRow.__table__.c
WRITTEN = LogActivityRow.__table__.join(LogWriterRow.__table__, W.writer_id == A.writer_id)
SHOWN = ("ok", "failed", "queries", "text_skips", "timeouts")
HAPPENED = (
    ErrorOccurrenceRow.__table__.join(ErrorKeyRow.__table__, K.key_id == E.key_id)
    .join(ErrorGroupRow.__table__, G.group_id == K.group_id).join(LogWriterRow.__table__, W.writer_id == E.writer_id)
)


def read_history(connection: Connection, deploys: Sequence[Deploy], service: str) -> History:
    """What the logs say about the eras of these deploys, which are those of the service (empty: of everything)."""
    jobs = jobs_of(connection, service)
    born = {(row.job, row.version): float(row.born) for row in connection.execute(_births(jobs))}
    eras = Eras(deploys, born)
    history = History(eras=eras, exposed=[NOTHING] * len(eras), shown=[BLANK] * len(eras), old_lines=[0] * len(eras))
    for row in connection.execute(_exposures(eras, jobs)):
        _expose(history, row)
    for row in connection.execute(_strikes(eras, jobs)):
        _strike(history, row)
    return history


def jobs_of(connection: Connection, service: str) -> list[str] | None:
    """The jobs of the log that a service means: its own name, part of it, or a longer one; None where all are meant.

    A log that never names its jobs is about whatever service it is asked for.
    """
    if not service:
        return None
    known = [str(job) for job in connection.scalars(select(W.job).distinct())]
    named = [job for job in known if job and (job.lower() in service.lower() or service.lower() in job.lower())]
    return [*named, ""] if named or "" in known else named


def _births(jobs: list[str] | None) -> Select[Any]:
    return _of(select(W.job, W.version, func.min(A.first_at).label("born")).select_from(WRITTEN), jobs).group_by(
        W.job, W.version)


def _exposures(eras: Eras, jobs: list[str] | None) -> Select[Any]:
    """By window of time, job and version. A start is counted where the writer's executions have no names."""
    window, unnamed = _window(eras, A.first_at), case((W.execution == "", 1), else_=0)
    found = select(
        window.label("window"), W.job, W.version, func.min(A.first_at).label("first"),
        func.sum(A.lines).label("lines"), func.count(distinct(A.minute)).label("minutes"),
        func.sum(A.started).label("started"), func.sum(A.starts).label("every_start"),
        *(func.sum(A[name]).label(name) for name in SHOWN),
        func.count(distinct(func.nullif(W.execution, ""))).label("executions"),
        func.sum(A.starts * unnamed).label("starts"), func.sum(A.readies * unnamed).label("readies"),
    ).select_from(WRITTEN)
    return _of(found, jobs).group_by("window", W.job, W.version)


def _strikes(eras: Eras, jobs: list[str] | None) -> Select[Any]:
    """By group, window, job and version: lines, and how many requests, executions and minutes they are from.

    A request that is delivered again has failed again, so requests are told apart by minute as well.
    """
    minute = cast(func.floor(E.at / 60), Integer)
    within = W.execution.concat(literal(":")).concat(cast(minute, String))
    asked = E.request_id.concat(literal(":")).concat(cast(minute, String))
    found = select(
        G.fingerprint, _window(eras, E.at).label("window"), W.job, W.version, func.min(E.at).label("first"),
        func.count().label("lines"), func.max(E.stage).label("stage"), func.max(K.title).label("title"),
        func.max(K.exception).label("exception"), func.max(K.culprit).label("culprit"), func.max(K.sample).label("sample"),
        func.count(distinct(minute)).label("minutes"),
        func.count(distinct(case((E.request_id != "", asked)))).label("requests"),
        func.count(distinct(case((E.request_id == "", within)))).label("nobody's"),
        func.count(distinct(func.nullif(W.execution, ""))).label("executions"),
        func.count(distinct(case((W.execution == "", minute)))).label("unnamed"),
    ).select_from(HAPPENED)
    return _of(found, jobs).group_by(G.fingerprint, "window", W.job, W.version)


def _window(eras: Eras, moment: Any) -> Any:
    """The number of the era by time alone."""
    if not eras.starts:
        return literal(0)
    cuts = [(moment < start, number) for number, start in enumerate(eras.starts)]
    return case(*cuts, else_=len(cuts))


def _of(found: Select[Any], jobs: list[str] | None) -> Select[Any]:
    return found if jobs is None else found.where(W.job.in_(jobs))


def _expose(history: History, row: Any) -> None:
    era = history.eras.of(float(row.first), row.job, row.version)
    so_far = history.exposed[era]
    history.exposed[era] = Exposed(
        requests=so_far.requests + max(int(row.started), int(row.ok) + int(row.failed)),
        executions=so_far.executions + int(row.executions) + max(int(row.starts), int(row.readies)),
        minutes=so_far.minutes + int(row.minutes), lines=so_far.lines + int(row.lines))
    _show(history, era, row)


def _show(history: History, era: int, row: Any) -> None:
    so_far = history.shown[era]
    found = {name: getattr(so_far, name) + int(row._mapping[name]) for name in SHOWN}
    history.shown[era] = Shown(starts=so_far.starts + max(int(row.every_start), int(row.executions)), **found)


def _strike(history: History, row: Any) -> None:
    name, said = row.fingerprint, row._mapping
    era = history.eras.of(float(row.first), row.job, row.version)
    if era < row.window:
        history.old_lines[row.window] += int(row.lines)
    known = history.groups.get(name)
    history.groups[name] = Known(
        fingerprint=name, title=known.title if known else row.title, exception=known.exception if known else row.exception,
        culprit=known.culprit if known else row.culprit, sample=known.sample if known else row.sample,
        jobs=_with(known.jobs if known else frozenset(), row.job),
        stages=_with(known.stages if known else frozenset(), row.stage))
    struck = history.struck.setdefault(name, [NEVER] * len(history.eras))
    struck[era] = struck[era].with_more(Struck(
        lines=row.lines, requests=row.requests + said["nobody's"], executions=row.executions + _unnamed(history, era, row),
        minutes=row.minutes))


def _unnamed(history: History, era: int, row: Any) -> int:
    """Struck executions without a name: a minute stands for one, but no more were struck than were seen to start."""
    started = history.exposed[era].executions - row.executions
    return min(int(row.unnamed), started) if started > 0 else int(row.unnamed)


def _with(words: frozenset[str], word: str) -> frozenset[str]:
    return words | {word} if word else words
