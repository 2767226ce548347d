"""One look at a tree of models: read it, check it, run it in a child where that is allowed, and put it all together."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.doctor.build import build
from pipeline.doctor.collect import collect
from pipeline.doctor.entries import check_entries
from pipeline.doctor.enums import check_enums
from pipeline.doctor.findings import Attribute, CannotLook, Code, Edge, Examination, Finding, Severity
from pipeline.doctor.findings import Model as Seen
from pipeline.doctor.imported import mark_imported
from pipeline.doctor.keys import Keys, check_keys
from pipeline.doctor.library import Library, read_library
from pipeline.doctor.links import Link, State, read_links
from pipeline.doctor.names import check_attributes, check_bases, check_imported, check_tables
from pipeline.doctor.places import locate_column
from pipeline.doctor.reading import Kind
from pipeline.doctor.relations import check_joins, check_targets
from pipeline.doctor.reverse import Sides, check_reverse
from pipeline.doctor.running import News, Order, Outcome, Runner
from pipeline.doctor.schema import Model, Schema
from pipeline.doctor.verdict import Verdict
from pipeline.doctor.words import Report

CLAIMS = re.compile(r"""^\s*class\s+(\w+)|__tablename__\s*=\s*["'](\w+)["']|\bTable\(\s*["'](\w+)["']""", re.MULTILINE)
"""What a file that cannot be parsed would probably declare."""
JOIN_CODES = (Code.MISSING_FOREIGN_KEY, Code.BAD_FOREIGN_KEYS)


def examine_models(target: str | Path, *, run: bool = True, seconds: float = 20.0, database: str | None = None) -> Examination:
    """Every fault of the models in a package, a folder or a file, and how they differ from the database when one is named.

    With `run` the files are also imported, in a child process that may be silent for `seconds` before it counts as hung;
    without it they are only read, and nothing is compared. Raises `CannotLook` when there is nothing that can be examined.
    """
    runner = Runner(seconds=seconds) if run else None
    try:
        return _examine(target, runner, database)
    except RecursionError as fault:
        raise CannotLook(f"{target} holds classes that are derived too deeply from each other to be examined.") from fault
    finally:
        if runner:
            runner.stop()


