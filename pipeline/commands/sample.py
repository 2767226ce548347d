"""`python -m pipeline sample`: real lessons for a first look, made through the queue. Run twice, nothing is made twice."""

import argparse
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.allowance import plan
from pipeline.config import ROOT, read_settings
from pipeline.domain import GenerationRequest, Modality, Stage, Status
from pipeline.errors import BadRequest, OperatorError
from pipeline.requests import parse
from pipeline.tracking import SILENT_SECONDS, Record
from pipeline.visuals import Text, Value
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import LessonQueue

LESSONS = 60
LOG = "sample-worker.log"
FILE = Path("sample") / "questions.toml"
PATIENT = {"VIVIDLY_DEADLINE_FACTOR": "4"}
"""Nobody waits for these lessons: on a slow or busy machine they may take long."""
LOOKS_EVERY_SECONDS = 1.0
WORKER_GOES_SECONDS = 15.0
USUAL_SECONDS: Mapping[Stage, float] = {Stage.NLU: 1, Stage.SCRIPT: 6, Stage.TTS: 8, Stage.IMAGES: 5, Stage.VIDEO: 60}
"""What stages take on two ordinary cores, until this machine has measured its own."""


class Sample(Value):
    """One question of the set; its key makes it one request however often the set is asked for."""

    key: Text
    question: Text
    grade: int
    modalities: Annotated[tuple[Modality, ...], Field(min_length=1)]
    interest: str | None = None
    student: Text
    seed: int = 1

    def request(self) -> GenerationRequest:
        """As anybody would ask it."""
        return parse({
            "student_query": self.question, "student_id": self.student, "grade_level": self.grade,
            "interest": self.interest, "requested_modalities": list(self.modalities), "seed": self.seed,
        }, request_id=new_request_id())


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sample`."""
    parser = verbs.add_parser("sample", help="make lessons for a first look at the console")
    parser.add_argument("--lessons", type=int, default=LESSONS, metavar="N", help=f"the first N of the set (default {LESSONS})")
    parser.add_argument("--only", choices=list(Modality), help="only those whose furthest form is this")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Ask for the lessons and wait until all are decided; 1 when one of them failed."""
    wiring: Wiring = args.wire(read_settings())
    asked = chosen(read_samples(wiring.settings.data / FILE), args.lessons, args.only)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the worker is not left behind
    queue, worker = LessonQueue(wiring.settings, wiring.record), _Worker(wiring.record, wiring.settings.home / LOG)
    try:
        ended = _followed(asked, queue, wiring.record, worker)
    finally:
        worker.stop()
        queue.close()
    told = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in sorted(ended.items()))
    print(f"{sum(ended.values())} requests: {told}. `make run` shows them; `python -m pipeline savings` adds them up.")
    if ended[Status.FAILED]:
        print("`python -m pipeline dead-letters` says why some failed; with `--replay` they get another chance.")
    return 1 if ended[Status.FAILED] else 0


def read_samples(file: Path) -> tuple[Sample, ...]:
    """The set, in its order. Raises `OperatorError`."""
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))["lesson"]
        return tuple(Sample.model_validate(entry) for entry in entries)
    except (OSError, KeyError, ValueError) as fault:
        raise OperatorError(f"The sample questions cannot be read ({file.name}: {fault}).") from fault


def chosen(samples: Sequence[Sample], lessons: int, only: Modality | None = None) -> list[Sample]:
    """The first so many whose furthest form this is. Raises `BadRequest`."""
    fitting = [sample for sample in samples if only is None or _furthest(sample) is Modality(only)]
    if not 1 <= lessons <= len(samples):
        raise BadRequest("--lessons", f"must be 1 to {len(samples)}.")
    return fitting[:lessons]


def _furthest(sample: Sample) -> Modality:
    order = (Modality.VIDEO, Modality.IMAGES, Modality.AUDIO, Modality.TEXT)
    return next(modality for modality in order if modality in sample.modalities)


def _followed(samples: Sequence[Sample], queue: LessonQueue, record: Record, worker: "_Worker") -> Counter[Status]:
    """Ask, and show how far it is until all are decided; how they ended."""
    asked = {queue.submit(sample.request(), idempotency_key=f"sample-{sample.key}"): sample for sample in samples}
    left, usual = len(asked) + 1, USUAL_SECONDS
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("lessons", total=len(asked))
        while open_ := set(record.undecided()) & asked.keys():
            worker.check()
            if len(open_) < left:
                left, usual = len(open_), {**USUAL_SECONDS, **record.stage_seconds()}
                minutes = expected_seconds([asked[one] for one in open_], usual) / 60
                progress.update(task, completed=len(asked) - left, description=f"lessons, about {minutes:.0f} min left")
            time.sleep(LOOKS_EVERY_SECONDS)
        progress.update(task, completed=len(asked), description="lessons")
    return Counter(view.status for view in map(record.view, asked) if view)


def expected_seconds(samples: Sequence[Sample], usual: Mapping[Stage, float]) -> float:
    """How long these take: lessons that are only written have a line of their own, beside the others."""
    takes = [(_furthest(sample) is Modality.TEXT, sum(usual.get(stage, 0.0) for stage in plan(sample.request())))
             for sample in samples]
    return max(sum(seconds for written, seconds in takes if written is line) for line in (True, False))


class _Worker:
    """A worker for as long as this takes, where none is at work."""

    def __init__(self, record: Record, log: Path) -> None:
        self._log = log
        self._started: subprocess.Popen[bytes] | None = None
        if not any(worker.stopped_at is None and worker.silent_seconds < SILENT_SECONDS for worker in record.workers()):
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as out:
                self._started = subprocess.Popen(
                    [sys.executable, "-m", "pipeline", "worker"], cwd=ROOT, stderr=out, env={**PATIENT, **os.environ})

    def check(self) -> None:
        """Raises `OperatorError` when it has ended by itself."""
        if self._started is not None and self._started.poll() is not None:
            raise OperatorError(f"The worker ended ({self._started.returncode}): see {self._log}. What was asked for is kept; "
                                "run this again to go on.")

    def stop(self) -> None:
        """End it; what it was at is handed back."""
        if self._started is None:
            return
        self._started.terminate()
        try:
            self._started.wait(WORKER_GOES_SECONDS)
        except subprocess.TimeoutExpired:
            self._started.kill()
