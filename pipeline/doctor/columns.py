"""`foreign_keys=` and `remote_side=` -> the columns they name, or what is wrong with them."""

import ast
from dataclasses import dataclass, field

from pipeline.doctor.annotations import parsed
from pipeline.doctor.links import Link
from pipeline.doctor.reading import Kind
from pipeline.doctor.schema import Model, Schema, Table, closest
from pipeline.doctor.words import meant


@dataclass(kw_only=True)
class Named:
    """The columns that an argument names; with `unknown`, some of it can be told only by running the code."""

    columns: list[tuple[Table, str]] = field(default_factory=list)
    wrong: str = ""
    advice: str = ""
    unknown: bool = False


def named_columns(link: Link, given: ast.expr, schema: Schema, *, argument: str) -> Named:
    """Read the argument, in any of the forms that SQLAlchemy takes."""
    named = Named()
    node: ast.expr | None = given.body if isinstance(given, ast.Lambda) else given
    text = schema.library.text(node, link.member.scope)
    if text is not None:
        node = parsed(text)
        if node is None:
            named.wrong = f"{argument}={text!r} is no expression"
            named.advice = f"Write {argument}=\"{link.model.name}.COLUMN\"."
            return named
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    for item in items:
        if not named.wrong:
            _read_item(item, link, schema, named, argument=argument, in_string=text is not None)
    return named


def _read_item(item: ast.expr | None, link: Link, schema: Schema, named: Named, *, argument: str, in_string: bool) -> None:
    if isinstance(item, ast.Constant):
        _plain_string(item, link, named, argument=argument)
    elif isinstance(item, ast.Name):
        _bare_name(item.id, link, named, argument=argument, in_string=in_string)
    elif isinstance(item, ast.Attribute):
        _attribute(item, link, schema, named, argument=argument, in_string=in_string)
    else:
        named.unknown = True


def _plain_string(item: ast.Constant, link: Link, named: Named, *, argument: str) -> None:
    """`foreign_keys=["user_id"]`: SQLAlchemy takes a string that holds a list, but no list that holds strings."""
    column = str(item.value).split(".")[-1]
    named.wrong = f"{argument} is a list of plain strings ({item.value!r}), which SQLAlchemy does not look up"
    owner = str(item.value).split(".")[0] if "." in str(item.value) else _home(column, link)
    named.advice = f"Write {argument}=\"[{owner}.{column}]\"."


def _home(column: str, link: Link) -> str:
    """The class, of the two, that has a column of this name."""
    if link.target and column in link.target.members and column not in link.model.members:
        return link.target.name
    return link.model.name


def _bare_name(name: str, link: Link, named: Named, *, argument: str, in_string: bool) -> None:
    if not in_string:
        _from_class(link.model, name, named, argument=argument, known=link.member.scope.knows(name))
        return
    near = next((n for m in _both(link) if (n := name if name in m.members else closest(name, _columns(m)))), "")
    owner = next((m.name for m in _both(link) if near and near in m.members), link.model.name)
    named.wrong = f"{argument}={name!r} is a string without a class, so the name cannot be looked up"
    named.advice = f"Write {argument}=\"{owner}.{near or 'COLUMN'}\"."


def _both(link: Link) -> list[Model]:
    return [link.model, *([link.target] if link.target else [])]


def _attribute(item: ast.Attribute, link: Link, schema: Schema, named: Named, *, argument: str, in_string: bool) -> None:
    owner, attribute = item.value, item.attr
    if isinstance(owner, ast.Attribute) and owner.attr == "c":
        _from_table(ast.unparse(owner.value), attribute, link, schema, named, argument=argument)
    elif isinstance(owner, ast.Name) and owner.id in ("cls", "self") and not in_string:
        _from_class(link.model, attribute, named, argument=argument, known=False)
    elif in_string:
        _from_name(ast.unparse(owner), attribute, link, schema, named, argument=argument)
    elif model := schema.of_class(schema.library.dotted(owner, link.member.scope)):
        _from_class(model, attribute, named, argument=argument, known=False)
    else:
        named.unknown = True


def _from_name(name: str, attribute: str, link: Link, schema: Schema, named: Named, *, argument: str) -> None:
    found = schema.named(name, link.model.registry)
    if len(found) == 1:
        _from_class(found[0], attribute, named, argument=argument, known=False)
    elif found or name in schema.claimed or any(d.name == name for d in schema.declared.values()):
        named.unknown = True
    else:
        near = closest(name, [model.name for model in schema.models if model.registry == link.model.registry])
        named.wrong = f"{argument} names the class {name}, which does not exist"
        named.advice = f"{meant(near)}Write {argument}=\"{near or link.model.name}.{attribute}\"."


def _from_table(name: str, column: str, link: Link, schema: Schema, named: Named, *, argument: str) -> None:
    table = schema.table(name, link.model.metadata)
    if table is None or column not in table.columns and not table.closed:
        named.unknown = True
    elif column in table.columns:
        named.columns.append((table, column))
    else:
        near = closest(column, list(table.columns))
        named.wrong = f"{argument} names {name}.c.{column}, and the table has no such column"
        named.advice = f"{meant(near)}Write {argument}=\"{name}.c.{near or 'COLUMN'}\"."


def _from_class(model: Model, attribute: str, named: Named, *, argument: str, known: bool) -> None:
    """A column by its attribute; `known` when the name may also mean something outside of the class."""
    member = model.members.get(attribute)
    if member is not None and member.kind is Kind.COLUMN and (found := model.column_of(attribute)):
        named.columns.append(found)
    elif member is not None or known or not model.closed:
        named.unknown = True
    else:
        near = closest(attribute, _columns(model))
        named.wrong = f"{argument} names {model.name}.{attribute}, and {model.name} has no such column"
        named.advice = f"{meant(near)}Write {argument}=\"{model.name}.{near or 'COLUMN'}\"."


def _columns(model: Model) -> list[str]:
    return [member.name for member in model.members.values() if member.kind is Kind.COLUMN]
