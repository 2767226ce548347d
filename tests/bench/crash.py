"""Nothing lost, nothing doubled: python -m tests.bench crash [--requests 200] [--kills 20] [--database sqlite] [--json].

Submits lessons (on fakes) from many students, kills workers with -9 at random moments in every kind of stage, starts new
ones, on SQLite and PostgreSQL. 1 when a request is lost, made twice, or a stage of it billed twice.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.config import DATA, ROOT, Settings
from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import write_catalogue
from pipeline.domain import Stage, StageStatus, Status
from pipeline.requests import parse
from pipeline.tables import EventKind
from pipeline.tracking import Record
from pipeline.wiring import Wiring
from pipeline.work import LessonQueue
from tests.bench.queue import installation

QUESTION = "Explain Newton's third law"
INTERESTS = ("basketball", "music", None, "cooking")
TOPICS = ("physics/topic_phys_mech_newton_3", "biology/topic_bio_photosynthesis")
FORMS = (("text",), ("audio",), ("images",), ("video",), ("text", "audio"))
PATIENCE_SECONDS = 900
TAKEOVER_SECONDS = 15.0
WAIT_SECONDS = 15.0
"""How long a stage is waited for in which few workers have died."""


@dataclass
class Crew:
    """The workers, and when each of the dead died."""

    settings: Settings
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def hire(self) -> None:
        """One more."""
        environment = {**os.environ, "VIVIDLY_HOME": str(self.settings.home), "DATABASE_URL": self.settings.database_url,
                       "VIVIDLY_DATA": str(self.settings.data), "TRACES": str(self.settings.home / "said.txt")}
        with (self.settings.home / "workers.log").open("ab") as log:
            self.workers.append(subprocess.Popen(
                [sys.executable, "-m", "tests.bench._crew", "--concurrency", "2"], cwd=ROOT, env=environment, stdout=log,
                stderr=log))

    def lose(self, victim: subprocess.Popen[bytes]) -> None:
        """One fewer."""
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.workers.remove(victim)

    def dismiss(self) -> None:
        """All of them."""
        for worker in self.workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()


def main(argv: Sequence[str]) -> int:
    """Print what was lost, doubled, billed twice, and the longest takeover."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench crash")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    told = {}
    for name in (args.database,) if args.database else ("sqlite", "postgresql"):
        with installation(name) as settings:
            told[name] = crash(replace(settings, data=small_data(settings.home / "data")), requests=args.requests, kills=args.kills, chance=random.Random(args.seed))
    print(json.dumps(told) if args.json else "\n".join(f"{name}: {found}" for name, found in told.items()))
    return 0 if all(is_whole(found) for found in told.values()) else 1


def small_data(data: Path) -> Path:
    """Two topics and what belongs to them: a worker is there sooner."""
    for topic in TOPICS:
        name = topic.rpartition("/")[2]
        for file in (f"corpus/{topic}.md", f"interests/situations/{name}.toml"):
            (data / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(DATA / file, data / file)
    shutil.copy(DATA / "interests" / "interests.toml", data / "interests")
    shutil.copytree(DATA / "prompts", data / "prompts")
    write_catalogue(read_topics(data / "corpus"), data / "topics" / "topics.toml")
    return data


def is_whole(found: dict[str, object]) -> bool:
    """Whether nothing was lost, doubled, billed twice or taken over too late."""
    return not any(found[what] for what in ("lost", "doubled", "billed_twice", "not_completed")) and (
        float(str(found["longest_takeover_seconds"])) <= TAKEOVER_SECONDS)


def crash(settings: Settings, *, requests: int, kills: int, chance: random.Random) -> dict[str, object]:
    """Make so many lessons while so many workers are killed; what came of it."""
    record = Wiring(settings).record
    queue = LessonQueue(settings, record)
    ids = [queue.submit(_request(number, chance)) for number in range(requests)]
    crew, killed = Crew(settings), Counter[str]()
    deaths: dict[str, float] = {}
    try:
        for _ in range(2):
            crew.hire()
        _kill(crew, record, kills, killed, deaths, chance)
        end = time.monotonic() + PATIENCE_SECONDS
        while record.undecided() and time.monotonic() < end:
            time.sleep(0.5)
    finally:
        crew.dismiss()
        queue.close()
    return {"requests": requests, "kills": sum(killed.values()), "killed_in": {str(stage): count for stage, count in killed.items()}, **_found(record, ids, deaths)}


def _request(number: int, chance: random.Random):
    return parse({
        "student_query": QUESTION, "student_id": f"student-{number}", "grade_level": chance.choice((9, 10, 11, 12)),
        "interest": chance.choice(INTERESTS),
        "requested_modalities": chance.choice(FORMS), "seed": number,
    }, request_id=str(uuid.uuid4()))


def _kill(
    crew: Crew, record: Record, kills: int, killed: Counter[str], deaths: dict[str, float], chance: random.Random
) -> None:
    """Kill workers that are at work, each time in the stage that has seen the fewest deaths, if it comes in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    since = time.monotonic()
    while sum(killed.values()) < kills and record.undecided() and time.monotonic() < end:
        time.sleep(chance.uniform(0.0, 0.1))
        by_pid = {worker.pid: worker for worker in crew.workers}
        alive = [view for view in record.workers() if view.pid in by_pid]
        if len(alive) < 2:  # somebody has to be there to take over
            continue
        fewest = min(killed[stage] for stage in Stage)
        wanted = [stage for stage in Stage if killed[stage] == fewest or time.monotonic() - since > WAIT_SECONDS]
        found = next(((view, doing.stage) for view in alive for doing in view.doing if doing.stage in wanted), None)
        if found is None or found[1] is None:
            continue
        crew.lose(by_pid[found[0].pid])
        deaths[found[0].worker_id] = time.time()
        killed[found[1]] += 1
        since = time.monotonic()
        crew.hire()


def _found(record: Record, ids: Sequence[str], deaths: dict[str, float]) -> dict[str, object]:
    views = [record.view(request_id) for request_id in ids]
    billed = Counter[tuple[str, Stage]]()
    doubled, takeovers = 0, [0.0]
    for view in filter(None, views):
        request_id = view.request.request_id
        billed.update((request_id, run.stage) for run in view.stages if run.usage)
        completed = Counter(run.stage for run in view.stages if run.status is StageStatus.COMPLETED)
        events = record.events(request_id)
        decided = sum(event.kind is EventKind.DECIDED for event in events)
        doubled += decided > 1 or any(count > 1 for count in completed.values())
        takeovers += [event.at.timestamp() - deaths[str(event.data["worker_id"])] for event in events
                      if event.kind is EventKind.TAKEN_OVER and event.data["worker_id"] in deaths]
    return {
        "lost": sum(view is None or not view.status.decided for view in views), "doubled": doubled,
        "billed_twice": sum(count > 1 for count in billed.values()),
        "not_completed": sum(view is not None and view.status is not Status.COMPLETED for view in views),
        "taken_over": len(takeovers) - 1, "longest_takeover_seconds": round(max(takeovers), 1),
        "retried": sum(event.kind is EventKind.RETRY_SCHEDULED for request_id in ids for event in record.events(request_id)),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
