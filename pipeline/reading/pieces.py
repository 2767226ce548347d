"""An HTML tree -> its pieces in order, each heading a piece: what Markdown, HTML and EPUB have in common."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from pipeline.reading.book import BlockKind, count
from pipeline.reading.inline import flatten, text_of, tidy
from pipeline.reading.rules import ANSWER_TITLE, Fate, classes, is_for_teachers
from pipeline.reading.xml import local

INLINE = frozenset(
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img ins kbd label mark math q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
NO_TEXT = frozenset("script style template noscript head svg iframe object audio video canvas".split())
FURNITURE = frozenset("nav footer form dialog".split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
WHOLE: Mapping[str, BlockKind] = {
    "ul": BlockKind.LIST, "ol": BlockKind.LIST, "dl": BlockKind.LIST, "table": BlockKind.TABLE, "figure": BlockKind.FIGURE,
    "pre": BlockKind.CODE, "math": BlockKind.EQUATION,
}
ASIDES = frozenset(("aside", "blockquote", "details"))
IN_A_LINE = frozenset("p li td th dd dt figcaption caption summary".split()) | INLINE | frozenset(HEADINGS)


class Piece(NamedTuple):
    """A block, a heading (level 1 to 6), or something left out (`fate`); `what` names it."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    fate: Fate | None = None
    what: str = ""


def pieces(root: etree._Element) -> list[Piece]:
    """All pieces with words, in reading order; the tree is used up."""
    without_code(root)
    flatten(root, _is_inline, _written)
    return [piece for piece in _walk(root, BlockKind.PARAGRAPH) if count(piece.text)]


def without_code(root: etree._Element) -> None:
    """Take out what no reader sees: scripts, styles, the head, embedded players."""
    for element in [found for found in root.iter(etree.Element) if local(found) in NO_TEXT and found is not root]:
        if element.getparent() is not None:
            element.drop_tree()


def _is_inline(element: etree._Element) -> bool:
    name = local(element)
    if name == "math":
        return local(element.getparent()) in IN_A_LINE
    return name in INLINE


def _written(element: etree._Element) -> str | None:
    name = local(element)
    if name == "img":
        return f" {element.get('alt', '')} "
    if name == "a" and "footnote-backref" in classes(element.get("class")):
        return ""
    return "\n" if name in ("br", "wbr") else None


def _walk(element: etree._Element, kind: BlockKind) -> Iterator[Piece]:
    yield Piece(tidy(element.text), kind)
    for child in element:
        yield from _piece(child, kind)
        yield Piece(tidy(child.tail), kind)


def _piece(element: etree._Element, kind: BlockKind) -> Iterator[Piece]:
    name, names = local(element), classes(element.get("class"))
    if is_for_teachers(names):
        yield Piece(text_of(element), fate=Fate.TEACHER, what=name)
    elif name in FURNITURE or element.get("role") == "navigation" or "hidden" in element.attrib:
        yield Piece(text_of(element), fate=Fate.FURNITURE, what=name)
    elif name == "details" and ANSWER_TITLE.match(tidy(text_of(element))):
        yield Piece(text_of(element), fate=Fate.ANSWERS, what=name)
    elif name in HEADINGS:
        yield Piece(tidy(text_of(element)), BlockKind.HEADING, HEADINGS[name])
    elif name in WHOLE:
        yield Piece(text_of(element) if len(element) or name != "pre" else element.text or "", WHOLE[name])
    else:
        yield from _walk(element, BlockKind.NOTE if name in ASIDES else kind)
