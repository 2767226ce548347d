"""Foreign keys: whether each points at a column that exists, and which of them join two classes."""

from dataclasses import dataclass, field

from pipeline.doctor.findings import Code
from pipeline.doctor.links import Link, State
from pipeline.doctor.schema import Foreign, Model, Schema, Table, closest
from pipeline.doctor.words import NO_TABLES, Report, meant


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """One foreign key that joins two tables; `outward` when it stands on the first one's side."""

    table: Table
    foreign: Foreign
    outward: bool


@dataclass(kw_only=True)
class Keys:
    """All foreign keys, and those that lead nowhere."""

    broken: list[tuple[Table, Foreign, str]] = field(default_factory=list)
    """With the table that was probably meant, or ""."""

    def may_join(self, ours: list[Table], theirs: list[Table]) -> bool:
        """Whether a foreign key that leads nowhere was probably meant to join these tables."""
        for table, _, meant_key in self.broken:
            for here, there in ((ours, theirs), (theirs, ours)):
                if table in here and (not meant_key or any(t.key == meant_key for t in there)):
                    return True
        return False


def check_keys(schema: Schema, links: list[Link], report: Report) -> Keys:
    """Report foreign keys to tables and columns that nobody defines."""
    keys = Keys()
    missing = {link.name.split(".")[-1].lower() for link in links if link.state is State.MISSING}
    for table in schema.tables:
        for foreign in table.foreigns:
            if foreign.target is not None and not _same_metadata(schema, table, foreign.target):
                _check_table(schema, table, foreign, keys, report, missing=missing)
            elif foreign.target is not None:
                _check_columns(schema, table, foreign, keys, report)
    return keys


def _same_metadata(schema: Schema, table: Table, key: str) -> Table | None:
    return schema.table(key, table.metadata)


def _check_table(schema: Schema, table: Table, foreign: Foreign, keys: Keys, report: Report, *,
                 missing: set[str]) -> None:
    assert foreign.target is not None
    if schema.table(foreign.target) or schema.unnamed_tables or foreign.target in schema.claimed:
        keys.broken.append((table, foreign, foreign.target))  # another base's table, or one that cannot be read
        return
    near = closest(foreign.target, [t.key for t in schema.tables if t.metadata == table.metadata])
    keys.broken.append((table, foreign, near))
    bare = foreign.target.split(".")[-1].lower().replace("_", "")
    if closest(bare, list(missing)) or closest(bare.rstrip("s"), list(missing)):
        return  # the class is missing, and that is on the list already
    if not near and not report.first("no table", foreign.target):
        return
    column = ".".join(foreign.target_columns)
    _tell(schema, table, foreign, report,
          f"The foreign key points at the table {foreign.target!r}, which no class or Table here declares. {NO_TABLES}",
          f"{meant(near)}Write ForeignKey(\"{near or 'TABLE'}.{column or 'id'}\"), or declare the table {foreign.target!r}.")


def _check_columns(schema: Schema, table: Table, foreign: Foreign, keys: Keys, report: Report) -> None:
    target = _same_metadata(schema, table, foreign.target or "")
    if target is None or not target.closed:
        return
    absent = [column for column in foreign.target_columns if column not in target.columns]
    if not absent:
        return
    keys.broken.append((table, foreign, target.key))
    near = closest(absent[0], list(target.columns))
    _tell(schema, table, foreign, report,
          f"The foreign key points at {target.key}.{absent[0]}, and the table {target.key!r} has no such column. {NO_TABLES}",
          f"{meant(near)}Write ForeignKey(\"{target.key}.{near or next(iter(target.columns), 'id')}\").")


def _tell(schema: Schema, table: Table, foreign: Foreign, report: Report, message: str, suggestion: str) -> None:
    owner = schema.owner(table)
    report.add(Code.MISSING_TABLE_REFERENCE, message, suggestion, file=foreign.scope.source.shown, line=foreign.line,
               model=owner.name if owner else table.key, attribute=foreign.attribute or "__table_args__")


def paths(model: Model, target: Model) -> list[Path]:
    """The foreign keys that join two classes, as the ORM looks for them: the class's own table first, then its parents'."""
    for ours in ([model.table], model.tables):
        if found := joins(ours, target.tables):
            return found
    return []


def joins(ours: list[Table], theirs: list[Table]) -> list[Path]:
    """The foreign keys between two sets of tables."""
    found = [Path(table=t, foreign=f, outward=True) for t in ours for f in t.foreigns if _points(f, t, theirs)]
    if {id(t) for t in ours} != {id(t) for t in theirs}:
        found += [Path(table=t, foreign=f, outward=False) for t in theirs for f in t.foreigns if _points(f, t, ours)]
    return found


def _points(foreign: Foreign, table: Table, targets: list[Table]) -> bool:
    return any(foreign.target == t.key and t.metadata == table.metadata for t in targets)


def known_whole(*models: Model) -> bool:
    """Whether every table behind the classes is known to its last key."""
    return all(model.closed and all(table.closed for table in model.tables) for model in models)
