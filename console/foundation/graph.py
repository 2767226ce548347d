"""Models and relationships -> a drawing in DOT. What is broken has a class of its own, which the style sheet paints red,
and says so in words. Names are data: they stand in quotes, escaped.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.doctor import Edge, Examination

LARGEST = 80
"""With more boxes a picture takes seconds to lay out and nobody can read it."""
_BREAK, _DASHED, _DASHED_BOX = "\\n", ' style="dashed"', ' style="rounded,dashed"'
_LONGEST_NAME, _NAMES_PER_LINE, _LONE_PER_ROW = 40, 4, 6
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
_HEAD = (
    "digraph {",
    'graph [bgcolor="transparent" rankdir="LR" nodesep="0.3" ranksep="0.35" pad="0.1"]',
    'node [shape="box" style="rounded" fontname="Helvetica" fontsize="14" margin="0.14,0.08"]',
    'edge [fontname="Helvetica" fontsize="12" arrowsize="0.7"]',
)


class Line(NamedTuple):
    """What stands between two classes: the attributes that lead there, and those that lead back."""

    tail: str
    head: str
    there: tuple[str, ...]
    back: tuple[str, ...]
    broken: bool


def neighbours(edges: Iterable[Edge], name: str) -> set[str]:
    """The classes that the model points at, and those that point at it."""
    return {other for edge in edges for other in (edge.model, edge.target) if name in (edge.model, edge.target)}


def broken(examination: Examination) -> set[str]:
    """The models whose mapper does not configure, and those at either end of a broken edge."""
    ends = {name for edge in examination.edges if edge.broken for name in (edge.model, edge.target)}
    return {model.name for model in examination.models if not model.ok} | ends


def lines(edges: Iterable[Edge]) -> list[Line]:
    """One line per two classes; broken relationships between them stand on a line of their own."""
    between: Mapping[tuple[frozenset[str], bool], list[Edge]] = defaultdict(list)
    for edge in edges:
        between[frozenset((edge.model, edge.target)), edge.broken].append(edge)
    return [_line(found, is_broken) for (_, is_broken), found in between.items()]


def _line(edges: Sequence[Edge], is_broken: bool) -> Line:
    tail, head = edges[0].model, edges[0].target
    there = tuple(edge.attribute for edge in edges if edge.model == tail)
    back = tuple(edge.attribute for edge in edges if edge.model != tail)
    return Line(tail=tail, head=head, there=there, back=back, broken=is_broken)


def dot(examination: Examination, names: Collection[str], *, chosen: str = "") -> str:
    """The drawing of these classes and the relationships between them."""
    inside = [edge for edge in examination.edges if edge.model in names and edge.target in names]
    ids = {name: f'"{_escaped(name)}"' for name in sorted(names)}
    drawn = [_box(examination, name, ids[name], is_chosen=name == chosen) for name in ids]
    joined = {name for edge in inside for name in (edge.model, edge.target)}
    lone = [ids[name] for name in ids if name not in joined]
    return "\n".join([*_HEAD, *drawn, *(_arrow(line, ids) for line in lines(inside)), *_in_rows(lone), "}"])


def _box(examination: Examination, name: str, node: str, *, is_chosen: bool) -> str:
    models = [model for model in examination.models if model.name == name]
    state = "fine" if models and all(model.ok for model in models) else "broken"
    told = [_text(name), *(_text(model.table) for model in models if model.table)]
    if not models:
        told.append("is not among the models")
    elif state == "broken":
        told.append("broken")
    css = f"model {state}{' chosen' if is_chosen else ''}{'' if models else ' absent'}"
    return f'{node} [label="{_BREAK.join(told)}" class="{css}"{"" if models else _DASHED_BOX}]'


def _arrow(line: Line, ids: Mapping[str, str]) -> str:
    label = _BREAK.join(filter(None, ("broken" if line.broken else "", _attributes(line.there), _attributes(line.back))))
    both = ' dir="both"' if line.back else ""
    css, dashed = ("broken", _DASHED) if line.broken else ("fine", "")
    return f'{ids[line.tail]} -> {ids[line.head]} [label="{label}" class="relation {css}"{both}{dashed}]'


def _attributes(names: Sequence[str]) -> str:
    shown = [_text(name) for name in names[:_NAMES_PER_LINE]]
    rest = len(names) - len(shown)
    return _BREAK.join([", ".join(shown[at:at + 2]) for at in range(0, len(shown), 2)]) + (f" and {rest} more" if rest else "")


def _in_rows(nodes: Sequence[str]) -> list[str]:
    """Boxes without a line would make one endless column: unseen lines put them into rows."""
    return [
        f'{left} -> {right} [style="invis"]'
        for at in range(0, len(nodes), _LONE_PER_ROW)
        for left, right in zip(nodes[at:at + _LONE_PER_ROW], nodes[at + 1:at + _LONE_PER_ROW], strict=False)
    ]


def _text(name: str) -> str:
    """The name as a part of a label, cut where it is very long."""
    return _escaped(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME - 1]}…")


def _escaped(name: str) -> str:
    """The name inside quotes: nothing in it ends them, breaks the line or is read as an entity."""
    return _UNSEEN.sub(" ", name).replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"')
