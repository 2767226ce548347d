"""Library -> schema: every model with all that it inherits, every table with all its keys."""

import ast
import re

from pipeline.doctor.library import Library
from pipeline.doctor.lineage import Lineage, default_schema, trace
from pipeline.doctor.reading import Declared, Kind, read_classes
from pipeline.doctor.references import settle_references
from pipeline.doctor.schema import Base, Model, Schema, Table
from pipeline.doctor.scope import Scope, last
from pipeline.doctor.tables import add_column, add_items, qualified, read_table

UNREAD = "?"
"""Stands for a table name that only running the code would tell."""


def build(library: Library) -> Schema:
    """The schema of everything that was read, and of the modules that it leans on."""
    schema = Schema(library=library)
    doubles = _read_all(library, schema)
    lineages = {name: trace(declared, schema.declared, library) for name, declared in schema.declared.items()}
    _read_core_tables(library, schema)
    builder = _Builder(schema, lineages)
    for name in schema.declared:
        builder.model(name)
    for double in doubles:
        builder.double(double)
    settle_references(schema)
    return schema


def _read_all(library: Library, schema: Schema) -> list[Declared]:
    """Read every module; names that classes lean on may bring in further modules, which are read as well."""
    doubles: list[Declared] = []
    read: set[str] = set()
    while waiting := [name for name in library.scopes if name not in read]:
        for name in waiting:
            read.add(name)
            for declared in read_classes(library, library.scopes[name]):
                if declared.dotted in schema.declared:
                    doubles.append(declared)
                schema.declared.setdefault(declared.dotted, declared)
                for base in declared.node.bases:
                    library.dotted(base, declared.scope)
            if any(d.members for d in schema.declared.values() if d.scope is library.scopes[name]):
                for entry in library.scopes[name].imports:
                    library.module_of(entry.module)
    return doubles


def _read_core_tables(library: Library, schema: Schema) -> None:
    """`users = Table("users", metadata, …)` at module level."""
    for scope in list(library.scopes.values()):
        for name, value in scope.values.items():
            if isinstance(value, ast.Call) and last(value.func) == "Table" and len(value.args) >= 2:
                metadata, items = library.dotted(value.args[1], scope), value.args[2:]
                if isinstance(value.args[1], ast.Call) and isinstance(value.func, ast.Attribute):  # db.Table(name, column, …)
                    metadata, items = f"{library.dotted(value.func.value, scope)}.Model", value.args[1:]
                table = read_table(value, metadata, scope, library, line=value.lineno, items=items)
                if table:
                    table.name = f"{scope.source.module}.{name}"
                    schema.tables.append(table)
                else:
                    schema.unnamed_tables = True


