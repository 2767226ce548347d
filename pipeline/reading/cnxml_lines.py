"""CNXML inside a line -> words: pictures by their alternative text, links by what they point at, formulas written out."""

from collections.abc import Mapping

from lxml import etree

from pipeline.reading.book import count
from pipeline.reading.inline import flatten, tidy
from pipeline.reading.xml import local

INLINE = frozenset("emphasis link sub sup span footnote math newline space cite cite-title foreign note-ref".split())
LINES = frozenset("para title item entry caption emphasis term meaning label link span sub sup footnote".split())
"""Elements whose pictures, code and terms are part of the line."""
SOMETIMES = frozenset(("media", "code", "term", "quote"))
POINTED_AT = frozenset(("figure", "table", "equation", "example", "section", "exercise", "note", "list"))


def write_lines(root: etree._Element, titles: Mapping[str, str]) -> None:
    """Put text in the place of all that stands inside a line, in the tree itself."""
    for media in root.iter("{*}media"):
        _describe(media)
    targets = {element.get("id"): local(element) for element in root.iter(etree.Element) if element.get("id")}

    def written(element: etree._Element) -> str | None:
        name = local(element)
        if name in ("newline", "space"):
            return " "
        if name == "footnote":
            return f" ({tidy(''.join(element.itertext()))})"
        if name == "link" and not count("".join(element.itertext())):
            return _pointed(element, targets, titles)
        return None

    flatten(root, _is_inline, written)


def _describe(media: etree._Element) -> None:
    """The alternative text, and whatever words stand inside."""
    words = " ".join([media.get("alt", ""), *media.itertext()])
    for child in list(media):
        media.remove(child)
    media.text = words


def _is_inline(element: etree._Element) -> bool:
    name = local(element)
    if name in SOMETIMES:
        return element.get("display") != "block" and local(element.getparent()) in LINES
    return name in INLINE


def _pointed(link: etree._Element, targets: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """Words for a link that has none: the book sets a number there when it is printed."""
    target = targets.get(link.get("target-id"), "")
    if target in POINTED_AT:
        return f"the {target}"
    return titles.get(link.get("document"), "")
