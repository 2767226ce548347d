"""What people decide about groups of errors, as whoever is here; each change is in the audit log and seen at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from console.loaders import deployments, incidents, pulling
from console.loaders.door import door
from pipeline.incidents import Incidents, Merged, Standing, State
from pipeline.logs import How

Answer = TypeVar("Answer")


def resolve(fingerprint: str, version: str, why: str) -> None:
    """It is mended, in this version where one is named."""
    _change("resolved", fingerprint, {"version": version, "why": why}, lambda store, by: store.resolve(
        fingerprint, at=datetime.now(UTC), by=by, why=why, version=version))


def ignore(fingerprint: str, until: datetime | None, more: int | None, escalates: bool, why: str) -> None:
    """It is known and may stay, until one of these comes true, or for good."""
    _change("ignored", fingerprint, {"until": until and until.isoformat(), "more": more, "escalates": escalates, "why": why},
            lambda store, by: store.ignore(fingerprint, at=datetime.now(UTC), by=by, why=why, until=until, more=more,
                                       until_escalates=escalates))


def reopen(fingerprint: str, why: str) -> None:
    """Somebody has to look at it again."""
    _change("reopened", fingerprint, {"why": why}, lambda store, by: store.reopen(
        fingerprint, at=datetime.now(UTC), by=by, why=why))


def restore(fingerprint: str, before: Standing, total: int) -> None:
    """Put the group back where it stood, as of then."""
    why = before.why or "Taken back."

    def back(store: Incidents, by: str) -> None:
        if before.state is State.RESOLVED:
            store.resolve(fingerprint, at=before.at, by=by, why=why, version=before.version)
        elif before.state is State.IGNORED:
            more = max(1, before.until_count - total) if before.until_count else None
            store.ignore(fingerprint, at=before.at, by=by, why=why, until=before.until, more=more,
                             until_escalates=before.until_escalates)
        else:
            store.reopen(fingerprint, at=before.at, by=by, why=why)

    _change("restored", fingerprint, {"state": before.state, "why": why}, back)


def merge(fingerprints: Sequence[str], into: str, why: str) -> Merged:
    """Make one group of them, for lines to come too; what takes it back."""
    return _change("merged", into, {"merged": list(fingerprints), "why": why}, lambda store, by: store.merge(
        fingerprints, into=into, at=datetime.now(UTC), by=by, why=why))


def undo_merge(merged: Merged) -> None:
    """Put what was merged back where it was."""
    _change("merge_undone", merged.into, {"groups": [moved.fingerprint for moved in merged.moved]},
            lambda store, by: store.undo_merge(merged, at=datetime.now(UTC), by=by))


def split(fingerprints: Sequence[str], why: str) -> None:
    """Give each of them a group of its own again."""
    for fingerprint in fingerprints:
        _change("split", fingerprint, {"why": why}, lambda store, by, out=fingerprint: store.split(  # type: ignore[misc]
            out, at=datetime.now(UTC), by=by, why=why))


def add_rule(field: str, how: How, text: str, why: str, *, error: bool | None = None, into: str = "", title: str = "") -> int:
    """Have a rule for lines: that they are errors or none, or go into a group or a new one; its number."""
    made = _change("rule_added", into or title or "rule", {"field": field, "how": how, "text": text, "error": error, "why": why},
                   lambda store, by: store.add_rule(field, how, text, at=datetime.now(UTC), by=by, why=why, error=error,
                                                            into=into, title=title))
    pulling.regroup()
    return made.rule_id


def end_rule(rule_id: int, why: str) -> None:
    """The rule holds no longer."""
    _change("rule_ended", str(rule_id), {"why": why}, lambda store, by: store.end_rule(
        rule_id, at=datetime.now(UTC), by=by, why=why))
    pulling.regroup()


def _change(done: str, fingerprint: str, said: Mapping[str, Any], change: Callable[[Incidents, str], Answer]) -> Answer:
    """Make the change as whoever is here, write it into the audit log, and read anew."""
    actor = deployments.allowed()
    with door() as parts:
        answer = change(parts.incidents, actor.name)
        parts.audit.write(actor, f"error_group.{done}", "error_group", fingerprint, None, dict(said))
    incidents.look_again()
    return answer
