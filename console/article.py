"""The article's Markdown -> safe HTML, in which a source mark opens its passage with the supporting words marked.

Only headings, lists, quotes and emphasis are Markdown here. Everything else that a model or a student wrote (HTML,
links, pictures, formulas, directives) stays the text that it is.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pipeline.domain import Passage
from pipeline.visuals import Value
from pipeline.writing import Evidence

_READER = MarkdownIt("zero").enable(["heading", "list", "blockquote", "emphasis", "newline"])
_MARK = re.compile(r"\[(\d{1,2})\]")
_WORD = re.compile(r"[\w’'-]+")
_ANSWER = "\n\n**Answer:**"
_LEAST_LETTERS = 3
_QUOTED = 0.9
_NOTHING = Evidence(text="")
_PLAIN, _SUPPORTING = Markup("{}"), Markup("<mark>{}</mark>")


class Article(Value):
    """An article as HTML, its check answer apart."""

    html: str
    answer: str


@lru_cache(maxsize=64)
def article(markdown: str, passages: tuple[Passage, ...] = (), name: str = "passage") -> Article:
    """The article; without passages (while it is being written) its marks are numbers that open nothing.

    `name` begins the ids of its panels: two articles on one page need two.
    """
    text, _, answer = markdown.partition(_ANSWER)
    return Article(html=_Page(passages, name).html(text), answer=answer.strip())


class _Page:
    """The HTML of one article, with the passages that its marks open."""

    def __init__(self, passages: Sequence[Passage], name: str) -> None:
        self._passages = passages
        self._name = name
        self._panels: list[Markup] = []

    def html(self, markdown: str) -> str:
        tokens = _READER.parse(markdown)
        for section in _sections(tokens):
            said = _MARK.sub("", " ".join(inline.content for inline in section))
            for inline in section:
                inline.children = [new for child in inline.children or () for new in self._marked(child, said)]
        body = Markup(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S704 (the reader escapes all text)
        return str(Markup('<div class="article">{}{}</div>').format(body, Markup("").join(self._panels)))

    def _marked(self, token: Token, said: str) -> Iterator[Token]:
        if token.type != "text":
            yield token
            return
        for at, piece in enumerate(_MARK.split(token.content)):
            mark = self._mark(int(piece), said) if at % 2 else None
            if mark is None:
                yield Token("text", "", 0, content=f"[{piece}]" if at % 2 else piece)
            else:
                yield Token("html_inline", "", 0, content=mark)

    def _mark(self, number: int, said: str) -> str | None:
        if not self._passages:
            return str(Markup('<sup class="mark">{}</sup>').format(number))
        if not 1 <= number <= len(self._passages):
            return None
        passage, panel = self._passages[number - 1], f"{self._name}-{len(self._panels)}"
        self._panels.append(_panel(panel, number, passage, said))
        return str(Markup(
            '<button type="button" class="mark" popovertarget="{}" aria-label="Source {}: {}">{}</button>'
        ).format(panel, number, passage.section, number))


def _sections(tokens: Sequence[Token]) -> list[list[Token]]:
    """The inline tokens from one heading to the next."""
    sections: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "heading_open":
            sections.append([])
        if token.type == "inline":
            sections[-1].append(token)
    return sections


def _panel(panel: str, number: int, passage: Passage, said: str) -> Markup:
    return Markup(
        '<div popover id="{panel}" class="passage"><header><b>{number}. {title}</b>'
        '<button type="button" popovertarget="{panel}" popovertargetaction="hide" aria-label="Close">Close</button>'
        "</header>{body}</div>"
    ).format(panel=panel, number=number, title=f"{passage.title}: {passage.section}", body=evidence(passage, said))


def evidence(passage: Passage, said: str) -> Markup:
    """The passage with the words marked on which the given sentences rest; one that is quoted whole is said to be."""
    text = passage.text
    content = [word for word in _WORD.findall(text) if _NOTHING.cover(word) == 0]
    known = Evidence(text=said)
    shared = {word for word in set(content) if len(word) >= _LEAST_LETTERS and known.cover(word) == 1}
    if known.cover(text) >= _QUOTED:
        return Markup('{}<p class="hint">The lesson quotes this passage whole.</p>').format(_lines(text, set()))
    return _lines(text, shared)


def _lines(text: str, shared: set[str]) -> Markup:
    lines = [line for line in text.splitlines() if line.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(_words(line, shared)) for line in lines)


def _words(line: str, shared: set[str]) -> Markup:
    parts, at = [], 0
    for match in _WORD.finditer(line):
        parts.append(_PLAIN.format(line[at:match.start()]))
        parts.append((_SUPPORTING if match[0] in shared else _PLAIN).format(match[0]))
        at = match.end()
    return Markup("").join([*parts, _PLAIN.format(line[at:])])
