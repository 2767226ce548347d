"""What somebody should look at now: groups that came with a deploy, groups that escalate, and silence, which is not health."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from pipeline.deployments.words import Alarm, Told
from pipeline.tables import ErrorGroupRow, ErrorKeyRow, GroupState, LogActivityRow, LogWriterRow

FRESH = timedelta(hours=24)
"""For so long what a deploy brought is news."""
LEARNED = timedelta(days=14)
"""What is usual is learned from the time before the last line."""
FEWEST_GAPS = 20
LONGER, LEAST = 1.5, timedelta(minutes=15)
"""Silence is an alarm when it is this much longer than the longest of that time, and no shorter than this."""
A, W = LogActivityRow.__table__.c, LogWriterRow.__table__.c


def alarms_of(connection: Connection, told: Sequence[Told], now: datetime) -> Iterator[Alarm]:
    """Of new groups in the last deploy of each service, the newest deploy first; then of groups that escalate or came back."""
    services = set()
    for each in told:
        if each.deploy.service in services:
            continue
        services.add(each.deploy.service)
        came = (*each.verdict.broke, *each.verdict.unmasked)
        if came and now - each.deploy.at < FRESH:
            named = f"{len(came)} new groups" if len(came) > 1 else "a new group"
            yield Alarm(kind="new_groups", build=each.deploy.build, since=each.deploy.at,
                        fingerprints=tuple(fate.fingerprint for fate in came),
                        said=f"Build {each.deploy.build} brought {named} of errors. {each.verdict.reason}")
    yield from _escalations(connection)


def silence(connection: Connection, now: datetime) -> Iterator[Alarm]:
    """Jobs that have said nothing for longer than is usual for them."""
    last = {str(row.job): float(row.last) for row in connection.execute(_last())}
    for job, at in sorted(last.items()):
        heard = datetime.fromtimestamp(at, UTC)
        gaps, longest = connection.execute(_gaps(job, heard)).one()
        if gaps < FEWEST_GAPS:
            continue
        usual = timedelta(minutes=int(longest))
        if now - heard > max(LEAST, LONGER * usual):
            name = f"The job {job}" if job else "The log"
            said = f"{name} has been silent for {_long(now - heard)}; the longest pause of the two weeks before: {_long(usual)}."
            yield Alarm(kind="silence", since=heard, said=said)


def _escalations(connection: Connection) -> Iterator[Alarm]:
    named = select(
        ErrorGroupRow.fingerprint, ErrorGroupRow.state, ErrorGroupRow.state_at, func.max(ErrorKeyRow.title).label("title"),
    ).join_from(ErrorGroupRow, ErrorKeyRow, ErrorKeyRow.group_id == ErrorGroupRow.group_id)
    found = named.where(ErrorGroupRow.state.in_([GroupState.ESCALATING, GroupState.REGRESSED])).group_by(
        ErrorGroupRow.fingerprint, ErrorGroupRow.state, ErrorGroupRow.state_at).order_by(ErrorGroupRow.state_at.desc())
    for row in connection.execute(found):
        what = "is more frequent than it was" if row.state is GroupState.ESCALATING else "is back after it was resolved"
        yield Alarm(kind="escalation", said=f"“{row.title}” {what}.", fingerprints=(row.fingerprint,),
                    since=datetime.fromtimestamp(row.state_at, UTC))


def _last() -> Select[Any]:
    return select(W.job, func.max(A.last_at).label("last")).join_from(
        LogActivityRow.__table__, LogWriterRow.__table__, W.writer_id == A.writer_id).group_by(W.job)


def _gaps(job: str, heard: datetime) -> Select[Any]:
    """How many pauses between minutes with lines, and the longest in minutes."""
    since = int((heard - LEARNED).timestamp() // 60)
    minutes = select(A.minute).distinct().join_from(
        LogActivityRow.__table__, LogWriterRow.__table__, W.writer_id == A.writer_id).where(W.job == job, A.minute >= since)
    spoken = minutes.subquery().c.minute
    gap = (spoken - func.lag(spoken).over(order_by=spoken)).label("gap")
    found = select(gap).subquery().c.gap
    return select(func.count(found), func.coalesce(func.max(found), 0))


def _long(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
