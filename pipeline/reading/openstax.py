"""A checkout or an archive of an `osbooks-*` repository -> a `Book`: the collection gives order and chapters."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from lxml import etree

from pipeline.errors import OperatorError
from pipeline.reading.book import Book, Module, ModuleKind, ReadingStep
from pipeline.reading.cnxml import Place, read_module, title_of
from pipeline.reading.files import Files, open_files
from pipeline.reading.inline import tidy
from pipeline.reading.licence import Licence, from_text, stricter
from pipeline.reading.xml import local, xml_tree

WANTED = re.compile(r"(?:.*/)?(?:collections/[^/]+\.collection\.xml|modules/[^/]+/index\.cnxml|LICENSE(?:\.\w+)?)")
PUBLISHED = "https://openstax.org/details/books/"


def is_wanted(name: str) -> bool:
    """Whether a file of the repository is read: no pictures, no scripts."""
    return WANTED.fullmatch(name) is not None


def read_repository(path: Path, name: str | None, progress: Callable[[ReadingStep], None]) -> Book:
    """The book of a repository; where it holds several, the one called `name`."""
    files = open_files(path, is_wanted)
    file = _collection(files, name, path.name)
    collection = xml_tree(files.read(file), file)
    home = file.rpartition("collections/")[0]
    metadata = {local(entry): entry for entry in collection.iterfind("{*}metadata/*")}
    said = {field: tidy("".join(entry.itertext())) for field, entry in metadata.items()}
    slug = said.get("slug") or PurePosixPath(file).name.removesuffix(".collection.xml")
    licence = _licence(files, home, metadata.get("license"))
    return Book(
        key=name or slug, title=said.get("title") or slug, language=said.get("language") or _language(collection),
        licence=licence.name, licence_url=licence.address, noncommercial=licence.noncommercial,
        attribution=_attribution(said.get("title") or slug, collection, licence, slug), source=PUBLISHED + slug,
        revision=files.revision, modules=tuple(_modules(files, home, collection, progress)),
    )


def _collection(files: Files, name: str | None, source: str) -> str:
    """The path of the collection file."""
    found = {PurePosixPath(file).name.removesuffix(".collection.xml"): file for file in files.names
             if file.endswith(".collection.xml")}
    if not found:
        raise OperatorError(f"{source} holds no book: a folder or archive needs collections/*.collection.xml as osbooks-* has.")
    if len(found) > 1 and name not in found:
        raise OperatorError(f"{source} holds {len(found)} books ({', '.join(sorted(found))}): say which one by its name.")
    return found[name] if name in found else next(iter(found.values()))


def _modules(
    files: Files, home: str, collection: etree._Element, progress: Callable[[ReadingStep], None]
) -> Iterator[Module]:
    places = list(_places(collection))
    trees = {key: _tree(files, home, key) for key, _ in places}
    titles = {key: title_of(tree) for key, tree in trees.items()}
    for done, (key, place) in enumerate(places, start=1):
        yield read_module(trees.pop(key), key, place, titles)
        progress(ReadingStep(done, len(places), titles[key]))


def _tree(files: Files, home: str, key: str) -> etree._Element:
    file = f"{home}modules/{key}/index.cnxml"
    if file not in files.names:
        raise OperatorError(f"The module {key} of the collection is missing: get the whole repository again.")
    return xml_tree(files.read(file), file)


def _places(collection: etree._Element) -> Iterator[tuple[str, Place]]:
    """Every module with its place, in the order of the collection.

    A chapter is a group that holds modules itself; a group of groups is a part of the book and has no number. What stands
    outside of chapters is preface before the first of them and appendix after it.
    """
    numbers: dict[etree._Element, int] = {}
    for position, module in enumerate(collection.iter("{*}module")):
        group = next(module.iterancestors("{*}subcollection"), None)
        key = module.get("document")
        if group is None:
            kind = ModuleKind.APPENDIX if numbers else ModuleKind.PREFACE
            yield key, Place(position=position, kind=kind)
        else:
            opens = group not in numbers
            chapter = numbers.setdefault(group, len(numbers) + 1)
            yield key, Place(position, ModuleKind.SECTION, chapter, title_of(group), opens)


def _licence(files: Files, home: str, entry: etree._Element | None) -> Licence:
    """What metadata and LICENSE file say; they are compared because repositories have changed one and not the other."""
    written = next((name for name in files.names if re.fullmatch(rf"{re.escape(home)}LICENSE(\.\w+)?", name)), None)
    from_file = from_text(files.read(written)[:2000].decode("utf-8", "replace").strip()) if written else Licence()
    if entry is None:
        return from_file
    return stricter(from_text(entry.get("url") or tidy("".join(entry.itertext()))), from_file)


def _language(collection: etree._Element) -> str:
    return str(collection.get("{http://www.w3.org/XML/1998/namespace}lang", ""))


def _attribution(title: str, collection: etree._Element, licence: Licence, slug: str) -> str:
    authors = ", ".join(filter(None, map(tidy, collection.get("authors", "").split(","))))
    terms = licence.name or "licence not stated"
    return f"{title} by OpenStax, {terms}{f'; authors: {authors}' if authors else ''}; {PUBLISHED}{slug}"
