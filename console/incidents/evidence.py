"""Lines, requests and changes of a group as small pieces of HTML; every value is escaped where it is put in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from markupsafe import Markup

from console import words
from console.incidents.address import link
from console.incidents.wording import STATES, cut
from console.organisation.labels import number
from pipeline.incidents import Affected, Change, Occurrence, Similar, State

_LINE = Markup('<tr class="{severity}"><td><time title="{exact}">{at}</time></td>'
               "<td>{message}<small>{facts}{request}</small>{trace}</td></tr>")
_TRACE = Markup("<details><summary>Traceback</summary><pre>{}</pre></details>")
_LOG = Markup('<table class="story log"><thead><tr><th>Time, UTC</th><th>Said</th></tr></thead><tbody>{}</tbody></table>')
_REQUEST = Markup(' · <a href="requests?{link}" target="_self">request {short}</a>')
_TABLE = Markup('<table class="story"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')
_HEAD, _NUMBER = Markup("<th>{}</th>"), Markup('<th class="number">{}</th>')
_AFFECTED = Markup('<tr><td><a href="requests?{link}" target="_self">{request}</a><small>{student}</small></td><td>{last}</td>'
                   '<td class="number">{count}</td></tr>')
_CHANGE = Markup("<tr><td>{at}</td><td><b>{what}</b> by {by}<small>{why}</small></td></tr>")
_SIMILAR = Markup('<tr><td><a href="{link}" target="_self">{title}</a><small>{state} · {total}</small></td>'
                  '<td class="number">{likeness}</td></tr>')
_MESSAGE_CHARACTERS = 2_000


def occurrences(rows: Sequence[Occurrence]) -> str:
    """A row per line, the newest first, with its id, its place and its request."""
    return str(_LOG.format(Markup("").join(map(_line, rows))))


def affected(rows: Sequence[Affected], now: datetime) -> str:
    """A row per request, the one that was touched last first."""
    head = Markup("").join((_HEAD.format("Request"), _HEAD.format("Last seen"), _NUMBER.format("Lines")))
    return str(_TABLE.format(head=head, rows=Markup("").join(
        _AFFECTED.format(link=urlencode({"request": one.request_id}), request=one.request_id, last=words.ago(one.last_seen, now),
                         student=f"student {one.student_id}" if one.student_id else "", count=f"{one.count:,}")
        for one in rows)))


def changes(rows: Sequence[Change]) -> str:
    """What was decided about the group, the newest first."""
    return str(_TABLE.format(head=Markup("").join((_HEAD.format("When, UTC"), _HEAD.format("What"))), rows=Markup("").join(
        _CHANGE.format(at=f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M}", what=_what(one.what), by=one.by, why=one.why)
        for one in rows)))


def similar(rows: Sequence[Similar]) -> str:
    """Groups that read alike, each a link."""
    head = Markup("").join((_HEAD.format("Group"), _NUMBER.format("Alike")))
    return str(_TABLE.format(head=head, rows=Markup("").join(
        _SIMILAR.format(link=link(one.fingerprint), title=cut(one.title), state=STATES[one.state],
                        total=number(one.total, "line"), likeness=f"{one.likeness:.0%}") for one in rows)))


def _line(one: Occurrence) -> Markup:
    facts = filter(None, (one.line_id, one.severity, one.stage, one.job, one.worker, one.version, one.execution, one.source))
    return _LINE.format(
        severity=one.severity, exact=words.exact(one.at), at=f"{one.at.astimezone(UTC):%d %b %H:%M:%S}",
        message=cut(one.message, _MESSAGE_CHARACTERS), facts=" · ".join(dict.fromkeys(facts)),
        request=_REQUEST.format(link=urlencode({"request": one.request_id}), short=one.request_id[:8]) if one.request_id else "",
        trace=_TRACE.format(one.trace) if one.trace else "")


def _what(what: str) -> str:
    return STATES[State(what)] if what in set(State) else what.capitalize()
