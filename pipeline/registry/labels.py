"""Labels: names that point at versions. Where each one was is kept; nothing is ever overwritten."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require
from pipeline.plain import one_line
from pipeline.registry.splitting import end_those_of
from pipeline.registry.values import PRODUCTION, SHIPPED, Move
from pipeline.registry.versions import Versions, found, standing
from pipeline.tables import MoveKind, PromptMoveRow

LABEL = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
LIKE_A_VERSION = re.compile(r"v\d+|[0-9a-f]{4,10}", re.ASCII)
WHY_CHARACTERS = 500
MOVES_SHOWN = 500
KEPT_APART = {PRODUCTION: "promote a version, or roll back", SHIPPED: "it follows what ships"}
"""Labels that nobody puts anywhere by hand, and what to do instead."""


class Labels(Versions):
    """The labels in one database."""

    def labelled(self, label: str) -> Mapping[str, str]:
        """Prompt -> the version that the label points at. Raises `BadRequest` when it points at none."""
        with told_plainly(), Session(self._engine) as session:
            where = {name: labels[label] for name, labels in standing(session).items() if label in labels}
        if not where:
            raise BadRequest("label", f"{label[:64]!r} is on no version: see `python -m pipeline prompts list`.")
        return where

    def history(self, name: str = "", label: str = "", *, limit: int = MOVES_SHOWN) -> Sequence[Move]:
        """The moves of labels, the newest first; of one prompt, of one label."""
        wanted = select(PromptMoveRow).order_by(PromptMoveRow.move_id.desc()).limit(limit)
        if name:
            wanted = wanted.where(PromptMoveRow.name == name)
        if label:
            wanted = wanted.where(PromptMoveRow.label == label)
        with told_plainly(), Session(self._engine) as session:
            return [move_of(row) for row in session.scalars(wanted)]

    def label(self, actor: Actor, name: str, label: str, ref: str, *, why: str = "") -> Move:
        """Put a label on a version; where it is there already, nothing is moved. Raises `BadRequest`."""
        require(actor, Permission.PROMPTS)
        checked_label(label)
        said = one_line("why", why, 0, WHY_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            version = found(self._versions(session, name), name, ref).version
            if standing(session, name).get(name, {}).get(label) == version:
                return move_of(_newest(session, name, label))
            return self._move(session, actor, name, label, version, kind=MoveKind.SET, why=said)

    def unlabel(self, actor: Actor, name: str, label: str, *, why: str = "") -> Move:
        """Take a label away. Raises `BadRequest` where it is not there."""
        require(actor, Permission.PROMPTS)
        checked_label(label)
        said = one_line("why", why, 0, WHY_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            if label not in standing(session, name).get(name, {}):
                raise BadRequest("label", f"{label!r} is on no version of {name[:64]}.")
            return self._move(session, actor, name, label, None, kind=MoveKind.REMOVED, why=said)

    def rollback(self, actor: Actor, name: str, *, why: str, to: str = "") -> Move:
        """Put `production` back to the version before, or to an earlier one that was in production (`to`).

        Needs no evaluation, because it was in production before; and a reason. Raises `BadRequest`.
        """
        require(actor, Permission.PROMOTION)
        said = one_line("why", why, 1, WHY_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            versions = self._versions(session, name)
            now = standing(session, name).get(name, {}).get(PRODUCTION)
            wanted = found(versions, name, to).version if to else _before(session, name)
            earlier = set(session.scalars(_of(name, PRODUCTION).with_only_columns(PromptMoveRow.version).order_by(None)))
            if wanted is None or wanted == now or wanted not in earlier:
                raise BadRequest("version", f"{name} was never {to or 'another version'} in production before: "
                                            "there is nothing to go back to.")
            return self._move(session, actor, name, PRODUCTION, wanted, kind=MoveKind.ROLLED_BACK, why=said)

    def _move(self, session: Session, actor: Actor, name: str, label: str, version: str | None, *, kind: MoveKind, why: str,
              run_id: str = "", second: str = "") -> Move:
        """Written into the history and the log of changes."""
        before = standing(session, name).get(name, {}).get(label)
        row = PromptMoveRow(
            name=name, label=label, version=version, before=before, kind=kind, by=actor.name[:254], at=self._clock(), why=why,
            run_id=run_id, second=second)
        session.add(row)
        session.flush()
        note(session, actor, f"prompt.{kind}", "prompt_label", f"{name}.{label}", {"version": before},
             {"version": version, **({"why": why} if why else {}), **({"run_id": run_id} if run_id else {})}, at=row.at)
        if label == PRODUCTION:
            end_those_of(session, actor, name, at=row.at)
        return move_of(row)


def checked_label(label: str) -> None:
    """Nothing for a label that anybody may put somewhere. Raises `BadRequest`."""
    if label in KEPT_APART:
        raise BadRequest("label", f"{label!r} is not put anywhere by hand: {KEPT_APART[label]}.")
    if not LABEL.fullmatch(label) or LIKE_A_VERSION.fullmatch(label):
        raise BadRequest("label", "must be 1 to 32 small letters, digits, - and _, begin with a letter, and not look like a "
                                  "version.")


def move_of(row: PromptMoveRow) -> Move:
    """The row as a value."""
    return Move(move_id=row.move_id, name=row.name, label=row.label, before=row.before, version=row.version,
                kind=MoveKind(row.kind), by=row.by, at=row.at, why=row.why, run_id=row.run_id, second=row.second)


def _of(name: str, label: str) -> Select[PromptMoveRow]:
    return select(PromptMoveRow).where(PromptMoveRow.name == name, PromptMoveRow.label == label).order_by(
        PromptMoveRow.move_id.desc())


def _newest(session: Session, name: str, label: str) -> PromptMoveRow:
    return session.scalars(_of(name, label).limit(1)).one()


def _before(session: Session, name: str) -> str | None:
    """What was in production before; a rollback is gone back behind, so that two of them go back two steps."""
    stack: list[str] = []
    for row in reversed(session.scalars(_of(name, PRODUCTION)).all()):
        if row.version is None:
            continue
        if row.kind is MoveKind.ROLLED_BACK and row.version in stack:
            del stack[stack.index(row.version) + 1:]
        else:
            stack.append(row.version)
    return stack[-2] if len(stack) > 1 else None
