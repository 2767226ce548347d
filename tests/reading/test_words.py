"""Words in are words out, to the word, whatever stands where in a file."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from pipeline.reading.book import ModuleKind, count
from pipeline.reading.cnxml import Place, read_module
from pipeline.reading.inline import tidy, words_of
from pipeline.reading.parts import modules, parts
from pipeline.reading.pieces import pieces

CNXML = ("para section note example exercise problem solution commentary list item figure caption media table tgroup tbody row "
         "entry equation title label emphasis term link sub sup footnote quote glossary definition meaning newline code").split()
CLASSES = ("", "os-teacher", "summary", "problems", "learning-objectives", "worked-example", "grasp-check", "references")
HTML = ("p div section h1 h2 h3 ul ol li table tr td pre figure figcaption aside nav blockquote em sub a span details summary "
        "br img").split()
text = st.text(st.sampled_from("ab 1 ,.–\n\t"), max_size=6)


@st.composite
def trees(draw: st.DrawFn, names: list[str], depth: int = 3) -> etree._Element:
    """Elements in any order and depth, valid or not."""
    element = etree.Element(draw(st.sampled_from(names)))
    element.text, element.tail = draw(text), draw(text)
    if draw(st.booleans()):
        element.set("class", draw(st.sampled_from(CLASSES)))
    for child in draw(st.lists(trees(names, depth - 1), max_size=2)) if depth else []:
        element.append(child)
    return element


@settings(max_examples=30, deadline=None)
@given(st.lists(trees(CNXML), max_size=3), st.lists(trees(CNXML), max_size=2))
def test_every_word_of_a_module_is_in_one_named_place(content: list[etree._Element], abstract: list[etree._Element]):
    root = etree.Element("document")
    for place, inside in (("abstract", abstract), ("content", content)):
        outer = etree.SubElement(root, "metadata") if place == "abstract" else root
        part = etree.SubElement(outer, place)
        part.extend(inside)
    module = read_module(root, "m", Place(0, ModuleKind.SECTION), {})
    assert module.words_lost == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(trees(HTML), max_size=3))
def test_every_word_of_a_page_is_in_one_named_place(content: list[etree._Element]):
    body = html.Element("body")
    body.extend(content)
    root = html.document_fromstring(b"<html>" + etree.tostring(body, method="html", encoding="utf-8") + b"</html>")
    found = pieces(root)
    assert sum(count(piece.text) for piece in found) == words_of(root)
    made = list(modules(parts(found, "Title")))
    titles = sum(count(module.title) for module in made if module.title != "Title")
    assert sum(module.words_in for module in made) + titles == words_of(root)
    assert [module.words_lost for module in made] == [0] * len(made)


@given(st.text())
def test_a_tidied_text_has_no_sign_that_a_database_refuses(wild: str):
    tidied = tidy(wild)
    assert "\0" not in tidied
    assert tidied.encode("utf-8").decode("utf-8") == tidied


def test_a_word_has_a_letter_or_a_digit():
    assert count("x = 5 | “yes” – 3.5 % … don’t") == 5
