"""Indexes and constraints as comparable shapes, and how those of the models meet those of the database."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.doctor.findings import Code, Finding, Severity
from pipeline.doctor.live_notes import Notes
from pipeline.visuals import Value


class Kind(Value):
    """A kind of index or constraint, and the words for it."""

    noun: str
    code: Code = Code.CONSTRAINT_DIFFERS
    named: bool = True
    """Whether migrations speak of it by name; otherwise only its columns tell it apart."""
    without: str
    """What happens where the database lacks it."""
    extra: str
    """What happens where only the database has it."""
    otherwise: str
    """What happens where both have it and it differs."""


PRIMARY_KEY = Kind(noun="primary key", named=False, without="two rows can pass for one",
                   extra="rows that the code thinks different are refused",
                   otherwise="rows are told apart otherwise than the code believes")
FOREIGN_KEY = Kind(noun="foreign key", named=False, without="rows can point at nothing",
                   extra="writes are refused, or rows deleted, that the code knows nothing of",
                   otherwise="deletes and checks go otherwise than the code expects")
UNIQUE = Kind(noun="unique constraint", without="duplicates can be stored and an upsert on it fails",
              extra="rows that the code thinks legal are refused",
              otherwise="other duplicates are refused than the code expects")
CHECK = Kind(noun="CHECK constraint", without="values that the code thinks impossible can be stored",
             extra="values that the code thinks legal are refused",
             otherwise="other values are refused than the code expects")
INDEX = Kind(noun="index", code=Code.INDEX_DIFFERS, without="queries that count on it read the whole table",
             extra="every write pays for it, and if it is unique it refuses rows",
             otherwise="queries and upserts that count on it are not served")


class Shape(Value):
    """One index or constraint: its name, the columns it speaks of, and its traits by name."""

    kind: Kind
    name: str = ""
    columns: tuple[str, ...] = ()
    traits: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """How a sentence calls it."""
        return f"{self.kind.noun} {self.name or '(' + ', '.join(self.columns) + ')'}"

    @property
    def body(self) -> str:
        """All that it is but its name."""
        return ", ".join(f"{trait} {value}" for trait, value in self.traits if value not in ("", "no"))


class Meeting(NamedTuple):
    """What the model wants and what the database has in its place; one of them may be missing."""

    wanted: Shape | None
    found: Shape | None


def meet(wanted: Sequence[Shape], found: Sequence[Shape]) -> Iterator[Meeting]:
    """Each shape with its counterpart: by name, else by what it is, else by its columns where its name says nothing."""
    left = list(found)
    waiting = list(wanted)
    for alike in (_same_name, _same_body, _same_columns):
        for shape in tuple(waiting):
            if counterpart := next((other for other in left if alike(shape, other)), None):
                waiting.remove(shape)
                left.remove(counterpart)
                yield Meeting(shape, counterpart)
    yield from (Meeting(shape, None) for shape in waiting)
    yield from (Meeting(None, shape) for shape in left)


def _same_name(one: Shape, other: Shape) -> bool:
    return one.kind == other.kind and one.kind.named and one.name == other.name != ""


def _same_body(one: Shape, other: Shape) -> bool:
    return one.kind == other.kind and one.traits == other.traits


def _same_columns(one: Shape, other: Shape) -> bool:
    """A table has one primary key; a foreign key, and a uniqueness held by an index, have no name to go by."""
    kinds = {one.kind.noun, other.kind.noun}
    if kinds == {PRIMARY_KEY.noun}:
        return True
    traits = {*one.traits, *other.traits}
    unique = kinds == {UNIQUE.noun, INDEX.noun} and {("unique", "yes"), ("where", "")} <= traits
    return (unique or (len(kinds) == 1 and not one.kind.named)) and sorted(one.columns) == sorted(other.columns)


def judged(notes: Notes, table: str, meeting: Meeting) -> Iterator[Finding]:
    """The finding about one meeting; none when both are the same."""
    wanted, found = meeting
    shape = wanted or found
    assert shape is not None
    severity = Severity.ERROR if shape.kind == PRIMARY_KEY and wanted else Severity.WARNING
    at = (table, shape.columns[0] if wanted and len(set(shape.columns)) == 1 else None)
    if found is None:
        message = f"Table {table} lacks the {shape.words} ({shape.body}): {shape.kind.without}."
        yield notes.finding(shape.kind.code, severity, at, message=message, step=f"creates it on {table}")
    elif wanted is None:
        message = f"Table {table} has the {shape.words} ({shape.body}) that the models do not declare: {shape.kind.extra}."
        yield notes.finding(shape.kind.code, severity, at, message=message, step="drops it, or declare it in the model")
    elif difference := _difference(wanted, found):
        message = f"The {wanted.words} of table {table} differs: {difference}: {wanted.kind.otherwise}."
        yield notes.finding(shape.kind.code, severity, at, message=message, step="creates it anew as the model has it")


def _difference(wanted: Shape, found: Shape) -> str:
    if wanted.kind != found.kind:
        return f"the database holds it as {found.words}, which migrations do not find"
    if wanted.traits != found.traits:
        has = dict(found.traits)
        return "; ".join(f"its {trait} is {has.get(trait) or 'nothing'} in the database and {value or 'nothing'} in the model"
                         for trait, value in wanted.traits if has.get(trait, "") != value)
    if wanted.kind.named and wanted.name and found.name and wanted.name != found.name:
        return f"the database calls it {found.name}, which migrations do not find"
    return ""
