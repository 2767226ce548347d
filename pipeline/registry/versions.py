"""The versions of prompts: added and never changed. Where labels point is read from their newest moves."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.prompts import SLOTS, Counter, Fault, PromptText, check, refuse
from pipeline.registry.values import Version
from pipeline.tables import PromptMoveRow, PromptVersionRow

MESSAGE_CHARACTERS = 500
NUMBERED = re.compile(r"v(\d{1,9})", re.ASCII)
LEAST_OF_A_VERSION = 4
"""Digits that a shortened version needs."""


class Versions:
    """The versions in one database. A `ref` is a version or its beginning, its number as `v3`, or a label."""

    def __init__(self, engine: Engine, *, counter: Callable[[], Counter] | None = None,
                 clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._counter = counter
        self._clock = clock
        self._texts: dict[tuple[str, str], PromptText] = {}

    def versions(self, name: str) -> Sequence[Version]:
        """Every version of a prompt, the newest first. Raises `BadRequest`."""
        with told_plainly(), Session(self._engine) as session:
            return self._versions(session, name)

    def version(self, name: str, ref: str) -> Version:
        """The version that the ref means. Raises `BadRequest` when there is none, or several."""
        with told_plainly(), Session(self._engine) as session:
            return found(self._versions(session, name), name, ref)

    def text(self, name: str, ref: str) -> PromptText:
        """Its text. Raises `BadRequest`."""
        known = self._texts.get((name, ref))
        if known is None:
            known = self.version(name, ref).text
            if known.version == ref:  # a whole version always means the same
                self._texts[name, ref] = known
        return known

    def texts(self, wanted: Mapping[str, str]) -> Sequence[PromptText]:
        """The texts of these versions (prompt -> version), each read from the database once. Raises `BadRequest`."""
        if missing := {name: ref for name, ref in wanted.items() if (name, ref) not in self._texts}:
            with told_plainly(), Session(self._engine) as session:
                rows = session.scalars(select(PromptVersionRow).where(
                    PromptVersionRow.name.in_(missing), PromptVersionRow.version.in_(missing.values())))
                self._texts |= {(row.name, row.version): PromptText.model_validate(row.text) for row in rows}
        return [self.text(name, ref) for name, ref in wanted.items()]

    def faults(self, text: PromptText) -> Sequence[Fault]:
        """Everything that keeps the text from being a version."""
        return check(text, counter=self._counter() if self._counter else None)

    def refuse(self, text: PromptText) -> None:
        """Nothing for a text that can be a version. Raises `BadRequest` with all its faults."""
        refuse(text, self.faults(text))

    def save(self, actor: Actor, text: PromptText, *, message: str, parent: str | None = None) -> Version:
        """Keep the text as a new version. The same text once more is the version that it was.

        Raises `BadRequest` with every fault of the text, or for a parent that is not there.
        """
        require(actor, Permission.PROMPTS)
        said = one_line("message", message, 1, MESSAGE_CHARACTERS)
        self.refuse(text)
        with told_plainly(), changing(self._engine) as session:
            there = self._versions(session, text.name, empty=True)
            from_version = found(there, text.name, parent).version if parent else None
            if (same := session.get(PromptVersionRow, (text.name, text.version))) is None:
                row = add(session, text, author=actor.name, author_id=actor.user_id, message=said, parent=from_version,
                          at=self._clock())
                note(session, actor, "prompt.saved", "prompt", f"{text.name}@{text.version}", None,
                     {"number": row.number, "message": said, "parent": from_version}, at=self._clock())
            else:
                row = same
            return view(row, self._labels_of(session, text.name))

    def _versions(self, session: Session, name: str, *, empty: bool = False) -> Sequence[Version]:
        rows = session.scalars(select(PromptVersionRow).where(PromptVersionRow.name == name)
                               .order_by(PromptVersionRow.number.desc())).all()
        if not rows and not (empty and name in SLOTS):
            raise BadRequest("prompt", f"there is none called {name[:64]!r}: see `python -m pipeline prompts list`.")
        labels = self._labels_of(session, name)
        return [view(row, labels) for row in rows]

    def _labels_of(self, session: Session, name: str) -> Mapping[str, str]:
        return standing(session, name).get(name, {})


def standing(session: Session, name: str = "") -> Mapping[str, Mapping[str, str]]:
    """Where every label points now: prompt -> label -> version."""
    newest = select(func.max(PromptMoveRow.move_id)).group_by(PromptMoveRow.name, PromptMoveRow.label)
    if name:
        newest = newest.where(PromptMoveRow.name == name)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for row in session.scalars(select(PromptMoveRow).where(PromptMoveRow.move_id.in_(newest))
                               .order_by(PromptMoveRow.name, PromptMoveRow.label)):
        if row.version is not None:
            labels[row.name][row.label] = row.version
    return labels


def add(session: Session, text: PromptText, *, author: str, author_id: str, message: str, parent: str | None,
        at: datetime) -> PromptVersionRow:
    """A new version, with the next number."""
    last = session.scalar(select(func.max(PromptVersionRow.number)).where(PromptVersionRow.name == text.name)) or 0
    row = row_of(text, number=last + 1, author=author, author_id=author_id, message=message, parent=parent, at=at)
    session.add(row)
    session.flush()
    return row


def row_of(text: PromptText, *, number: int, author: str, author_id: str, message: str, parent: str | None,
           at: datetime) -> PromptVersionRow:
    """The row of a version."""
    return PromptVersionRow(
        name=text.name, version=text.version, number=number, text=text.model_dump(mode="json", by_alias=True),
        author=author[:254], author_id=author_id, message=message, at=at, parent=parent)


def found(versions: Sequence[Version], name: str, ref: str) -> Version:
    """The one that the ref means. Raises `BadRequest` when there is none, or several."""
    numbered = NUMBERED.fullmatch(ref)
    for one in versions:
        if ref == one.version or ref in one.labels or (numbered and one.number == int(numbered[1])):
            return one
    begin = [one for one in versions if len(ref) >= LEAST_OF_A_VERSION and one.version.startswith(ref)]
    if len(begin) == 1:
        return begin[0]
    if begin:
        raise BadRequest("version", f"several of {name} begin with {ref!r}: {', '.join(one.version for one in begin[:5])}.")
    raise BadRequest("version", f"{name} has none that is {ref[:64]!r}: see `python -m pipeline prompts show {name}`.")


def view(row: PromptVersionRow, labels: Mapping[str, str]) -> Version:
    """The row as a value."""
    return Version(
        name=row.name, version=row.version, number=row.number, text=PromptText.model_validate(row.text), author=row.author,
        message=row.message, at=row.at, parent=row.parent,
        labels=tuple(sorted(label for label, version in labels.items() if version == row.version)))

