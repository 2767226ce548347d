"""What `corpus ingest | list | report | remove | search` do."""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.config import read_settings
from pipeline.corpora import Chunking, CorpusView, IngestReport, IngestStep, ModuleReport
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE
from pipeline.reading import LeftOut, ReadingStep, read
from pipeline.search import SYSTEMS, Hit

WIDE = 150
TEXT_CHARACTERS = 300
NOT_IN_A_NAME = re.compile(r"[^a-z0-9._-]+")


def run_ingest(args: argparse.Namespace) -> int:
    """Read, cut, embed, keep; then say what became of the words."""
    try:
        settings = Chunking(size_words=args.size, overlap_words=args.overlap)
    except ValidationError as fault:
        raise BadRequest("size and overlap", "; ".join(error["msg"] for error in fault.errors())) from None
    wiring = args.wire(read_settings())
    with _bars() as bars:
        book = read(args.path, name=args.name, progress=bars)
        name = args.name or NOT_IN_A_NAME.sub("-", book.key.casefold()).strip("-._")
        report = wiring.corpora.ingest(
            book, name=name, by=COMMAND_LINE, settings=settings, subject=args.subject, grades=args.grades, progress=bars)
    if args.json:
        print(json.dumps(_told(report), ensure_ascii=False))
        return 0
    done = "is there already, unchanged" if report.unchanged else f"is there: {report.view.embedded:,} passages were embedded"
    print(f"{report.view.name} {report.view.version} {done}.")
    print("\n".join(_summary(report)))
    return 0


def run_list(args: argparse.Namespace) -> int:
    """A line for each corpus."""
    views = args.wire(read_settings()).corpora.all()
    if args.json:
        print(json.dumps([view.model_dump(mode="json") for view in views], ensure_ascii=False, indent=2))
        return 0
    table = _table("name", "version", "title", "subject", "grades", "licence", "modules", "passages", "words found")
    for view in views:
        table.add_row(view.name, view.version, view.title, view.subject or "–", _span(view.grades), _licence(view),
                      str(view.modules), f"{view.chunks:,}", f"{view.coverage:.1%}")
    Console(width=WIDE).print(table, markup=False)
    return 0


def run_report(args: argparse.Namespace) -> int:
    """What became of the words of each module."""
    report = args.wire(read_settings()).corpora.report(args.name, args.version)
    if args.json:
        print(json.dumps(_told(report), ensure_ascii=False))
        return 0
    table = _table("chapter", "module", "kind", "passages", "words", "found", "apart", "left out", "lost")
    for module in report.modules:
        table.add_row(str(module.chapter or ""), module.title, module.kind, *(f"{number:,}" for number in _numbers(module)))
    Console(width=WIDE).print(table, markup=False)
    print("\n".join(_summary(report)))
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Take it away."""
    gone = args.wire(read_settings()).corpora.remove(args.name, args.version, by=COMMAND_LINE)
    if args.json:
        print(json.dumps([{"name": view.name, "version": view.version} for view in gone]))
    else:
        print("\n".join(f"{view.name} {view.version} ({view.title}) is removed." for view in gone))
    return 0


def run_search(args: argparse.Namespace) -> int:
    """The best passages, each with the reason and where it is from."""
    corpora = args.wire(read_settings()).corpora
    searcher = corpora.open(args.name, version=args.version)
    found = searcher.search(args.question, system=SYSTEMS[args.system], limit=max(1, args.limit))
    chunks = {chunk.chunk_id: chunk for chunk in corpora.chunks(args.name, args.version, [hit.chunk_id for hit in found.hits])}
    told = [(hit, chunks[hit.chunk_id]) for hit in found.hits]
    if args.json:
        hits = [{**_facts(hit), **chunk.model_dump(mode="json")} for hit, chunk in told]
        print(json.dumps({"kind": found.kind, "notes": found.notes, "seconds": found.seconds, "hits": hits}, ensure_ascii=False))
        return 0
    for number, (hit, chunk) in enumerate(told, start=1):
        place = " › ".join(part for part in (chunk.chapter_title, chunk.title, chunk.section) if part)
        print(f"{number}. {place}  [{hit.why}]\n{_short(chunk.text)}\n   {chunk.attribution}\n")
    print("\n".join(found.notes))
    return 0


@contextmanager
def _bars() -> Iterator["_Bars"]:
    """Progress on standard error, so that standard output stays what was asked for."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bars(progress)


class _Bars:
    """A bar for each thing that is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading", total=None)

    def __call__(self, step: ReadingStep | IngestStep) -> None:
        self._progress.update(self._task, completed=step.done, total=step.total or None, description=step.what[:40])


def _summary(report: IngestReport) -> Iterator[str]:
    view = report.view
    yield f"{view.title}: {view.modules} modules, {view.chunks:,} passages, {_licence(view)}; {view.attribution}"
    yield (f"{view.words_in:,} words came in: {view.words_found:,} can be found, {view.words_apart:,} are kept apart "
           f"(objectives, glossary, exercises), {view.words_left_out:,} were left out; {view.coverage:.2%} of the body.")
    yield from _reasons([piece for module in report.modules for piece in module.left_out])
    told = {"subject": view.subject or "unknown", "grades": _span(view.grades)}
    yield from (f"Inferred: {word} {told[word]}." for word in view.inferred)
    if view.noncommercial:
        yield f"WARNING: the licence {view.licence} does not allow commercial use."


def _reasons(pieces: Sequence[LeftOut]) -> Iterator[str]:
    """A line for each reason why something was left out, the one of most words first; the largest piece stands for all."""
    by_reason: dict[str, list[LeftOut]] = {}
    for piece in pieces:
        by_reason.setdefault(piece.why, []).append(piece)
    for why, found in sorted(by_reason.items(), key=lambda pair: -sum(piece.words for piece in pair[1])):
        largest = max(found, key=lambda piece: piece.words)
        others = "" if len(found) == 1 else f", and {len(found) - 1:,} more"
        yield f"  {sum(piece.words for piece in found):,} words: {why} ({largest.what}{others})"


def _told(report: IngestReport) -> dict[str, object]:
    said = report.model_dump(mode="json")
    return {**said, "coverage": report.view.coverage}


def _numbers(module: ModuleReport) -> tuple[int, ...]:
    return module.chunks, module.words_in, module.words_found, module.words_apart, module.words_left_out, module.words_lost


def _facts(hit: Hit) -> dict[str, object]:
    return {name: getattr(hit, name) for name in (
        "score", "lexical_rank", "lexical_score", "dense_rank", "dense_score", "matched", "why", "duplicates")}


def _licence(view: CorpusView) -> str:
    return f"{view.licence or 'licence not said'}{' (NOT for commercial use)' if view.noncommercial else ''}"


def _span(grades: Sequence[int]) -> str:
    return f"{grades[0]}–{grades[-1]}" if len(grades) > 1 else "".join(map(str, grades)) or "–"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return f"   {flat[:TEXT_CHARACTERS]}{'…' if len(flat) > TEXT_CHARACTERS else ''}"


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, header_style="dim", no_wrap=title in ("name", "version"))
    return table
