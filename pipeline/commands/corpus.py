"""`python -m pipeline corpus check | catalogue | index`."""

import argparse

from pipeline.config import read_settings
from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import write_catalogue
from pipeline.corpus.check import check_corpus
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `corpus`."""
    parser = verbs.add_parser("corpus", help="check the corpus, write its catalogue")
    actions = parser.add_subparsers(required=True, metavar="check|catalogue|index")
    actions.add_parser("check", help="name every fault of every file").set_defaults(run=check)
    actions.add_parser("index", help="make the search index now instead of at the first question").set_defaults(run=index)
    actions.add_parser("catalogue", help="write data/topics/topics.toml anew").set_defaults(run=catalogue)


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