def snake(name: str) -> str:
    """The table name that Flask-SQLAlchemy gives a class."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class _Builder:
    """Makes models, parents first."""

    def __init__(self, schema: Schema, lineages: dict[str, Lineage]) -> None:
        self.schema, self.library, self.lineages = schema, schema.library, lineages
        self.made: dict[str, Model | None] = {}
        for table in schema.tables:
            table.metadata = self._metadata(table.metadata)

    def model(self, dotted: str) -> Model | None:
        """The model of a class; None for mixins, abstract classes and whatever else is no model."""
        if dotted not in self.made:
            self.made[dotted] = None  # a circle of bases ends here
            self.made[dotted] = self._make(self.schema.declared[dotted], self.lineages[dotted])
        return self.made[dotted]

    def double(self, declared: Declared) -> None:
        """A second class of the same name in the same module: a model of its own."""
        self._make(declared, trace(declared, self.schema.declared, self.library))

    def _make(self, declared: Declared, lineage: Lineage) -> Model | None:
        base = lineage.base
        if base:
            self.schema.bases.setdefault(base.registry, base)
        registry = base.registry if base else next(iter(lineage.strangers), "")
        own_table = declared.special.get("__tablename__") or declared.special.get("__table__")
        if declared.abstract or not registry or (not base and own_table is None):
            return None
        parent = next((model for d in lineage.above if (model := self.model(d.dotted))), None)
        lent = [d for d in lineage.above if not self.model(d.dotted)]
        table = self._table(declared, lent, lineage)
        if table is None and parent is None:
            return None
        members = dict(parent.members) if parent else {}
        for source in [*reversed(lent), declared]:
            members.update(source.members)
        model = Model(
            declared=declared, registry=registry, metadata=base.metadata if base else registry, members=members,
            table=table or parent.table if parent else table, parent=parent, single=table is None,  # type: ignore[arg-type]
        )
        self._fill(model, lineage, [declared, *lent])
        self.schema.add(model)
        return model

    def _table(self, declared: Declared, lent: list[Declared], lineage: Lineage) -> Table | None:
        metadata = lineage.base.metadata if lineage.base else next(iter(lineage.strangers), "")
        scope, line = declared.scope, declared.node.lineno
        given = declared.special.get("__table__")
        if given is not None:
            return self._given_table(given, metadata, scope, line)
        sources = [d for d in [declared, *lent] if "__tablename__" in d.special]
        if sources:
            name = self._table_name(sources[0].special["__tablename__"], declared.name, sources[0].scope)
        elif lineage.base and lineage.base.names_tables and declared.members:
            name = snake(declared.name)
        else:
            return None
        if name is None:
            self.schema.unnamed_tables = True
            return Table(key=UNREAD, metadata=metadata, scope=scope, line=line, closed=False)
        base_class = next((d for d in lineage.above if "metadata" in d.special), None)
        fallback = default_schema(lineage.base, base_class, self.library) if lineage.base else None
        table = Table(key=name, metadata=metadata, scope=scope, line=line)
        self._add_args(table, [declared, *lent], fallback)
        self.schema.tables.append(table)
        return table

    def _given_table(self, given: ast.expr, metadata: str, scope: Scope, line: int) -> Table:
        if isinstance(given, ast.Call):
            table = read_table(given, metadata, scope, self.library, line=line, items=given.args[2:])
            if table:
                self.schema.tables.append(table)
                return table
        dotted = self.library.dotted(given, scope)
        found = next((t for t in self.schema.tables if t.name and t.name == dotted), None)
        self.schema.unnamed_tables |= found is None
        return found or Table(key=UNREAD, metadata=metadata, scope=scope, line=line, closed=False)

    def _add_args(self, table: Table, sources: list[Declared], fallback: str | None) -> None:
        given = next((d for d in sources if "__table_args__" in d.special), None)
        schema = fallback
        if given is not None:
            value = given.special["__table_args__"]
            items = value.elts if isinstance(value, ast.Tuple) else [value]
            options = items[-1] if items and isinstance(items[-1], ast.Dict) else None
            add_items(table, [item for item in items if item is not options], given.scope, self.library)
            for key, option in zip(options.keys, options.values, strict=True) if options else ():
                if isinstance(key, ast.Constant) and key.value == "schema":
                    schema = self.library.text(option, given.scope)
                    table.closed &= schema is not None
                table.extends |= isinstance(key, ast.Constant) and key.value == "extend_existing"
        table.key = qualified(table.key, schema)

    def _fill(self, model: Model, lineage: Lineage, sources: list[Declared]) -> None:
        own = {name: member for source in reversed(sources) for name, member in source.members.items()}
        for member in own.values():
            if member.kind is Kind.COLUMN:
                add_column(model.table, member, self.library)
        if lineage.open or any(member.kind is Kind.OPAQUE for member in model.members.values()):
            model.closed = model.table.closed = False
        if model.parent:
            model.closed &= model.parent.closed

    def _table_name(self, node: ast.expr, class_name: str, scope: Scope) -> str | None:
        """A constant, or what `cls.__name__` and a few string methods make of the class's name."""
        if isinstance(node, ast.Attribute) and node.attr == "__name__":
            return class_name
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = [self._table_name(side, class_name, scope) for side in (node.left, node.right)]
            return f"{sides[0]}{sides[1]}" if None not in sides else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("lower", "upper"):
            inner = self._table_name(node.func.value, class_name, scope)
            return inner and str(getattr(inner, node.func.attr)())
        return self.library.text(node, scope)

    def _metadata(self, dotted: str) -> str:
        """`Base.metadata` stands for what the base was given."""
        owner, _, name = dotted.rpartition(".")
        if name in ("metadata", "registry"):
            lineages = [self.lineages[owner]] if owner in self.lineages else []
            known = [line.base for line in lineages if line.base] + [b for b in self._bases() if b.registry == owner]
            return known[0].metadata if known else owner
        return dotted

    def _bases(self) -> list[Base]:
        return [lineage.base for lineage in self.lineages.values() if lineage.base]
