"""What a template may do: show variables, choose between texts, go through a list. Nothing that can run on without end.

The sandbox keeps a template from reaching anything; what it does not bound is work and memory, and that is refused here:
a loop may only go through a variable, two deep, and there is no recursion, no call and no arithmetic that multiplies.
"""

from collections.abc import Iterator, Sequence

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from pipeline.prompts.rendering import SANDBOX

ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Filter, nodes.Concat, nodes.Add,
    nodes.Sub,
)
FILTERS = ("capitalize", "first", "join", "last", "length", "lower", "title", "trim", "upper")
DEEPEST_LOOP = 2
Fault = tuple[str, str]


def template_faults(source: str, declared: Sequence[str]) -> Iterator[Fault]:
    """What the template may not do, each with its line."""
    try:
        tree = SANDBOX.parse(source)
    except TemplateSyntaxError as fault:
        yield f"user:{fault.lineno}", f"is no template: {(fault.message or 'it cannot be read').rstrip('.')}"
        return
    yield from _walk(tree, frozenset(declared), loops=0)
    for name in sorted(find_undeclared_variables(tree) - set(declared)):
        yield f"user:{_line_of(tree, name)}", f"uses the variable {name!r}, which is not declared"


def used_variables(source: str) -> set[str]:
    """The names that a template without faults takes from outside."""
    return find_undeclared_variables(SANDBOX.parse(source))


def _walk(node: nodes.Node, declared: frozenset[str], *, loops: int) -> Iterator[Fault]:
    if not isinstance(node, ALLOWED):
        yield _at(node), f"has {_word(node)}, which a prompt may not use"
        return
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield _at(node), f"uses the filter {node.name!r}: there are {', '.join(FILTERS)}"
    if isinstance(node, nodes.For):
        yield from _loop(node, declared, loops)
        loops += 1
    for child in node.iter_child_nodes():
        yield from _walk(child, declared, loops=loops)


def _loop(node: nodes.For, declared: frozenset[str], loops: int) -> Iterator[Fault]:
    if node.recursive:
        yield _at(node), "has a loop that calls itself"
    if not (isinstance(node.iter, nodes.Name) and node.iter.name in declared):
        yield _at(node), "loops over something else than a declared variable"
    if loops >= DEEPEST_LOOP:
        yield _at(node), f"loops more than {DEEPEST_LOOP} deep"


def _line_of(tree: nodes.Template, name: str) -> int:
    return min((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), default=1)


def _at(node: nodes.Node) -> str:
    return f"user:{node.lineno}"


def _word(node: nodes.Node) -> str:
    words = {"Call": "a call", "Mul": "a multiplication", "Pow": "a power", "Macro": "a macro", "Include": "an include",
             "Import": "an import", "FromImport": "an import", "Extends": "an extends", "Assign": "an assignment",
             "Getitem": "an index"}
    return words.get(type(node).__name__, f"a {type(node).__name__}")
