"""A log of the first system's kind, made by chance from a seed: half of it as Cloud Logging's JSON, the rest ours and plain text.

60 causes make 8 of 100 lines errors, half of them with a traceback; the rest is what a worker says while all is well.
"""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

CAUSES, ERRORS = 60, 0.08
BEGIN = datetime(2025, 11, 4, tzinfo=UTC)
A_MINUTE = 100
"""Lines, of all three files together: a million are a week."""
JOBS = ("dev-vividly-content-worker", "dev-vividly-api", "dev-vividly-push-worker")
PARTS = ("School", "User", "FeatureFlag", "Organization", "Topic", "Interest", "Class", "Prompt", "StudentProgress", "ContentMetadata")
EXCEPTIONS = ("sqlalchemy.exc.InvalidRequestError", "psycopg2.OperationalError", "google.api_core.exceptions.PermissionDenied",
              "TimeoutError", "KeyError", "ValueError")
WHYS = (
    "One or more mappers failed to initialize - can't proceed. expression '{part}' failed to locate a name ('{part}')",
    "connection to server at \"10.0.{n}.7\", port 5432 failed while reading {part}: timeout expired after {n} ms",
    "403 {part} API has not been used in project {n} before or it is disabled",
    "{part} did not answer in {n} ms", "'{part}_id'", "could not convert {part} row {n} to a lesson",
)
ORDINARY = (
    "Processing message: request_id={request}, correlation_id=vvd_{n}_ab12cd34, delivery_attempt=1",
    "Updated request status: id={request}, status=generating, progress={percent}%",
    "NLU extraction successful: {n}ms, 812 input tokens, 240 output tokens, $0.0041 cost [execution_id={request}]",
    "Cache MISS: content:metadata:{request}", "[{short}] Step {step}: retrieval finished with {percent} passages of topic_phys_mech",
    "Request completed successfully: request_id={request}, video_url=gs://dev-vividly-generated/{request}/lesson.mp4",
    "[gen_{short}] Step 6: Video generation SKIPPED (not in requested_modalities=['text']) - COST SAVINGS: $0.183 saved per request",
    "Message processed successfully (total: {n})", "Published content request to Pub/Sub: request_id={request}, message_id={n}",
)
STAGES = ("nlu", "retrieval", "script", "tts", "images", "video", "")


def write(folder: Path, lines: int, seed: int = 1) -> list[Path]:
    """Three files with so many lines in all; a line with its traceback is one."""
    paths = [folder / name for name in ("cloud.jsonl", "worker.jsonl", "plain.log")]
    shares = (lines // 2, lines // 4, lines - lines // 2 - lines // 4)
    for path, share, form in zip(paths, shares, (_cloud, _ours, _plain), strict=True):
        dice = random.Random(f"{seed} {path.name}")
        with path.open("w", encoding="utf-8") as file:
            for number, said in enumerate(_said(dice, share, lines)):
                file.write(form(dice, number, *said))
    return paths


def _said(dice: random.Random, share: int, lines: int) -> Iterator[tuple[datetime, int | None, str, str]]:
    """Moment, cause, request and message."""
    step, request = timedelta(minutes=lines / A_MINUTE) / share, str(uuid.UUID(int=dice.getrandbits(128)))
    for number in range(share):
        if number % 20 == 0:
            request = str(uuid.UUID(int=dice.getrandbits(128)))
        cause = min(int(dice.expovariate(0.08)), CAUSES - 1) if dice.random() < ERRORS else None
        message = why(cause, dice.randrange(10_000)) if cause is not None else dice.choice(ORDINARY).format(
            request=request, n=dice.randrange(100_000), percent=dice.randrange(101), step=dice.randrange(1, 7), short=request[:8])
        yield BEGIN + step * number, cause, request, message


def why(cause: int, number: int) -> str:
    """What the cause says."""
    return WHYS[cause % len(WHYS)].format(part=PARTS[cause // len(WHYS) % len(PARTS)], n=number)


def _trace(cause: int, message: str) -> str:
    frames = "".join(
        f'  File "/app/app/services/{name}_service.py", line {40 + 7 * depth}, in step_{cause}_{depth}\n    self.run({depth})\n'
        for depth, name in enumerate(("content_generation", "clarification", "nlu", "storage")))
    library = "".join(f'  File "/usr/local/lib/python3.11/site-packages/sqlalchemy/orm/mapper.py", line {n}, in _check\n    raise\n'
                      for n in (2386, 2430, 3190))
    return f"Traceback (most recent call last):\n{frames}{library}{EXCEPTIONS[cause % len(EXCEPTIONS)]}: {message}"


def _version(at: datetime) -> str:
    return f"build-{(at - BEGIN).days // 2}"


def _cloud(dice: random.Random, number: int, at: datetime, cause: int | None, request: str, message: str) -> str:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    text = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} - __main__ - "
    text += f"ERROR - Request {request} failed: {message}" if cause is not None else f"INFO - {message}"
    if cause is not None and number % 2:
        text += "\n" + _trace(cause, message)
    job = JOBS[number % 3]
    return json.dumps({
        "insertId": f"{dice.getrandbits(80):020x}", "logName": "projects/dev-vividly-rich/logs/run.googleapis.com%2Fstderr",
        "labels": {"run.googleapis.com/execution_name": f"{job}-{at:%d%H}", "run.googleapis.com/task_index": "0"},
        "receiveTimestamp": stamp, "resource": {"type": "cloud_run_job", "labels": {
            "job_name": job, "location": "us-central1", "project_id": "dev-vividly-rich"}},
        "severity": "DEFAULT", "textPayload": text, "timestamp": stamp}) + "\n"


def _ours(dice: random.Random, number: int, at: datetime, cause: int | None, request: str, message: str) -> str:
    facts: dict[str, object] = {"seconds": number % 90 / 10, "attempt": 1, "model": "embedded"}
    if cause is not None:
        frames = [f"pipeline/stages/{name}.py:{20 + cause} step_{cause}" for name in ("script", "tts", "images")]
        message = "a stage failed"
        facts = {"fault": EXCEPTIONS[cause % len(EXCEPTIONS)], "at": frames, "words": why(cause, number)}
    action = "stage_failed" if cause is not None else "stage_finished" if number % 4 == 0 else "stage_told"
    worker, run = f"host-{number % 4}", f"worker-{at:%Y%m%dT%H}0000-{number % 4:04x}"
    same = {"version": _version(at), "execution": run}
    return json.dumps({
        "severity": "INFO" if cause is None else "ERROR", "timestamp": f"{at.isoformat(timespec='microseconds')[:26]}Z",
        "message": message, "logging.googleapis.com/insertId": f"{number:020x}", "logging.googleapis.com/trace": request.replace("-", ""),
        "logging.googleapis.com/labels": {"program": "worker", **same}, "action": action,
        "request_id": request, "correlation_id": f"vvd_{number}", "stage": STAGES[number % len(STAGES)], "worker": worker, **same,
        "resource": {"type": "generic_task", "labels": {"job": "worker"}}, **facts}) + "\n"


def _plain(dice: random.Random, number: int, at: datetime, cause: int | None, request: str, message: str) -> str:
    begin = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} - app.workers.content_worker - "
    if cause is None:
        return f"{begin}INFO - {message} {'detail ' * 40}\n"
    return f"{begin}ERROR - Request {request} failed: {message}\n" + (_trace(cause, message) + "\n" if number % 2 else "")
