"""`python -m pipeline settings`: every setting with its effective value and where that comes from; secrets are not shown."""

import argparse
import ast
import inspect
import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from rich.console import Console
from rich.table import Table

from pipeline.config import Settings, read_settings

VARIABLE = re.compile(r"`((?:VIVIDLY|GOOGLE|DATABASE)_[A-Z_]+)`")
HIDDEN = "(set, not shown)"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A field of `pipeline.config.Settings`: the variables that set it, what its docstring says, whether it is a secret."""

    name: str
    variables: tuple[str, ...]
    said: str
    secret: bool


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `settings`."""
    parser = verbs.add_parser("settings", help="every setting, its effective value and where that comes from")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print one object")
    shown.add_argument("--table", action="store_true", help="the table of the README: what there is to set")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print them. Raises `OperatorError` over a value that cannot be."""
    if args.table:
        print(table())
        return 0
    rows = list(effective(read_settings(), os.environ))
    if args.json:
        print(json.dumps({name: {"value": value, "origin": origin} for name, value, origin in rows}, indent=2))
        return 0
    shown = Table("setting", "value", "from", box=None)
    for row in rows:
        shown.add_row(*row)
    Console(width=None if os.isatty(1) else 200).print(shown)
    return 0


def known() -> list[Setting]:
    """Every setting, in the order of the class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0]
    assert isinstance(tree, ast.ClassDef)
    secrets = {field.name for field in fields(Settings) if not field.repr}
    found = []
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = _docstring(following)
            name, variables = statement.target.id, tuple(dict.fromkeys(VARIABLE.findall(said)))
            found.append(Setting(name=name, variables=variables, said=said, secret=name in secrets))
    return found


def effective(settings: Settings, env: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Name, value and origin of each setting. A secret is never shown; nor is the password of a database address."""
    for one in known():
        given = [name for name in one.variables if env.get(name)]
        value = getattr(settings, one.name)
        yield one.name, _shown(value, secret=one.secret), ", ".join(given) or "default"


def table() -> str:
    """The table of the README."""
    lines = ["| variable | meaning |", "|---|---|"]
    for one in known():
        names = ", ".join(f"`{name}`" for name in one.variables)
        if names:
            lines.append(f"| {names} | {_plain(one.said)}{' (secret)' if one.secret else ''} |")
    return "\n".join(lines)


def _docstring(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
        return " ".join(statement.value.value.split())
    return ""


def _shown(value: object, *, secret: bool) -> str:
    if secret:
        return HIDDEN if value else "(not set)"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "–"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", str(value)) if value not in (None, "") else "–"


def _plain(said: str) -> str:
    """What it means, without the names of the variables, which stand in the first column."""
    text = re.sub(r"[:,]? ?(?:, )?`(?:VIVIDLY|GOOGLE|DATABASE)_[A-Z_]+`(?:, else)?", "", said)
    return re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", " ".join(text.split())).replace("|", "\\|")
