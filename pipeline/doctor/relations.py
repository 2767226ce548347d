"""Relationships, one at a time: does the class exist, and do foreign keys join the two in exactly one way?"""

import ast

from pipeline.doctor.columns import Named, named_columns
from pipeline.doctor.findings import Code
from pipeline.doctor.keys import Keys, Path, joins, known_whole, paths
from pipeline.doctor.links import Link, State
from pipeline.doctor.schema import Schema, Table, closest
from pipeline.doctor.words import STOPS, Report, listed, meant


def check_targets(schema: Schema, links: list[Link], report: Report) -> None:
    """Report relationships to classes that do not exist; a class that nobody wrote is told once, a typo wherever it is."""
    for link in links:
        if link.state is State.SEVERAL and report.first("several", link.model.registry, link.name):
            _several(link, report)
        if link.state is not State.MISSING:
            continue
        near = closest(link.name, sorted({model.name for model in schema.models if model.registry == link.model.registry}))
        if not near and not report.first("missing", link.model.registry, link.name):
            continue
        others = [o.place for o in links if o.state is State.MISSING and o.name == link.name and o.place != link.place]
        also = f" It is also named at {listed(others)}." if others and not near else ""
        report.at(link, Code.MISSING_CLASS,
                  f"{link.label} is a relationship to {link.name}, and no class of that name exists.{also} {STOPS}",
                  f"{meant(near)}Write relationship(\"{near}\")." if near else
                  f"Write the class {link.name}, or remove {link.label} until it exists.")


def _several(link: Link, report: Report) -> None:
    places = listed(f"{model.declared.dotted} ({model.shown}:{model.line})" for model in link.choices)
    report.at(link, Code.NAME_CLASH,
              f"{link.label} is a relationship to {link.name!r}, and two classes have that name: {places}. {STOPS}",
              f"Write the full name, relationship(\"{link.choices[0].declared.dotted}\"), or rename one class.")


def check_joins(schema: Schema, links: list[Link], keys: Keys, report: Report) -> None:
    """Report relationships whose tables no foreign key joins, or several do, or whose `foreign_keys` are wrong."""
    wrong = [link for link in links if link.target and _check_foreign_keys(schema, link, report)]
    pairs = {_pair(link) for link in wrong}
    for link in links:
        if link.target is None or link in wrong or link.member.argument("primaryjoin") is not None:
            continue
        if link.member.argument("secondary") is not None:
            _check_secondary(schema, link, keys, report)
        elif link.member.argument("foreign_keys") is None and known_whole(link.model, link.target):
            _check_join(link, keys, report, pairs=pairs)


def _pair(link: Link) -> frozenset[int]:
    assert link.target is not None
    return frozenset((id(link.model.table), id(link.target.table)))


def _check_join(link: Link, keys: Keys, report: Report, *, pairs: set[frozenset[int]]) -> None:
    assert link.target is not None
    found = _distinct(paths(link.model, link.target))
    if len(found) > 1:
        _ambiguous(link, found, report)
    if found or _pair(link) in pairs or keys.may_join(link.model.tables, link.target.tables):
        return
    pairs.add(_pair(link))
    ours, theirs = link.model.table.key, link.target.table.key
    report.at(link, Code.MISSING_FOREIGN_KEY,
              f"{link.label} joins {ours!r} and {theirs!r}, and no foreign key links these tables. {STOPS}",
              f"Give one of them a column with ForeignKey(\"{theirs}.{_key(link.target.table)}\") (on {link.model.name}) "
              f"or ForeignKey(\"{ours}.{_key(link.model.table)}\") (on {link.target.name}), or write a primaryjoin.")


def _key(table: Table) -> str:
    return "id" if "id" in table.columns else next(iter(table.columns), "id")


def _distinct(found: list[Path]) -> list[Path]:
    return list({(id(p.table), p.foreign.columns, p.foreign.target, p.foreign.target_columns): p for p in found}.values())


def _ambiguous(link: Link, found: list[Path], report: Report) -> None:
    columns = [f"{path.table.key}.{'+'.join(path.foreign.columns)}" for path in found]
    owner = link.model.name if found[0].outward else link.target.name if link.target else ""
    first = found[0].table.columns.get(found[0].foreign.columns[0], found[0].foreign.columns[0])
    report.at(link, Code.AMBIGUOUS_FOREIGN_KEYS,
              f"{link.label} can follow {len(found)} foreign keys: {listed(columns)}. {STOPS}",
              f"Say which one: foreign_keys=\"{owner}.{first}\".")


