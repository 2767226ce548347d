"""`Mapped[list["School"]]` -> `School`: the class that an annotation speaks of, behind its containers."""

import ast

from pipeline.doctor.reading import CONTAINERS
from pipeline.doctor.scope import last

DEPTH = 10


def inner_class(annotation: ast.expr | None) -> ast.expr | None:
    """The name or attribute inside `Mapped[…]`; None when there is none to be read."""
    node = _unquoted(annotation)
    if not isinstance(node, ast.Subscript) or last(node.value) not in CONTAINERS:
        return None
    node = node.slice
    for _ in range(DEPTH):
        node = _unquoted(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            node = node.right if _is_none(node.left) else node.left
        elif isinstance(node, ast.Subscript):
            node = _element(node)
        else:
            return None
    return None


def _element(node: ast.Subscript) -> ast.expr:
    """The element type of a container; the value type of a mapping; the class of `Optional` and `Annotated`."""
    if not isinstance(node.slice, ast.Tuple):
        return node.slice
    parts = [part for part in node.slice.elts if not _is_none(part)] or node.slice.elts
    return parts[0] if last(node.value) in ("Union", "Annotated", "Optional") else parts[-1]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _unquoted(node: ast.expr | None) -> ast.expr | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return parsed(node.value)
    return node


def parsed(text: str) -> ast.expr | None:
    """The expression that a string holds; None when it holds none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
