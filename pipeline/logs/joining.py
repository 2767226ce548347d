"""A traceback that came as one entry for each line -> one entry with all of it."""

from collections.abc import Iterable

from pipeline.logs.entry import Entry
from pipeline.logs.parsing_fields import cut_trace
from pipeline.logs.plain_text import TRACEBACK, continues, last_words

TAKES_TRACE = {"WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"}


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, with tracebacks that came as one entry for each line in one: Cloud Run cuts standard error into lines."""
    whole: list[Entry] = []
    for entry in entries:
        if entry.logger or entry.action or not whole or not joins(entry, whole[-1]):
            whole.append(entry)
        else:
            whole[-1] = with_line(whole[-1], entry)
    return whole


def joins(entry: Entry, last: Entry) -> bool:
    """Whether it is the traceback, or the next line of the traceback, of the last one."""
    message = entry.message
    if message[:1] not in _GOES_ON and not last.trace:
        return False
    if (last.execution, last.worker, last.job) != (entry.execution, entry.worker, entry.job) or abs(entry.at - last.at) > 1:
        return False
    if entry.trace:
        starts = entry.severity == "DEFAULT" and entry.trace.startswith(TRACEBACK)
        return starts and not last.trace and last.severity in TAKES_TRACE
    inside = last.trace.rsplit("\n", 1)[-1][:1] in " \t" or last.trace.endswith(TRACEBACK)
    return bool(last.trace) and continues(message, traced=inside)


_GOES_ON = frozenset(" \tTD([")


def with_line(entry: Entry, line: Entry) -> Entry:
    trace = f"{entry.trace}\n{line.trace or line.message}".lstrip("\n")
    message = last_words(trace) if entry.message.startswith(TRACEBACK) else entry.message
    return entry._replace(trace=cut_trace(trace), message=message, lines=entry.lines + 1)
