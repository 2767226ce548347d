"""The shapes that the models declare, as `create_all` would make them in this database, and those that it has."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import CheckConstraint, Constraint, Dialect, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.schema import CreateIndex

from pipeline.doctor.live_database import Live
from pipeline.doctor.live_indexes import index_shape
from pipeline.doctor.live_shapes import CHECK, FOREIGN_KEY, PRIMARY_KEY, UNIQUE, Kind, Shape
from pipeline.doctor.live_text import tokens

RULES = (("on delete", "ondelete"), ("on update", "onupdate"))


def wanted_shapes(table: Table, live: Live) -> Iterator[Shape]:
    """Everything the table declares beside its columns and CHECKs."""
    if columns := [column.name for column in table.primary_key]:
        yield _key(PRIMARY_KEY, "", columns)
    for constraint in made(table, live.dialect):
        if isinstance(constraint, ForeignKeyConstraint):
            yield _wanted_foreign_key(constraint, live.schema)
        elif isinstance(constraint, UniqueConstraint):
            yield _key(UNIQUE, name_of(constraint, live.dialect), [column.name for column in constraint.columns])
    for index in table.indexes:
        if CreateIndex(index)._should_execute(index, live.connection):  # type: ignore[no-untyped-call]  # its `ddl_if`
            definition = live.as_sent(str(CreateIndex(index).compile(dialect=live.dialect)))
            yield index_shape(name_of(index, live.dialect), definition, table.name, known=known(table, live), live=live)


def found_shapes(table: Table, live: Live) -> Iterator[Shape]:
    """The same from the database."""
    name = table.name
    if columns := live.primary[name]["constrained_columns"]:
        yield _key(PRIMARY_KEY, "", columns)
    for each in live.foreign[name]:
        pairs = list(zip(each["constrained_columns"], each["referred_columns"], strict=True))
        schema = each["referred_schema"] if each["referred_schema"] != live.schema else None
        target = f"{schema}.{each['referred_table']}" if schema else each["referred_table"]
        yield _foreign_key(pairs, target, each.get("options") or {})
    for each in live.uniques[name]:
        yield _key(UNIQUE, each["name"] or "", each["column_names"])
    for index, definition in live.indexes.get(name, {}).items():
        yield index_shape(index, definition, name, known=known(table, live), live=live)


def wanted_checks(table: Table, live: Live) -> list[tuple[str, str]]:
    """Name and condition of every CHECK that the table declares."""
    return [
        (name_of(each, live.dialect), live.rendered(each.sqltext))
        for each in made(table, live.dialect) if isinstance(each, CheckConstraint)
    ]


def found_checks(table: Table, live: Live) -> list[tuple[str, str]]:
    """Name and condition of every CHECK that the database has."""
    return [(each["name"] or "", each["sqltext"]) for each in live.checks[table.name]]


def check_shape(name: str, sql: str, table: Table, live: Live) -> Shape:
    """The shape of a CHECK, in the words of the database."""
    spoken = set(tokens(sql))
    columns = tuple(column for column in known(table, live) if column in spoken)
    return Shape(kind=CHECK, name=name, columns=columns, traits=(("condition", live.canonical(table.name, sql)),))


def made(table: Table, dialect: Dialect) -> Iterator[Constraint]:
    """The constraints that `create_all` makes in this kind of database: an enum's own CHECK may not be among them."""
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # it is only asked what it would make
    return (each for each in table.constraints if each._should_create_for_compiler(compiler))


def known(table: Table, live: Live) -> Collection[str]:
    """The columns of either side."""
    return {**live.columns[table.name], **{column.name: None for column in table.columns}}.keys()


def name_of(named: Constraint | Index, dialect: Dialect) -> str:
    """The name under the naming convention, cut to what the database takes; empty for one without a name."""
    if named.name is None:
        return ""
    try:
        return dialect.identifier_preparer.format_constraint(named, _alembic_quote=False) or ""
    except InvalidRequestError:  # the convention asks for a name that the model does not give
        return ""


def _key(kind: Kind, name: str, columns: Sequence[str]) -> Shape:
    """The order of its columns says nothing about which rows are alike."""
    return Shape(kind=kind, name=name, columns=tuple(columns), traits=(("columns", ", ".join(sorted(columns))),))


def _wanted_foreign_key(constraint: ForeignKeyConstraint, schema: str | None) -> Shape:
    pairs = [(each.parent.name, each.target_fullname.rpartition(".")[2]) for each in constraint.elements]
    target = constraint.elements[0].target_fullname.rpartition(".")[0].removeprefix(f"{schema}.")
    options = {option: getattr(constraint, option) for option in ("ondelete", "onupdate", "deferrable", "initially")}
    return _foreign_key(pairs, target, options)


def _foreign_key(pairs: Sequence[tuple[str, str]], target: str, options: dict[str, object]) -> Shape:
    ordered = sorted(pairs)
    return Shape(
        kind=FOREIGN_KEY, columns=tuple(column for column, _ in ordered),
        traits=(
            ("columns", ", ".join(column for column, _ in ordered)),
            ("target", f"{target}({', '.join(referred for _, referred in ordered)})"),
            *((trait, _rule(options.get(option))) for trait, option in RULES), ("checked", _moment(options)),
        ),
    )


def _rule(rule: object) -> str:
    """Doing nothing is what every database does unasked."""
    return "" if rule is None or str(rule).upper() == "NO ACTION" else str(rule).upper()


def _moment(options: dict[str, object]) -> str:
    if not options.get("deferrable"):
        return ""
    return f"deferrable, initially {str(options.get('initially') or 'immediate').lower()}"
