"""`python -m pipeline corpus ingest | list | report | remove | search`, and of the shipped topics `check | catalogue | index`."""

import argparse
from pathlib import Path

from pipeline.commands.corpora import run_ingest, run_list, run_remove, run_report, run_search
from pipeline.config import read_settings
from pipeline.corpora import Chunking
from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import write_catalogue
from pipeline.corpus.check import check_corpus
from pipeline.search import DEFAULT, SYSTEMS
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `corpus`."""
    parser = verbs.add_parser("corpus", help="books that can be searched; check the shipped corpus, write its catalogue")
    actions = parser.add_subparsers(required=True, metavar="ingest|list|report|remove|search|check|catalogue|index")
    _register_books(actions)
    actions.add_parser("check", help="name every fault of every file").set_defaults(run=check)
    actions.add_parser("index", help="make the search index now instead of at the first question").set_defaults(run=index)
    actions.add_parser("catalogue", help="write data/topics/topics.toml anew").set_defaults(run=catalogue)


def _register_books(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    usual = Chunking()
    ingest = actions.add_parser("ingest", help="make a book a corpus, or its newest version; killed, it goes on where it was")
    ingest.add_argument("path", type=Path, metavar="PATH", help="OpenStax folder or archive, Markdown, HTML, EPUB or PDF")
    ingest.add_argument("--name", help="what the corpus is called (default: by the book)")
    ingest.add_argument("--subject", default="", help="default: inferred")
    ingest.add_argument("--grades", type=_grades, default=(), metavar="9-12",
                        help="school years, 13 is after school (default: inferred)")
    ingest.add_argument("--size", type=int, default=usual.size_words, metavar="WORDS", help="of a passage (default: %(default)s)")
    ingest.add_argument("--overlap", type=int, default=usual.overlap_words, metavar="WORDS", help="(default: %(default)s)")
    ingest.set_defaults(run=run_ingest)
    actions.add_parser("list", help="every corpus with its newest version").set_defaults(run=run_list)
    report = actions.add_parser("report", help="what became of the words of each module")
    remove = actions.add_parser("remove", help="take a corpus away")
    search = actions.add_parser("search", help="ask a corpus")
    for each, run in ((report, run_report), (remove, run_remove), (search, run_search)):
        each.add_argument("name", metavar="NAME")
        each.add_argument("--version", help="one version of it (default: %s)" % ("all" if each is remove else "the newest"))
        each.set_defaults(run=run)
    search.add_argument("question", metavar="QUESTION")
    search.add_argument("--system", choices=sorted(n for n, s in SYSTEMS.items() if not s.rerank), default=DEFAULT.name)
    search.add_argument("--limit", type=int, default=5)
    for name in ("ingest", "list", "report", "remove", "search"):
        actions.choices[name].add_argument("--json", action="store_true", help="print one object")
        actions.choices[name].set_defaults(wire=Wiring)


def _grades(said: str) -> tuple[int, ...]:
    """`9-12` or `9,10`. Raises `ValueError`, which argparse tells."""
    first, dash, last = said.partition("-")
    return tuple(range(int(first), int(last) + 1)) if dash else tuple(int(part) for part in said.split(","))


def check(_: argparse.Namespace) -> int:
    """Print the faults; 1 when there are any."""
    faults = check_corpus(read_settings().data)
    print("\n".join(faults) or "The corpus has no faults.")
    return 1 if faults else 0


def catalogue(_: argparse.Namespace) -> int:
    """Write the catalogue from the front matter of the corpus."""
    data = read_settings().data
    topics = read_topics(data / "corpus")
    write_catalogue(topics, data / "topics" / "topics.toml")
    print(f"{len(topics)} topics written to {data / 'topics' / 'topics.toml'}.")
    return 0


def index(_: argparse.Namespace) -> int:
    """Make the index when the corpus or the embedding model changed; a second time does nothing."""
    print("Indexing the library …", flush=True)
    print(f"The index holds the corpus {Wiring(read_settings()).build_index()}.")
    return 0
