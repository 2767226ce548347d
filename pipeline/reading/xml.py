"""Bytes -> a tree, whatever they are: no entity is expanded, nothing is fetched, nesting has an end (libxml2: 256)."""

from lxml import etree, html

from pipeline.errors import OperatorError


def xml_tree(data: bytes, name: str) -> etree._Element:
    """The root of an XML file without comments and instructions; `OperatorError` when it is not one or declares entities."""
    if b"<!ENTITY" in data.replace(b"\0", b""):  # UTF-16 has zeros between the letters
        raise OperatorError(f"{name} declares XML entities and was refused: take them out and read it again.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise OperatorError(f"{name} is not sound XML ({fault.msg}): get the file again.") from fault
    if any(True for _ in root.iter(etree.Entity)):
        raise OperatorError(f"{name} uses an entity that it does not declare: write the character itself.")
    return root


def html_tree(data: bytes, name: str) -> etree._Element:
    """The root of an HTML file without comments; `OperatorError` when there is nothing in it."""
    parser = html.HTMLParser(encoding=_encoding(data), no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except etree.ParserError as fault:
        raise OperatorError(f"{name} is empty: there is nothing to read.") from fault
    return root


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _encoding(data: bytes) -> str | None:
    """UTF-8 when it is; None lets the file's own declaration decide."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
