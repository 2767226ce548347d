"""`python -m pipeline corpus check | catalogue`."""

import argparse

from pipeline.config import read_settings
from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import write_catalogue
from pipeline.corpus.check import check_corpus


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `corpus`."""
    parser = verbs.add_parser("corpus", help="check the corpus, write its catalogue")
    actions = parser.add_subparsers(required=True, metavar="check|catalogue")
    actions.add_parser("check", help="name every fault of every file").set_defaults(run=check)
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