def _check_foreign_keys(schema: Schema, link: Link, report: Report) -> bool:
    """Check `foreign_keys` and `remote_side`; whether the former is wrong."""
    remote = link.member.argument("remote_side")
    if remote is not None and (named := named_columns(link, remote, schema, argument="remote_side")).wrong:
        report.at(link, Code.MAPPER_FAILS, f"{link.label}: {named.wrong}. {STOPS}", named.advice)
    given = link.member.argument("foreign_keys")
    if given is None:
        return False
    named = named_columns(link, given, schema, argument="foreign_keys")
    if not named.wrong and link.member.argument("primaryjoin") is None and link.member.argument("secondary") is None:
        _check_choice(link, named, report)
    if named.wrong:
        report.at(link, Code.BAD_FOREIGN_KEYS, f"{link.label}: {named.wrong}. {STOPS}", named.advice + _also_unlinked(link))
    return bool(named.wrong)


def _also_unlinked(link: Link) -> str:
    """Advice for a relationship that would still fail with the right columns, because none of them is a foreign key."""
    if link.target is None or not known_whole(link.model, link.target) or paths(link.model, link.target):
        return ""
    other = link.target.table
    return f" No foreign key links the two tables either: give the column ForeignKey(\"{other.key}.{_key(other)}\")."


def _check_choice(link: Link, named: Named, report: Report) -> None:
    """Whether the named columns choose exactly one foreign key between the two classes."""
    if named.unknown or not named.columns or link.target is None or not known_whole(link.model, link.target):
        return
    every = paths(link.model, link.target)
    chosen = _distinct([p for p in every if any((p.table, column) in named.columns for column in p.foreign.columns)])
    exact = [p for p in chosen if {(p.table, c) for c in p.foreign.columns} == set(named.columns)]
    if len(chosen) > 1 and len(exact) != 1:
        _ambiguous(link, chosen, report)
    if chosen:
        return
    table, column = named.columns[0]
    other = link.target.table if table in link.model.tables else link.model.table
    pointing = next((f for f in table.foreigns if column in f.columns), None)
    towards = f"points at {pointing.target!r}, not at {other.key!r}" if pointing else "has no ForeignKey"
    named.wrong = f"foreign_keys names {table.key}.{column}, which {towards}"
    named.advice = f"Name the column of {table.key!r} that has the foreign key to {other.key!r}."


def _check_secondary(schema: Schema, link: Link, keys: Keys, report: Report) -> None:
    assert link.target is not None
    table = _secondary(schema, link, report)
    if table is None or not table.closed or not known_whole(link.model, link.target):
        return
    if link.member.argument("secondaryjoin") is not None or link.member.argument("foreign_keys") is not None:
        return
    for model in (link.model, link.target):
        found = _distinct(joins([model.table], [table]) or joins(model.tables, [table]))
        if len(found) > 1:
            report.at(link, Code.AMBIGUOUS_FOREIGN_KEYS,
                      f"{link.label}: the table {table.key!r} between the two has {len(found)} foreign keys to "
                      f"{model.table.key!r}. {STOPS}", "Write primaryjoin and secondaryjoin, which say which is which.")
        elif not found and not keys.may_join(model.tables, [table]) and report.first("unlinked", id(table), id(model.table)):
            report.at(link, Code.MISSING_FOREIGN_KEY,
                      f"{link.label}: the table {table.key!r} between the two has no foreign key to {model.table.key!r}. {STOPS}",
                      f"Give {table.key!r} a column with ForeignKey(\"{model.table.key}.{_key(model.table)}\").")


def _secondary(schema: Schema, link: Link, report: Report) -> Table | None:
    """The table between the two; a name that no table has is reported."""
    given = link.member.argument("secondary")
    node = given.body if isinstance(given, ast.Lambda) else given
    assert node is not None
    text = schema.library.text(node, link.member.scope)
    if text is None:
        dotted = schema.library.dotted(node, link.member.scope)
        if model := schema.of_class(dotted.removesuffix(".__table__")):
            return model.table
        return next((table for table in schema.tables if table.name and table.name == dotted), None)
    table = schema.table(text, link.model.metadata)
    if table or schema.table(text) or schema.unnamed_tables or text in schema.claimed or schema.named(text):
        return table
    near = closest(text, [table.key for table in schema.tables])
    if not near and not report.first("no table", text):
        return None
    report.at(link, Code.MISSING_TABLE_REFERENCE,
              f"{link.label}: secondary={text!r}, and no table of that name is declared. {STOPS}",
              f"{meant(near)}Write secondary=\"{near or 'TABLE'}\", or declare the table {text!r}.")
    return None
