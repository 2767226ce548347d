"""Markdown, HTML, EPUB and PDF become the same tree."""

import zipfile
from pathlib import Path

import pytest
import typst

from pipeline.errors import OperatorError
from pipeline.reading import BlockKind, Book, read

MARKDOWN = """---
title: Clouds
author: Ada Reed
license: CC BY-NC 4.0
---
Before the first chapter.

# Chapter 1: Mist

## Objectives

- See mist

## What it is

Mist is *water* in **air**, with `code`.

| Kind | Height |
|---|---|
| fog | low |

```
speed = 2
```

## Exercises

1. Why is mist white?

## Answers

It scatters all light.

# Chapter 2: Rain

> A quoted line.

![A grey cloud](cloud.png)

<script>alert("never")</script>
"""
CHAPTER = "<html><head><title>x</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>Stones</dc:title><dc:creator>Tom Lund</dc:creator><dc:language>en-GB</dc:language>
<dc:rights>https://creativecommons.org/licenses/by-sa/4.0/</dc:rights></metadata>
<manifest><item id="n" href="nav.xhtml" properties="nav"/><item id="b" href="two.xhtml"/><item id="a" href="one%20.xhtml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"""
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""


def file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def epub(path: Path, **more: str) -> Path:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("OEBPS/book.opf", OPF)
        book.writestr("OEBPS/nav.xhtml", CHAPTER.format("Contents", "one two"))
        book.writestr("OEBPS/one .xhtml", CHAPTER.format("Chapter 1", "Granite is hard&nbsp;rock."))
        book.writestr("OEBPS/two.xhtml", CHAPTER.format("Chapter 2", "Chalk is soft."))
        for name, text in more.items():
            book.writestr(name, text)
    return path


def pdf(path: Path, source: str) -> Path:
    path.write_bytes(typst.compile(source.encode()))
    return path


def found(book: Book) -> list[tuple[str, int | None, list[str]]]:
    return [(module.title, module.chapter, [block.text for block in module.blocks]) for module in book.modules]


def test_markdown_is_cut_at_its_chapters_and_exercises_and_answers_are_apart(tmp_path: Path):
    book = read(file(tmp_path / "clouds.md", MARKDOWN))
    before, mist, rain = book.modules
    assert (book.title, book.attribution) == ("Clouds", "Clouds by Ada Reed, CC BY-NC 4.0")
    assert book.noncommercial
    assert (before.title, before.chapter) == ("Clouds", None)
    assert (mist.title, mist.chapter, rain.chapter) == ("Chapter 1: Mist", 1, 2)
    assert mist.objectives == ("See mist",)
    assert [exercise.problem for exercise in mist.exercises] == ["Why is mist white?"]
    assert [(piece.what, piece.why) for piece in mist.left_out][-1] == (
        "paragraph: It scatters all light.", "it gives answers away",
    )
    assert [(block.kind, block.text) for block in mist.blocks if block.section == ("What it is",)][1:] == [
        (BlockKind.PARAGRAPH, "Mist is water in air, with code."),
        (BlockKind.TABLE, "Kind | Height\nfog | low"),
        (BlockKind.CODE, "speed = 2"),
    ]
    assert [(block.kind, block.text) for block in rain.blocks] == [
        (BlockKind.NOTE, "A quoted line."), (BlockKind.PARAGRAPH, "A grey cloud"),
    ]


def test_html_keeps_its_text_and_leaves_the_furniture(tmp_path: Path):
    page = file(tmp_path / "page.html", """<html lang="en"><head><title>Sand</title><style>p {}</style></head><body>
        <nav>Home Contact</nav><h1>Sand</h1><p>Sand is H<sub>2</sub>O free.<br>It flows.</p><div hidden>gone</div>
        <a rel="license" href="https://creativecommons.org/licenses/by/4.0/">terms</a></body></html>""")
    book = read(page)
    assert (book.title, book.language, book.licence) == ("Sand", "en", "CC BY 4.0")
    assert found(book) == [("Sand", None, ["Sand", "Sand is H₂O free. It flows.", "terms"])]
    assert [(piece.words, piece.why) for piece in book.modules[0].left_out] == [
        (2, "it is the page's furniture, not the book's text"), (1, "it is the page's furniture, not the book's text"),
    ]


def test_an_epub_is_read_in_the_order_of_its_spine(tmp_path: Path):
    book = read(epub(tmp_path / "stones.epub"))
    assert found(book) == [
        ("Chapter 1", 1, ["Chapter 1", "Granite is hard rock."]), ("Chapter 2", 2, ["Chapter 2", "Chalk is soft."]),
    ]
    assert (book.attribution, book.language) == ("Stones by Tom Lund, CC BY-SA 4.0", "en-GB")


def test_an_epub_that_its_seller_locked_says_so(tmp_path: Path):
    locked = epub(tmp_path / "locked.epub", **{"META-INF/encryption.xml": '<x><CipherReference URI="OEBPS/two.xhtml"/></x>'})
    with pytest.raises(OperatorError, match=r"locked\.epub is locked by its seller"):
        read(locked)


def test_a_pdf_is_cut_at_its_outline_and_what_stands_on_every_page_is_left_out(tmp_path: Path):
    source = """#set document(title: "Winds")
#set page(header: [The Book of Winds], numbering: "1")
#set heading(numbering: none)
= Chapter 1 Breeze
A breeze is a light wind.
#pagebreak()
= Chapter 2 Gale
A gale is a strong wind.
#pagebreak()
It breaks branches."""
    book = read(pdf(tmp_path / "winds.pdf", source))
    assert [(module.title, module.chapter) for module in book.modules] == [("Chapter 1 Breeze", 1), ("Chapter 2 Gale", 2)]
    assert book.title == "Winds"
    text = " ".join(block.text for block in book.modules[1].blocks)
    assert "A gale is a strong wind." in text and "It breaks branches." in text and "Book of Winds" not in text
    assert {piece.why for piece in book.modules[1].left_out} == {"the same line stands at the edge of most pages"}
    assert [module.words_lost for module in book.modules] == [0, 0]
