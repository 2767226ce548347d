"""Markdown, HTML and EPUB -> a `Book`: whatever the file, it becomes an HTML tree and then pieces."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lxml import etree
from markdown_it import MarkdownIt

from pipeline.errors import OperatorError
from pipeline.reading.book import Book, ReadingStep, count
from pipeline.reading.files import Files, damaged, open_files
from pipeline.reading.inline import tidy
from pipeline.reading.licence import from_text
from pipeline.reading.limits import DOCUMENT, PAGE_FILE, check_size
from pipeline.reading.parts import Part, modules, parts
from pipeline.reading.pieces import pieces
from pipeline.reading.xml import html_tree, xml_tree

FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n", re.DOTALL)
FIELD = re.compile(r"^(\w+):\s*(.+?)\s*$", re.MULTILINE)
WANTED = (".xhtml", ".html", ".htm", ".opf", "container.xml", "encryption.xml")
Progress = Callable[[ReadingStep], None]


def read_markdown(path: Path, name: str | None, progress: Progress) -> Book:
    """The book in a Markdown file; `title`, `author`, `language` and `license` are read from front matter."""
    check_size(path, PAGE_FILE)
    data = path.read_bytes()
    text = data.decode("utf-8-sig", "replace")
    front = FRONT.match(text)
    said = {field.casefold(): value.strip("\"'") for field, value in FIELD.findall(front[1] if front else "")}
    markup = MarkdownIt("commonmark", {"html": True}).enable("table").render(text[front.end() if front else 0:])
    root = html_tree(markup.encode("utf-8", "replace") or b" ", path.name)
    return _book(path, name, data, said, _titled(root, said, path, progress))


def read_html(path: Path, name: str | None, progress: Progress) -> Book:
    """The book in an HTML file."""
    check_size(path, PAGE_FILE)
    data = path.read_bytes()
    root = html_tree(data, path.name)
    said = {
        "title": _first(root, "//title//text()"), "language": _first(root, "/html/@lang"),
        "author": _first(root, "//meta[@name='author']/@content"),
        "license": _first(root, "//*[@rel='license']/@href | //meta[@name='license' or @name='rights']/@content"),
    }
    return _book(path, name, data, said, _titled(root, said, path, progress))


def read_epub(path: Path, name: str | None, progress: Progress) -> Book:
    """The book in an EPUB file, its chapters in the order of the spine."""
    check_size(path, DOCUMENT)
    files = open_files(path, lambda member: member.casefold().endswith(WANTED))
    if "META-INF/container.xml" not in files.names:
        raise damaged(path.name)
    container = xml_tree(files.read("META-INF/container.xml"), "container.xml")
    package_name = unquote(_first(container, "//*[local-name()='rootfile']/@full-path"))
    if package_name not in files.names:
        raise damaged(path.name)
    package = xml_tree(files.read(package_name), package_name)
    said = {field: _first(package, f"//*[local-name()='{tag}']//text()")
            for field, tag in (("title", "title"), ("language", "language"), ("author", "creator"), ("license", "rights"))}
    spine = _spine(files, package, PurePosixPath(package_name).parent, path.name)
    revision = hashlib.sha256(package_name.encode() + b"".join(map(files.read, spine))).digest()
    return _book(path, name, revision, said, list(_chapters(files, spine, said["title"] or path.stem, progress)))


def _spine(files: Files, package: etree._Element, home: PurePosixPath, book: str) -> Sequence[str]:
    """The files of the book in reading order, without its table of contents."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    order = [items.get(entry.get("idref")) for entry in package.iter("{*}itemref")]
    names = [str(home / unquote(item.get("href", ""))) for item in order
             if item is not None and "nav" not in item.get("properties", "").split()]
    locked = files.read("META-INF/encryption.xml") if "META-INF/encryption.xml" in files.names else b""
    if any(PurePosixPath(name).name.encode() in locked for name in names):
        raise OperatorError(f"{book} is locked by its seller and cannot be read: choose an edition without a lock.")
    missing = [name for name in names if name not in files.names]
    if missing:
        raise OperatorError(f"{book} lacks {missing[0]}, which its own list of chapters names: get the file again.")
    return names


def _chapters(files: Files, spine: Sequence[str], title: str, progress: Progress) -> Iterator[Part]:
    for done, file in enumerate(spine, start=1):
        data = files.read(file)
        if data.strip():
            root = html_tree(data, file)
            heading = _first(root, "//h1//text()") or _first(root, "//h2//text()") or _first(root, "//title//text()") or title
            yield from parts(pieces(root), heading)
        progress(ReadingStep(done, len(spine), file))


def _titled(root: etree._Element, said: dict[str, str], path: Path, progress: Progress) -> list[Part]:
    said["title"] = said.get("title") or _first(root, "//h1//text()") or path.stem
    found = parts(pieces(root), said["title"])
    progress(ReadingStep(1, 1, said["title"]))
    return found


def _first(root: etree._Element, query: str) -> str:
    """The first text that the XPath finds; empty when there is none."""
    return next((text for found in root.xpath(query) if count(text := tidy(str(found)))), "")


def _book(path: Path, name: str | None, data: bytes, said: dict[str, str], found: Sequence[Part]) -> Book:
    licence = from_text(said.get("license") or said.get("licence") or "")
    title, author = tidy(said.get("title")) or path.stem, tidy(said.get("author"))
    return Book(
        key=name or path.stem, title=title, language=said.get("language") or said.get("lang") or "", licence=licence.name,
        licence_url=licence.address, noncommercial=licence.noncommercial,
        attribution=f"{title}{f' by {author}' if author else ''}, {licence.name or 'licence not stated'}",
        source=path.name, revision=hashlib.sha256(data).hexdigest()[:12], modules=tuple(modules(found)),
    )
