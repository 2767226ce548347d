"""One CNXML module -> its blocks, objectives, glossary and exercises, every word in one of them or left out by name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from pipeline.reading.book import BlockKind, Definition, Exercise, Module, ModuleKind, count
from pipeline.reading.cnxml_lines import write_lines
from pipeline.reading.draft import Draft
from pipeline.reading.inline import detach, lines, text_of, tidy, words_of
from pipeline.reading.rules import APART, EXERCISES, LEFT_OUT, Fate, classes, is_for_teachers
from pipeline.reading.xml import local

WHOLE: Mapping[str, BlockKind] = {
    "figure": BlockKind.FIGURE, "media": BlockKind.FIGURE, "subfigure": BlockKind.FIGURE, "table": BlockKind.TABLE,
    "equation": BlockKind.EQUATION, "list": BlockKind.LIST, "code": BlockKind.CODE, "preformat": BlockKind.CODE,
    "title": BlockKind.HEADING,
}
"""Elements that are one block with all that is in them."""
ANSWERS = frozenset(("solution", "commentary"))


class Place(NamedTuple):
    """Where a module stands in its book. `kind` holds where the module itself does not say."""

    position: int
    kind: ModuleKind
    chapter: int | None = None
    chapter_title: str = ""
    opens: bool = False


def read_module(root: etree._Element, key: str, place: Place, titles: Mapping[str, str]) -> Module:
    """The module below a CNXML document element; `titles` are those of the modules that links may point to."""
    write_lines(root, titles)
    body = _body(root)
    words_in = sum(map(words_of, body))
    reader = _Reader()
    for part in body:
        reader.leave_out_for_teachers(part)
        reader.visit(part, BlockKind.PARAGRAPH)
    return reader.draft.module(
        key=key, title=title_of(root) or key, position=place.position, words_in=words_in, kind=_kind(root, place),
        chapter=place.chapter, chapter_title=place.chapter_title,
    )


def title_of(root: etree._Element) -> str:
    """The title of a document, section or note; empty when it has none."""
    return next((tidy(" ".join(child.itertext())) for child in root if local(child) == "title"), "")


def _body(root: etree._Element) -> Sequence[etree._Element]:
    """All that has words for readers: the document's parts but title and metadata, and of those the abstract."""
    abstracts = [child for part in root if local(part) == "metadata" for child in part if local(child) == "abstract"]
    return [*abstracts, *(part for part in root if local(part) not in ("title", "metadata"))]


def _kind(root: etree._Element, place: Place) -> ModuleKind:
    """What the module's class says it is. Physics calls the first chapter's second section `intro`: it does not open it."""
    named = next(iter(classes(root.get("class"))), "")
    if named.startswith("intro"):
        return ModuleKind.INTRODUCTION if place.opens else place.kind
    return next((kind for kind in ModuleKind if named.startswith(kind)), place.kind)


class _Reader:
    """Walks a flattened document; each element is visited once and goes to the draft."""

    def __init__(self) -> None:
        self.draft = Draft()

    def leave_out_for_teachers(self, part: etree._Element) -> None:
        """Before all else, because teachers' notes stand in the middle of exercises and lists."""
        for element in _topmost(part, lambda element: is_for_teachers(classes(element.get("class")))):
            self.draft.leave_out(f"{local(element)} {element.get('class')}", Fate.TEACHER, text_of(element))
            detach(element)

    def visit(self, element: etree._Element, kind: BlockKind) -> None:
        """One element, to where it belongs; one that is not known is walked through."""
        name, names = local(element), classes(element.get("class"))
        fate = next((LEFT_OUT[part] for part in names if part in LEFT_OUT), None)
        if fate and name in ("section", "note"):
            self.draft.leave_out(f"{name} {names[0]}", fate, text_of(element))
        elif name == "abstract" or "learning-objectives" in names:
            self._objectives(element)
        elif name == "glossary":
            self._glossary(element)
        elif name == "section" and (held := EXERCISES.intersection(names)):
            self._exercises(element, min(held))
        elif name == "exercise" and (kind != BlockKind.EXAMPLE or _asked(names)):
            self._exercise(element, element.get("type") or _asked(names))
        elif name in WHOLE:
            self.draft.add(WHOLE[name], text_of(element))
        else:
            self._walk(element, _inner(name, names, kind))

    def _walk(self, element: etree._Element, kind: BlockKind) -> None:
        titled = local(element) != "content"
        with self.draft.under(title_of(element) if titled else ""):
            self.draft.add(kind, tidy(element.text))
            for child in element:
                self.visit(child, kind)
                self.draft.add(kind, tidy(child.tail))

    def _objectives(self, element: etree._Element) -> None:
        for item in _topmost(element, lambda found: local(found) == "item"):
            if count(text := tidy(text_of(item))):
                self.draft.objectives.append(text)
                detach(item)
        self.draft.leave_out(local(element), Fate.LEAD, text_of(element))

    def _glossary(self, element: etree._Element) -> None:
        for entry in _topmost(element, lambda found: local(found) == "definition"):
            term, meaning = map(tidy, _divided(entry, ("term",)))
            if count(term) and count(meaning):
                self.draft.glossary.append(Definition(term=term, meaning=meaning))
            else:
                self.draft.leave_out("definition", Fate.INCOMPLETE, text_of(entry))
            detach(entry)
        self.draft.leave_out("glossary", Fate.LEAD, text_of(element))

    def _exercises(self, section: etree._Element, kind: str) -> None:
        """A section of exercises; what else stands there is left out."""
        for exercise in _topmost(section, lambda found: local(found) == "exercise"):
            self._exercise(exercise, exercise.get("type") or kind)
            detach(exercise)
        self.draft.leave_out(f"section {kind}", Fate.BETWEEN, text_of(section))

    def _exercise(self, element: etree._Element, kind: str) -> None:
        solution, problem = map(lines, _divided(element, ANSWERS))
        if count(problem):
            self.draft.exercises.append(Exercise(problem=problem, solution=solution, kind=kind))
        elif count(solution):
            self.draft.leave_out("solution", Fate.ELSEWHERE, solution)
        else:
            self.draft.pointer(f"exercise {element.get('id', '')}".strip(), Fate.ELSEWHERE)


def _inner(name: str, names: Sequence[str], kind: BlockKind) -> BlockKind:
    """What running text inside an element is."""
    if kind == BlockKind.EXAMPLE or name == "example" or "worked-example" in names or "example" in names:
        return BlockKind.EXAMPLE
    return BlockKind.NOTE if name == "note" else kind


def _asked(names: Sequence[str]) -> str:
    """The class by which an exercise is the reader's own; empty when it has none."""
    return next((name for name in APART if name in names), "")


def _topmost(part: etree._Element, is_one: Callable[[etree._Element], bool]) -> list[etree._Element]:
    """Those below a part that are one and lie in no other."""
    found = {element for element in part.iterdescendants(etree.Element) if is_one(element)}
    return [element for element in part.iterdescendants(etree.Element)
            if element in found and found.isdisjoint(element.iterancestors())]


def _divided(element: etree._Element, names: Collection[str]) -> tuple[str, str]:
    """The text of the children with these names, and all the rest with what stands loose between."""
    named = [text_of(child) for child in element if local(child) in names]
    rest = [tidy(element.text)]
    for child in element:
        rest += ["" if local(child) in names else text_of(child), tidy(child.tail)]
    return "\n".join(named), "\n".join(rest)
