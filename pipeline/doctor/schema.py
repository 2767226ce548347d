"""What a tree of models declares, put together: models, their tables and foreign keys, and how a name finds them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipeline.doctor.library import Library
from pipeline.doctor.reading import Declared, Kind, Member
from pipeline.doctor.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """One foreign key constraint; `target` is None when the source does not tell."""

    columns: tuple[str, ...]
    target: str | None
    target_columns: tuple[str, ...]
    scope: Scope
    line: int
    attribute: str = ""
    reference: str = ""
    """The dotted name of the column, where it is given as an object."""


@dataclass(kw_only=True, eq=False)
class Table:
    """One table as declared; `closed` when nothing about its columns and keys is left to running the code."""

    key: str
    metadata: str
    scope: Scope
    line: int
    columns: dict[str, str] = field(default_factory=dict)
    """Name in the table -> name of the attribute."""
    foreigns: list[Foreign] = field(default_factory=list)
    closed: bool = True
    extends: bool = False
    """Whether it may be declared a second time (`extend_existing`)."""
    name: str = ""
    """The full name of the variable that holds it, for a table without a class."""


@dataclass(kw_only=True, eq=False)
class Model:
    """One mapped class."""

    declared: Declared
    registry: str
    metadata: str
    members: Mapping[str, Member]
    """Its attributes, inherited ones included."""
    table: Table
    parent: "Model | None" = None
    closed: bool = True
    imported: bool = True
    single: bool = False
    """Whether it lives in its parent's table."""
    backrefs: dict[str, Member] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The class's name."""
        return self.declared.name

    @property
    def shown(self) -> str:
        """Its file, as findings name it."""
        return self.declared.scope.source.shown

    @property
    def line(self) -> int:
        """The line of its `class` statement."""
        return self.declared.node.lineno

    @property
    def tables(self) -> list[Table]:
        """Its own table, then those of its parents."""
        above = self.parent.tables if self.parent else []
        return above if self.single else [self.table, *above]

    def ancestors(self) -> "Iterator[Model]":
        """Itself and every mapped class above."""
        yield self
        if self.parent:
            yield from self.parent.ancestors()

    def is_kin(self, other: "Model") -> bool:
        """Whether both share a mapped ancestor."""
        return [*self.ancestors()][-1] is [*other.ancestors()][-1]

    def relationships(self) -> Iterator[Member]:
        """The relationships that this class adds to those of its mapped parent."""
        above = self.parent.members if self.parent else {}
        for member in self.members.values():
            if member.kind is Kind.RELATIONSHIP and above.get(member.name) is not member:
                yield member

    def column_of(self, attribute: str) -> tuple[Table, str] | None:
        """The table and name of the column behind an attribute."""
        for table in self.tables:
            for column, name in table.columns.items():
                if name == attribute:
                    return table, column
        return None


@dataclass(frozen=True, kw_only=True)
class Base:
    """One declarative base or registry, and where it is made."""

    registry: str
    metadata: str
    name: str
    scope: Scope
    line: int
    names_tables: bool = False
    """Whether it gives a table name to classes that have none, as Flask-SQLAlchemy does."""


@dataclass(kw_only=True)
class Schema:
    """All that was declared."""

    library: Library
    models: list[Model] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    bases: dict[str, Base] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    """Names of classes and tables in files that cannot be parsed."""
    unnamed_tables: bool = False
    """Whether some model has a table whose name only running the code would tell."""
    _by_name: dict[str, list[Model]] = field(default_factory=dict)

    def add(self, model: Model) -> None:
        """Take in a model."""
        self.models.append(model)
        self._by_name.setdefault(model.name, []).append(model)

    def named(self, name: str, registry: str | None = None) -> list[Model]:
        """The models that a bare or dotted name means, in one registry or in all."""
        return [
            model for model in self._by_name.get(name.split(".")[-1], ())
            if registry in (None, model.registry) and f".{model.declared.dotted}".endswith(f".{name}")
        ]

    def of_class(self, dotted: str) -> Model | None:
        """The model of a class."""
        return next((m for m in self._by_name.get(dotted.split(".")[-1], ()) if m.declared.dotted == dotted), None)

    def table(self, key: str, metadata: str | None = None) -> Table | None:
        """The table of this name, in one metadata or in any."""
        return next((t for t in self.tables if t.key == key and metadata in (None, t.metadata)), None)

    def owner(self, table: Table) -> Model | None:
        """The model that declares the table."""
        return next((model for model in self.models if model.table is table and not model.single), None)


def closest(word: str, choices: Sequence[str]) -> str:
    """The choice that was probably meant, or ""."""
    lowered = {choice.lower(): choice for choice in reversed(choices)}
    found = get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.7)
    return lowered[found[0]] if found else ""
