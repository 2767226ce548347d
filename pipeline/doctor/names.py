"""Names that must be unique: tables, attributes, enum types; and the one base that all models should share."""

from collections import Counter

from pipeline.doctor.findings import Code, Severity
from pipeline.doctor.links import Link, State
from pipeline.doctor.reading import Kind
from pipeline.doctor.schema import Base, Model, Schema, Table
from pipeline.doctor.words import STOPS, Report, listed

RESERVED = {"metadata": "MetaData of the tables", "registry": "registry of the classes"}


def check_tables(schema: Schema, report: Report) -> None:
    """Report a second class or Table for one table."""
    first: dict[tuple[str, str], Table] = {}
    for table in schema.tables:
        other = first.setdefault((table.metadata, table.key), table)
        if other is table or table.extends:
            continue
        owner, earlier = schema.owner(table), schema.owner(other)
        name = earlier.name if earlier else "a Table"
        report.add(Code.TWO_CLASSES_ONE_TABLE,
                   f"{owner.name if owner else 'A Table'} declares the table {table.key!r}, which {name} "
                   f"({other.scope.source.shown}:{other.line}) declares already. Importing both fails, and with it the program.",
                   "Keep one of the two, or give this one a __tablename__ of its own.",
                   file=table.scope.source.shown, line=table.line, model=owner.name if owner else table.key)


def check_attributes(schema: Schema, report: Report) -> None:
    """Report attributes with reserved names, and those that a class declares twice."""
    everything = [*schema.declared.values(), *(model.declared for model in schema.models)]
    for declared in {id(declared): declared for declared in everything}.values():
        shown = declared.scope.source.shown
        for member in declared.members.values():
            if member.name in RESERVED and member.kind in (Kind.COLUMN, Kind.RELATIONSHIP):
                report.add(Code.NAME_CLASH,
                           f"{declared.name}.{member.name} hides the {RESERVED[member.name]}, for which declarative classes "
                           f"keep this name.",
                           f"Rename the attribute; a column can keep its name in the table: "
                           f"{member.name}_ = mapped_column(\"{member.name}\", …).",
                           file=shown, line=member.line, model=declared.name, attribute=member.name)
        for member in declared.repeated:
            report.add(Code.NAME_CLASH,
                       f"{declared.name}.{member.name} is declared twice; Python keeps the last one, and what the first said "
                       f"is lost.", "Remove or rename one of the two.",
                       file=shown, line=member.line, model=declared.name, attribute=member.name)


def check_bases(schema: Schema, links: list[Link], report: Report) -> None:
    """Report each base whose models refer to models of another: neither relationships nor foreign keys see across."""
    counts = Counter(model.registry for model in schema.models)
    crossings = [(link.model.registry, other.registry, link.label) for link in links
                 if link.state is State.OTHER_BASE for other in link.choices]
    crossings += _crossing_keys(schema)
    main = max(schema.bases, key=lambda registry: counts[registry], default="")
    for registry, base in schema.bases.items():
        reasons = sorted({label for a, b, label in crossings if registry in (a, b) and (main in (a, b) or registry == a)})
        if registry == main or not reasons:
            continue
        _tell_base(base, schema.bases[main], reasons, report)


def _crossing_keys(schema: Schema) -> list[tuple[str, str, str]]:
    of = {base.metadata: base.registry for base in schema.bases.values()}
    found = []
    for table in schema.tables:
        for foreign in table.foreigns:
            if foreign.target is None or foreign.reference or schema.table(foreign.target, table.metadata):
                continue
            there = schema.table(foreign.target)
            if there and there.metadata in of and table.metadata in of:
                found.append((of[table.metadata], of[there.metadata], f"{table.key}.{foreign.columns[0]}"))
    return found


def _tell_base(base: Base, main: Base, reasons: list[str], report: Report) -> None:
    report.add(Code.TWO_BASES,
               f"{base.name} is a second declarative base, and {listed(reasons)} cannot see the classes and tables on the "
               f"other side. {STOPS}",
               f"Derive these models from {main.name} ({main.scope.source.shown}:{main.line}), or give both bases one registry.",
               file=base.scope.source.shown, line=base.line, model=base.name)


def check_imported(schema: Schema, links: list[Link], report: Report) -> None:
    """Report models that importing the package leaves out, where they are named; a model that nobody names is a warning."""
    for model in schema.models:
        if model.imported or not model.declared.scope.source.inside:
            continue
        what = f"{model.name} ({model.shown}:{model.line}) is never imported when the package is"
        advice = f"Add `from {model.declared.scope.source.module} import {model.name}` to the package's __init__.py."
        if link := next((link for link in links if link.target is model and link.model.imported), None):
            report.at(link, Code.CLASS_NOT_IMPORTED,
                      f"{link.label} is a relationship to {model.name}, but {what}. {STOPS}", advice)
        elif key := _key_to(model, schema):
            report.add(Code.CLASS_NOT_IMPORTED, f"The foreign key needs the table {model.table.key!r}, but {what}.",
                       advice, file=key[0].shown, line=key[1], model=key[0].name, attribute=key[2])
        else:
            report.add(Code.CLASS_NOT_IMPORTED, f"{what}: its table is missing from the metadata, from migrations and from "
                       f"every test that creates tables.", advice, file=model.shown, line=model.line, model=model.name,
                       severity=Severity.WARNING)


def _key_to(model: Model, schema: Schema) -> tuple[Model, int, str] | None:
    for other in schema.models:
        if other.imported:
            for foreign in other.table.foreigns:
                if foreign.target == model.table.key:
                    return other, foreign.line, foreign.attribute
    return None
