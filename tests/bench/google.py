"""Lessons by the google family under faults and under a quota: python -m tests.bench google [--lessons 300] [--database D].

Workers in processes of their own ask a stand-in on loopback with Google's own clients. First every fiftieth call fails (429,
500, 503, half an answer, garbage); then only ten calls a minute are let through, a minute being --minute seconds here. 1 when a
lesson failed, or the ledger does not say what the stand-in counted.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pipeline.config import DATA, ROOT, Settings
from pipeline.domain import GenerationRequest, Modality, Status, Unit
from pipeline.tables import RequestRow, StageRunRow, UsageRow
from pipeline.testing.google import Google
from pipeline.testing.google_server import served
from pipeline.wiring import Wiring
from pipeline.work import LessonQueue
from tests.bench.queue import installation

PATIENCE_SECONDS = 900
GOOD = (Status.COMPLETED, Status.CLARIFICATION_NEEDED, Status.OUT_OF_SCOPE)
BILLED = (Unit.INPUT_TOKEN, Unit.CACHED_INPUT_TOKEN, Unit.OUTPUT_TOKEN, Unit.CHARACTER)


def main(argv: Sequence[str]) -> int:
    """Print what became of the requests of both parts."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench google")
    parser.add_argument("--lessons", type=int, default=300)
    parser.add_argument("--faults", type=float, default=0.02, help="the share of calls that fail")
    parser.add_argument("--quota-lessons", type=int, default=50)
    parser.add_argument("--per-minute", type=int, default=10)
    parser.add_argument("--minute", type=float, default=3.0, help="how many seconds a minute has")
    parser.add_argument("--only", choices=("faults", "quota"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "index.sqlite"
        parts = {
            "faults": (args.lessons, Google(fault_share=args.faults)),
            "quota": (args.quota_lessons, Google(per_minute=args.per_minute, minute_seconds=args.minute)),
        }
        told = {name: _part(args, lessons, google, kept) for name, (lessons, google) in parts.items() if args.only in (None, name)}
    print(json.dumps(told) if args.json else "\n".join(_lines(told)))
    return 0 if all(part["failed"] == 0 and part["ledger_agrees"] for part in told.values()) else 1


def _part(args: argparse.Namespace, lessons: int, google: Google, kept: Path) -> dict[str, Any]:
    """The index is made once, for both parts."""
    with installation(args.database) as settings, served(google) as address:
        wiring, index = Wiring(settings), settings.home / "index.sqlite"
        if kept.is_file():
            shutil.copy(kept, index)
        wiring.build_index()
        shutil.copy(index, kept)
        queue = LessonQueue(settings, wiring.record)
        began = time.monotonic()
        for request in _requests(lessons):
            queue.submit(request)
        with _working(settings, google.project, address, args.workers):
            _until(lambda: _undecided(wiring) == 0)
        seconds = time.monotonic() - began
        told = {"lessons": lessons, "seconds": round(seconds, 1), **_told(wiring, google)}
        print(told, file=sys.stderr)
        return told


def _requests(count: int) -> Iterator[GenerationRequest]:
    """Questions of the labelled set, over and over with another grade, each made fresh."""
    lines = [json.loads(line) for line in (DATA / "evaluation" / "intents.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [line for line in lines if line["outcome"] == "answer"]
    for number in range(count):
        line = asked[number % len(asked)]
        yield GenerationRequest(
            request_id=str(uuid.uuid4()), student_query=line["question"], student_id=f"bench-{number}",
            grade_level=9 + number // len(asked) % 4, interest=line["interest"], fresh=True,
            requested_modalities=(Modality.TEXT,), preferred_modality=Modality.TEXT)


@contextmanager
def _working(settings: Settings, project: str, address: str, workers: int) -> Iterator[None]:
    environment = {
        **os.environ, "VIVIDLY_HOME": str(settings.home), "VIVIDLY_FAMILY": "google", "GOOGLE_CLOUD_PROJECT": project,
        "VIVIDLY_GOOGLE_ENDPOINT": address, "VIVIDLY_LOG": "file",
        **({} if settings.database_is_default else {"DATABASE_URL": settings.database_url})}
    with (Path(settings.home) / "workers.log").open("ab") as log:
        crew = [subprocess.Popen([sys.executable, "-m", "pipeline", "worker", "--concurrency", "4"], cwd=ROOT, env=environment,
                                 stdout=log, stderr=log) for _ in range(workers)]
    try:
        yield
    finally:
        for process in crew:
            process.send_signal(signal.SIGTERM)
        for process in crew:
            process.wait(60)


def _undecided(wiring: Wiring) -> int:
    with wiring.engine.connect() as connection:
        open_ = select(func.count()).select_from(RequestRow).where(RequestRow.status.in_([Status.PENDING, Status.RUNNING]))
        return connection.scalar(open_) or 0


def _told(wiring: Wiring, google: Google) -> dict[str, Any]:
    with wiring.engine.connect() as connection:
        states = Counter(connection.scalars(select(RequestRow.status)))
        rows = connection.execute(
            select(UsageRow.model, UsageRow.unit, func.sum(UsageRow.quantity)).join(StageRunRow)
            .where(UsageRow.provider == "google", UsageRow.unit.in_(BILLED)).group_by(UsageRow.model, UsageRow.unit)).all()
        errors = list(connection.scalars(select(RequestRow.error).where(RequestRow.status == Status.FAILED).limit(3)))
    ledger = {f"{model} {unit}": int(quantity) for model, unit, quantity in rows}
    counted = {f"{model} {unit}": quantity for (model, unit), quantity in google.billed.items()}
    return {
        "states": {str(state): count for state, count in states.items()},
        "failed": sum(count for state, count in states.items() if state not in GOOD), "errors": errors,
        "calls": len(google.asked), "refused": google.failed, "ledger": ledger, "counted": counted,
        "ledger_agrees": ledger == counted,
    }


def _until(done: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"not decided after {PATIENCE_SECONDS} s")
        time.sleep(0.5)


def _lines(told: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, part in told.items():
        yield (f"{name}: {part['lessons']} lessons in {part['seconds']} s: {part['states']}; {part['calls']:,} calls, "
               f"{part['refused']:,} of them failed; the ledger {'agrees' if part['ledger_agrees'] else 'DISAGREES'}: "
               f"{part['ledger']} counted {part['counted']}")
        yield from (f"  {error}" for error in part["errors"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
