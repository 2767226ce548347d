"""The checklist of a deploy, evaluated instead of ticked: each line from the log and the record, with what it rests on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipeline.deployments.evidence import Line, Recorded, notes, strikes
from pipeline.deployments.history import History, Known, Shown
from pipeline.deployments.words import Check, CheckState
from pipeline.logs.notable import Notable

MAPPER = re.compile(r"sqlalchemy|failed to locate a name|mappers? failed|One or more mappers", re.IGNORECASE)
"""What people search a log for after a deploy: mappers, and everything else of SQLAlchemy."""
SAVED = re.compile(r"COST SAVINGS: \$([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What the checks of one deploy may know."""

    history: History
    era: int
    recorded: Recorded
    lines: Callable[[Sequence[str]], list[Line]]
    """Kept lines of these kinds."""
    struck: Callable[[Sequence[str]], list[Line]]
    """Lines of these groups."""

    @property
    def shown(self) -> Shown:
        return self.history.shown[self.era]

    @property
    def ran(self) -> bool:
        return self.history.ran(self.era)

    def open(self) -> CheckState:
        """Of something that has not been seen: it can still come, unless the next deploy has taken its place."""
        if not any(self.history.ran(era) for era in range(len(self.history.exposed))):
            return CheckState.UNKNOWN
        return CheckState.NOT_YET if self.era == len(self.history.exposed) - 1 else CheckState.UNKNOWN


def checklist(connection: Connection, history: History, era: int, recorded: Recorded) -> tuple[Check, ...]:
    """The five lines."""
    look = _Look(
        history=history, era=era, recorded=recorded,
        lines=lambda kinds: notes(connection, history.eras, era, kinds),
        struck=lambda names: strikes(connection, history.eras, era, names))
    return tuple(check(look) for check in (_worker_ran, _no_mapper_errors, _queries_succeed, _ordinary_work, _text_only))


def _worker_ran(look: _Look) -> Check:
    count = max(look.shown.starts, look.history.exposed[look.era].executions)
    if count or look.recorded.started:
        found = look.lines([Notable.WORKER_STARTED, Notable.WORKER_READY]) or look.lines([Notable.REQUEST_TAKEN])
        said = f"{count} executions since." if count else f"The record has {look.recorded.started} requests since."
        return _passed("The worker ran", said, found, count or look.recorded.started)
    return Check(name="The worker ran", state=look.open(), said="No start of a worker is in the log since.")


def _no_mapper_errors(look: _Look) -> Check:
    name = "No SQLAlchemy error since"
    here = [group for group in look.history.groups.values() if look.history.seen(group.fingerprint, look.era)]
    found = [group for group in here if _is_mapper(group)]
    if found:
        count = sum(look.history.struck[group.fingerprint][look.era].lines for group in found)
        lines = look.struck([group.fingerprint for group in found])
        return Check(name=name, state=CheckState.FAILED, said=f"{count} lines: {found[0].title}", count=count,
                     line_ids=tuple(line.line_id for line in lines))
    if not look.ran:
        return Check(name=name, state=look.open(), said="Nothing has run since.")
    read = look.history.exposed[look.era].lines
    return _passed(name, f"None in {read} lines since; older ones do not count.", [], 0)


def _queries_succeed(look: _Look) -> Check:
    name = "Queries of the database succeed"
    if look.shown.queries or look.recorded.started:
        said = f"{look.shown.queries} lines that only a query could lead to."
        if not look.shown.queries:
            said = f"{look.recorded.started} requests were taken up in the record."
        return _passed(name, said, look.lines([Notable.QUERIED]), look.shown.queries or look.recorded.started)
    return Check(name=name, state=look.open(), said="No line since that only a query could lead to.")


def _ordinary_work(look: _Look) -> Check:
    name = "Requests are processed as usual"
    count = max(look.shown.ok, look.recorded.completed)
    if count:
        ended = f", {look.shown.failed} failed" if look.shown.failed else ""
        return _passed(name, f"{count} requests came to a good end{ended}.", look.lines([Notable.REQUEST_DONE]), count)
    if look.shown.failed:
        return Check(name=name, state=CheckState.FAILED, count=look.shown.failed,
                     said=f"{look.shown.failed} requests failed, and none came to a good end.",
                     line_ids=tuple(line.line_id for line in look.lines([Notable.REQUEST_FAILED])))
    return Check(name=name, state=look.open(), said="No request has come to an end since.")


def _text_only(look: _Look) -> Check:
    name = "A text-only request skipped the video and logged its saving"
    if look.recorded.filmed:
        return Check(name=name, state=CheckState.FAILED, count=len(look.recorded.filmed), line_ids=look.recorded.filmed,
                     said="Text-only requests were made into videos.")
    found = look.lines([Notable.VIDEO_SKIPPED]) if look.shown.text_skips else []
    amounts = list(dict.fromkeys(amount for line in found if (amount := _saved(line.text))))
    if amounts:
        said = f"{look.shown.text_skips} times; saved {', '.join(f'${amount}' for amount in amounts[:3])} per request."
        return _passed(name, said, found, look.shown.text_skips)
    if look.recorded.texts and look.ran:
        return Check(name=name, state=CheckState.FAILED, count=look.recorded.texts,
                     said=f"{look.recorded.texts} text-only requests were completed, and the log has no saving.")
    return Check(name=name, state=look.open(), said="No such request is in the log since: send one.")


def _saved(text: str) -> str:
    found = SAVED.search(text)
    return found.group(1) if found else ""


def _is_mapper(group: Known) -> bool:
    return any(MAPPER.search(text) for text in (group.exception, group.title, group.sample))


def _passed(name: str, said: str, lines: Sequence[Line], count: int) -> Check:
    return Check(name=name, state=CheckState.PASSED, said=said, count=count, line_ids=tuple(line.line_id for line in lines))
