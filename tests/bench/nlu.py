"""How often `nlu` reads a question rightly: python -m tests.bench nlu [--split tune|test] [--limit N] [--show]."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from statistics import median

from pipeline.bill import Bill
from pipeline.config import read_settings
from pipeline.domain import GenerationRequest
from pipeline.errors import ClarificationNeeded, OutOfScope
from pipeline.stages.nlu import understand
from pipeline.testing import MemoryShelf, QuietJournal
from pipeline.wiring import Wiring

RIGHT_NEEDED = 0.85


def main(argv: Sequence[str]) -> int:
    """Print the outcome table, topic and interest accuracy; 1 when fewer than 85 % of the questions are read rightly."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench nlu")
    parser.add_argument("--split", choices=("tune", "test"), default="test")
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--show", action="store_true", help="print every question that was read wrongly")
    args = parser.parse_args(argv)
    lines = (read_settings().data / "evaluation" / "intents.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["split"] == args.split][: args.limit]
    house = Wiring(read_settings()).open_house()
    table: Counter[tuple[str, str]] = Counter()
    right, seconds = 0, []
    for row in rows:
        started = time.perf_counter()
        got, topic, interest = _read(row, house)
        seconds.append(time.perf_counter() - started)
        table[row["outcome"], got] += 1
        good = got == row["outcome"] and (got != "answer" or topic == row["topic_id"])
        right += good
        if args.show and not good:
            print(f"{row['outcome']:>12} → {got:<12} {topic or ''} | {row['kind']} | {row['question'][:90]}")
        if args.show and interest != row["interest"] and got == "answer":
            print(f"    interest {row['interest']} → {interest} | {row['question'][:90]}")
    for (wanted, got), count in sorted(table.items()):
        print(f"{wanted:>12} → {got:<12} {count}")
    print(f"right: {right} of {len(rows)} ({right / len(rows):.0%}); median {median(seconds):.2f} s a question")
    return 0 if right / len(rows) >= RIGHT_NEEDED else 1


def _read(row: dict, house) -> tuple[str, str | None, str | None]:
    request = GenerationRequest(
        request_id="bench", student_query=row["question"], student_id="bench", grade_level=row["grade"]
    )
    try:
        intent = understand(
            Bill(QuietJournal()), request, model=house.text, knowledge=house.knowledge, shelf=MemoryShelf()
        )
    except ClarificationNeeded:
        return "clarify", None, None
    except OutOfScope:
        return "out_of_scope", None, None
    return "answer", intent.topic_id, intent.interest_id
