"""What ships becomes versions: the files of `data/prompts` for production, each folder of `variants` under its own name.

An upgrade moves a label on only where nobody else has put it somewhere: what people decided stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import OperatorError
from pipeline.organisation import COMMAND_LINE, changing
from pipeline.prompts import PromptText, read_texts
from pipeline.registry.labels import Labels, checked_label
from pipeline.registry.splitting import end_those_of
from pipeline.registry.values import PRODUCTION, SHIPPED, SHIPPED_AUTHOR
from pipeline.registry.versions import row_of, standing
from pipeline.tables import MoveKind, PromptMoveRow, PromptVersionRow

VARIANTS = "variants"
COMES_WITH = "comes with this version of Vividly"
SHIPPER = COMMAND_LINE.model_copy(update={"user_id": SHIPPED_AUTHOR, "name": SHIPPED_AUTHOR})


class _Shipped(NamedTuple):
    text: PromptText
    labels: tuple[str, ...]


class Shipping(Labels):
    """Brings the shipped prompts into one database."""

    def sync(self, folder: Path) -> None:
        """Every shipped prompt is a version, and its labels are where they belong. Raises `OperatorError`."""
        shipped = list(_shipped(folder))
        with told_plainly(), Session(self._engine) as session:
            if not self._behind(session, shipped):
                return
        with told_plainly(), changing(self._engine) as session:
            self._take(session, self._behind(session, shipped))

    def _behind(self, session: Session, shipped: Sequence[_Shipped]) -> list[_Shipped]:
        """Those that the database does not have as they are."""
        there, labels, moved = _numbers(session), standing(session), _moved_by_people(session)
        return [one for one in shipped if one.text.version not in there.get(one.text.name, {})
                or _to_move(one, labels.get(one.text.name, {}), moved)]

    def _take(self, session: Session, missing: Sequence[_Shipped]) -> None:
        there, labels, moved = _numbers(session), standing(session), _moved_by_people(session)
        for name, own in groupby(missing, key=lambda one: one.text.name):
            number = max(there.get(name, {}).values(), default=0)
            for one in own:
                if one.text.version not in there.setdefault(name, {}):
                    number += 1
                    there[name][one.text.version] = number
                    session.add(row_of(one.text, number=number, author=SHIPPED_AUTHOR, author_id=SHIPPED_AUTHOR,
                                       message=COMES_WITH, parent=labels.get(name, {}).get(SHIPPED), at=self._clock()))
        session.flush()
        for one in missing:
            for label in _to_move(one, labels.get(one.text.name, {}), moved):
                self._place(session, one.text, label, labels.get(one.text.name, {}).get(label))

    def _place(self, session: Session, text: PromptText, label: str, before: str | None) -> None:
        """The log of changes does not hold what ships; the history does."""
        session.add(PromptMoveRow(
            name=text.name, label=label, version=text.version, before=before, kind=MoveKind.SHIPPED, by=SHIPPED_AUTHOR,
            at=self._clock(), why=COMES_WITH, run_id="", second=""))
        if label == PRODUCTION and before is not None:
            end_those_of(session, SHIPPER, text.name, at=self._clock())


def _shipped(folder: Path) -> Iterator[_Shipped]:
    texts = read_texts(folder)
    if not texts:
        raise OperatorError(f"{folder} holds no prompts: set VIVIDLY_DATA to the folder that ships.")
    yield from (_Shipped(text=text, labels=(SHIPPED, PRODUCTION)) for text in texts)
    for variant in sorted(path for path in (folder / VARIANTS).glob("*") if path.is_dir()):
        checked_label(variant.name)
        yield from (_Shipped(text=text, labels=(variant.name,)) for text in read_texts(variant))


def _numbers(session: Session) -> dict[str, dict[str, int]]:
    """Prompt -> version -> number."""
    numbers: dict[str, dict[str, int]] = {}
    wanted = select(PromptVersionRow.name, PromptVersionRow.version, PromptVersionRow.number)
    for name, version, number in session.execute(wanted).tuples():
        numbers.setdefault(name, {})[version] = number
    return numbers


def _moved_by_people(session: Session) -> set[tuple[str, str]]:
    """Prompts and labels that somebody has put somewhere, or taken away."""
    wanted = select(PromptMoveRow.name, PromptMoveRow.label).where(PromptMoveRow.kind != MoveKind.SHIPPED)
    return set(session.execute(wanted).tuples())


def _to_move(one: _Shipped, labels: Mapping[str, str], moved: set[tuple[str, str]]) -> list[str]:
    return [label for label in one.labels
            if labels.get(label) != one.text.version and (one.text.name, label) not in moved]
