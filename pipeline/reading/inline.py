"""Words inside a line -> plain text in their place, so that what is left of a tree is blocks and their text."""

from collections.abc import Callable

from lxml import etree

from pipeline.reading.book import count
from pipeline.reading.formulas import formula, lowered, raised
from pipeline.reading.xml import local

Written = Callable[[etree._Element], str | None]
"""What stands for an element of the line; None leaves that to its own words."""
QUOTES = dict(zip(range(0x91, 0x98), "‘’“”•–—", strict=True))
"""Punctuation of old Windows files, which XML takes for control characters."""
CONTROLS = {code: None for code in [*range(32), *range(0x7F, 0xA0), *range(0xD800, 0xE000)] if not chr(code).isspace()}
"""What databases and terminals do not take: control characters and half characters."""
ROWS = frozenset("item row para title caption problem solution li tr p dt dd figcaption div".split())
"""Elements that begin a line of their own inside a block."""
CELLS = frozenset(("entry", "td", "th"))


def flatten(root: etree._Element, is_inline: Callable[[etree._Element], bool], written: Written) -> None:
    """Put every inline element's text in its place, in the tree itself."""
    inline = {element for element in root.iter(etree.Element) if element is not root and is_inline(element)}
    for element in [found for found in root.iter(etree.Element) if found in inline and found.getparent() not in inline]:
        detach(element, flat(element, written))


def flat(element: etree._Element, written: Written) -> str:
    """All that a reader sees of an inline element, in one string."""
    own = written(element)
    if own is not None:
        return own
    if local(element) == "math":
        return formula(element)
    inner = (element.text or "") + "".join(flat(child, written) + (child.tail or "") for child in element)
    return {"sub": lowered, "sup": raised}.get(local(element), str)(inner)


def detach(element: etree._Element, text: str = " ") -> None:
    """Take an element out of its tree, leaving this text and what stood behind it."""
    parent, before = element.getparent(), element.getprevious()
    text += element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    parent.remove(element)


def tidy(text: str | None) -> str:
    """In one line with single spaces, without control and half characters; nothing for None."""
    return " ".join((text or "").translate(QUOTES).translate(CONTROLS).split())


def lines(text: str) -> str:
    """Each line tidied, empty ones gone."""
    return "\n".join(filter(None, map(tidy, text.splitlines())))


def text_of(element: etree._Element) -> str:
    """All text of a flattened block: items and rows on lines of their own, cells with bars between."""
    parts = [tidy(element.text)]
    for number, child in enumerate(element):
        name = local(child)
        bar = " | " if name in CELLS and number else ""
        parts += ["\n" if name in ROWS else bar or " ", text_of(child), " ", tidy(child.tail)]
    return "".join(parts)


def words_of(root: etree._Element) -> int:
    """The words of a flattened tree, counted text by text and with no knowledge of what becomes of them."""
    return sum(
        count(text) for element in root.iter() for text in (element.text, None if element is root else element.tail) if text
    )