def _examine(target: str | Path, runner: Runner | None, database: str | None) -> Examination:
    report = Report()
    with _garbage_kept():
        schema, reached = _read(target)
        if runner:
            runner.begin(_order(schema.library, reached, database))
        for source in schema.library.collection.sources.values():
            if source.fault:
                report.add(Code.IMPORT_FAILS, f"The file cannot be read: {source.fault}. Its models are missing from then on.",
                           "Mend this line; the other files were examined without it.", file=source.shown,
                           line=source.fault_line)
        links = read_links(schema)
        keys, sides = _check(schema, links, report)
    outcome = None
    if runner:
        outcome = runner.finish()
        Verdict(schema=schema, links=links, sides=sides, keys=keys, report=report, outcome=outcome).judge()
    return _put_together(schema, links, sides, report, outcome)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """No search for garbage while syntax trees grow: there is none in them, and looking takes two thirds of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(target: str | Path) -> tuple[Schema, set[str]]:
    """What the source declares, and the modules to import. Raises `CannotLook` when it declares nothing."""
    library = read_library(collect(target))
    schema = build(library)
    schema.claimed = _claims(library)
    reached = mark_imported(schema) | {base.scope.source.module for base in schema.bases.values()}
    if not (schema.models or schema.tables or schema.bases or _faulty(library)):
        raise CannotLook(f"{target} declares no SQLAlchemy models: name the package or folder that does.")
    return schema, reached


def _check(schema: Schema, links: list[Link], report: Report) -> tuple[Keys, Sides]:
    """The checks of the source. Causes come before what may follow from them."""
    check_imported(schema, links, report)
    check_entries(schema, links, report)
    check_bases(schema, links, report)
    check_tables(schema, report)
    check_attributes(schema, report)
    check_targets(schema, links, report)
    keys = check_keys(schema, links, report)
    check_joins(schema, links, keys, report)
    sides = check_reverse(schema, links, report)
    check_enums(schema, report)
    return keys, sides


def _claims(library: Library) -> set[str]:
    return {name for source in library.collection.sources.values() if source.fault
            for groups in CLAIMS.findall(source.text) for name in groups if name}


def _faulty(library: Library) -> bool:
    return any(source.fault for source in library.collection.sources.values())


def _order(library: Library, reached: set[str], database: str | None) -> Order:
    """Import what declares something, and every broken file too: Python may say more about it than the parser."""
    inside = library.collection.sources
    chosen = sorted(name for name in reached if name in inside)
    top = library.collection.root / library.collection.top if library.collection.top else library.collection.root
    guarded = {entry.module for scope in library.scopes.values() for entry in scope.imports if entry.guarded}
    return Order(modules=[(name, str(inside[name].file)) for name in chosen], root=library.collection.root, watch=top,
                 guarded=sorted(guarded), database=database)


def _put_together(schema: Schema, links: list[Link], sides: Sides, report: Report, outcome: Outcome | None) -> Examination:
    seen = [model for model in schema.models if model.declared.scope.source.inside]
    told = (f for f in report.findings if f.code is Code.IMPORT_FAILS or _is_inside(f.file, schema))
    findings = sorted(told, key=lambda finding: (finding.file, finding.line, finding.code))
    examination = Examination(
        findings=tuple(findings), models=tuple(_seen(model, report, outcome) for model in seen),
        edges=tuple(_edge(link, sides, report) for link in links if link.model in seen and (link.target or link.name)),
        attributes=tuple(attribute for model in seen for attribute in _attributes(model)),
    )
    live = dict.fromkeys(_placed(news, examination) for news in outcome.live) if outcome else {}
    return examination.model_copy(update={"findings": (*findings, *live)})


def _placed(news: News, examination: Examination) -> Finding:
    """A difference from the database, at the line that declares the table or column."""
    finding = Finding.model_validate(news)
    at = locate_column(examination, finding.model, finding.attribute or None)
    place = {"model": at.model, "attribute": at.attribute, "file": at.file, "line": at.line} if at else {"attribute": ""}
    return finding.model_copy(update=place)


def _is_inside(file: str, schema: Schema) -> bool:
    """Whether the finding is about what was asked for; the models of other files are somebody else's question."""
    lending = {s.source.shown for s in schema.library.scopes.values() if not s.source.inside}
    return file not in lending


def _seen(model: Model, report: Report, outcome: Outcome | None) -> Seen:
    ok = model.imported and not any(
        f.file == model.shown and f.model == model.name and f.severity is Severity.ERROR for f in report.findings
    )
    if outcome:
        file = str(model.declared.scope.source.file)
        told = [news["ok"] for news in outcome.mappers if news["file"] == file and news["model"] == model.name]
        ok &= all(told) if told else not any(news["file"] == file for news in (*outcome.failed, *outcome.died))
    return Seen(name=model.name, table=model.table.key, file=model.shown, line=model.line, ok=ok)


def _edge(link: Link, sides: Sides, report: Report) -> Edge:
    back = sides.back(link)
    broken = link.state in (State.MISSING, State.SEVERAL, State.OTHER_BASE) or report.marks(link) or bool(
        link.target and not link.target.imported or back and report.marks(back, *JOIN_CODES)
    )
    return Edge(model=link.model.name, attribute=link.member.name, target=link.target.name if link.target else link.name,
                broken=broken)


def _attributes(model: Model) -> Iterator[Attribute]:
    columns = {attribute: (table.key, name) for table in reversed(model.tables) for name, attribute in table.columns.items()}
    for member in model.members.values():
        if member.kind in (Kind.COLUMN, Kind.RELATIONSHIP):
            table, column = columns.get(member.name, ("", ""))
            yield Attribute(model=model.name, attribute=member.name, table=table, column=column,
                            file=member.scope.source.shown, line=member.line)
