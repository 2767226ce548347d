"""How quickly the library answers: python -m tests.bench retrieval [--chunks 10000 100000] [--no-ingest] [--json].

Every system searches the same texts in a process of its own: ours (the default: embedding, both lists, fusion, reasons), bm25s,
and brute-force cosine over a JSON file, which was the original's way. Then the OpenStax physics book is ingested, where it lies
beside the checkout or in VIVIDLY_SHARED_DATA. 1 when a limit was not kept: a query's median, the memory, the book's seconds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.config import ROOT
from pipeline.evaluation import shared_data
from tests.bench._retrieval import JSON_UP_TO

MOST_MS = {10_000: 15.0, 100_000: 60.0}
MOST_MB, MOST_INGEST_SECONDS = 1_500.0, 90.0
SYSTEMS = ("ours", "bm25s", "json")
NOT_ASKED, NO_BOOK = "ingest: not asked for", "ingest: not measured (set VIVIDLY_SHARED_DATA to the folder that has openstax/)"


def main(argv: Sequence[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench retrieval")
    parser.add_argument("--chunks", type=int, nargs="+", default=list(MOST_MS))
    parser.add_argument("--no-ingest", action="store_true", help="only searches")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    sizes = {count: _searches(count) for count in args.chunks}
    found = None if args.no_ingest else _book()
    book = _told(found, 0, "ingest") if found else None
    if args.json:
        print(json.dumps({"searches": sizes, "ingest": book}))
    else:
        print("\n".join((*_table(sizes), _ingested(book) if book else NOT_ASKED if args.no_ingest else NO_BOOK)))
    return 0 if all(_kept(count, systems) for count, systems in sizes.items()) and (
        book is None or (book["seconds"] <= MOST_INGEST_SECONDS and book["mb"] <= MOST_MB)) else 1


def _searches(count: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        print(f"making {count:,} chunks", file=sys.stderr)
        made = _told(Path(folder), count, "make")
        systems = [system for system in SYSTEMS if system != "json" or count <= JSON_UP_TO]
        return {"make": made, **{system: _told(Path(folder), count, system) for system in systems}}


def _told(path: Path, count: int, system: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "tests.bench._retrieval", path, str(count), system],
                          stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return {name: float(value) for name, value in json.loads(done.stdout).items()}


def _book() -> Path | None:
    shared = shared_data(ROOT)
    return next(iter(sorted((shared / "openstax").glob("osbooks-physics*.tar.gz"))), None) if shared else None


def _kept(count: int, systems: Mapping[str, Mapping[str, float]]) -> bool:
    return systems["ours"]["p50_ms"] <= MOST_MS.get(count, float("inf")) and systems["ours"]["mb"] <= MOST_MB


def _table(sizes: Mapping[int, Mapping[str, Mapping[str, float]]]) -> list[str]:
    lines = [f"{'chunks':>8} {'system':8} {'p50':>9} {'p95':>9} {'first':>9} {'work':>9} {'open':>7} {'memory':>8}"]
    for count, systems in sizes.items():
        for system in (name for name in SYSTEMS if name in systems):
            told = systems[system]
            limit = f"   limit {MOST_MS[count]:.0f} ms, {MOST_MB:,.0f} MB" if system == "ours" and count in MOST_MS else ""
            lines.append(f"{count:>8,} {system:8} {told['p50_ms']:6.1f} ms {told['p95_ms']:6.1f} ms {told['first_ms']:6.1f} ms "
                         f"{told['work_ms']:6.1f} ms {told['open_s']:5.1f} s {told['mb']:5.0f} MB{limit}")
    return lines


def _ingested(book: Mapping[str, float]) -> str:
    return (f"ingest of OpenStax physics: {book['seconds']:.0f} s ({book['work']:.0f} s of work) for {book['words']:,.0f} words in "
            f"{book['chunks']:,.0f} chunks, {book['mb']:.0f} MB   limit {MOST_INGEST_SECONDS:.0f} s, {MOST_MB:,.0f} MB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
