"""The original's story as a log: one bug hid the next over three builds, and the last build was clean only after a while.

Two shapes: the worker's own plain text, and the same lines as Cloud Logging gives them, with executions and severity DEFAULT.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.deployments import Deploy

BEGAN = datetime(2025, 11, 4, 1, 0, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
JOB = "dev-vividly-content-worker"
BUILDS = (("eda8fd41", "85cffd8"), ("a879e323", "4291f22"), ("d9e50e55", "75a8000"))
DEPLOYS = tuple(
    Deploy(build=build, commit=commit, image=f"content-worker@sha256:{number:064x}", at=BEGAN + (number + 1) * HOUR)
    for number, (build, commit) in enumerate(BUILDS))
MAPPERS = ("One or more mappers failed to initialize - can't proceed with initialization of other mappers. "
           "Triggering mapper: 'Mapper[Organization(organizations)]'. Original exception was: ")
SCHOOL = (MAPPERS + "When initializing mapper Mapper[Organization(organizations)], expression 'School' failed to locate a name "
          "('School'). If this is a class name, consider adding this relationship() to the <class 'app.models.organization."
          "Organization'> class after both dependent classes have been defined.")
USER = (MAPPERS + "Could not determine join condition between parent/child tables on relationship Organization.users - there "
        "are no foreign keys linking these tables.  Ensure that referencing columns are associated with a ForeignKey or "
        "ForeignKeyConstraint, or specify a 'primaryjoin' expression.")
FLAG = SCHOOL.replace("'School'", "'FeatureFlag'")
FAULTS = (SCHOOL, USER, FLAG, None)
"""What every query met: before the first of the builds, and after each."""
TRACE = """Traceback (most recent call last):
  File "/app/app/workers/content_worker.py", line 214, in process_message
    request = self.tracker.get(request_id)
  File "/app/app/services/content_request_service.py", line 88, in get
    return db.query(ContentRequest).filter_by(id=request_id).first()
  File "/usr/local/lib/python3.11/site-packages/sqlalchemy/orm/mapper.py", line 2407, in _check_configure
    raise e
sqlalchemy.exc.InvalidRequestError: {fault}"""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line."""

    at: datetime
    level: str
    message: str
    execution: str
    trace: str = ""


def execution(name: str, at: datetime, fault: str | None, *, requests: int = 1) -> Iterator[Said]:
    """One run of the worker; every request meets the fault, where there is one."""
    clock = iter(range(1000))

    def say(message: str, level: str = "INFO", trace: str = "") -> Said:
        return Said(at=at + next(clock) * SECOND, level=level, message=message, execution=name, trace=trace)

    yield say("Content Worker starting...")
    yield say("Worker initialized: subscription=content-worker-sub-dev, topic=content-requests-dev, health_port=8080")
    yield say(f"Received {requests} messages, processing...")
    for number in range(requests):
        request_id = f"{abs(hash((name, number))) % 16**8:08x}-0000-4000-8000-{number:012x}"
        yield say(f"Processing message: request_id={request_id}, correlation_id=corr-{number}, delivery_attempt=1")
        if fault:
            yield say(f"Request {request_id} failed: {fault}", "ERROR", TRACE.format(fault=fault))
            yield say(f"Message processing failed (total failed: {number + 1})", "WARNING")
        else:
            yield say(f"Updated request status: id={request_id}, status=validating, progress=5%")
            yield say("[gen_0123456789abcdef] Step 6: Video generation SKIPPED (not in requested_modalities=['text']) "
                      "- COST SAVINGS: $0.183 saved per request")
            yield say(f"Request completed successfully: request_id={request_id}, video_url=None")
    yield say(f"Worker completed: runtime=12.3s, processed={0 if fault else requests}, failed={requests if fault else 0}, "
              f"success_rate={0.0 if fault else 100.0:.1f}%")


def story(runs: Sequence[int] = (3, 3, 3, 30), faults: Sequence[str | None] = FAULTS) -> list[Said]:
    """So many executions before the first build and after each, a minute and a half apart, each with one request."""
    lines: list[Said] = []
    for era, (count, fault) in enumerate(zip(runs, faults, strict=True)):
        for number in range(count):
            at = BEGAN + era * HOUR + 5 * MINUTE + number * 90 * SECOND
            lines += execution(f"{JOB}-{era}{number:03}", at, fault)
    return lines


def as_text(lines: Sequence[Said]) -> bytes:
    """As the worker wrote them."""
    return b"".join(
        f"{line.at:%Y-%m-%d %H:%M:%S},{line.at.microsecond // 1000:03} - __main__ - {line.level} - {line.message}\n"
        f"{line.trace + chr(10) if line.trace else ''}".encode() for line in lines)


def as_entries(lines: Sequence[Said]) -> bytes:
    """As Cloud Logging gives them: plain text without a severity, from an execution of a job."""
    return b"".join(json.dumps(_entry(number, line)).encode() + b"\n" for number, line in enumerate(lines))


SHAPES: Sequence[Callable[[Sequence[Said]], bytes]] = (as_text, as_entries)


def _entry(number: int, line: Said) -> dict[str, object]:
    text = f"{line.at:%Y-%m-%d %H:%M:%S},000 - __main__ - {line.level} - {line.message}" + (f"\n{line.trace}" if line.trace else "")
    return {
        "insertId": f"id{number:06}", "timestamp": f"{line.at:%Y-%m-%dT%H:%M:%S}.000000Z", "severity": "DEFAULT",
        "textPayload": text, "logName": "projects/vividly-dev-rich/logs/run.googleapis.com%2Fstderr",
        "labels": {"run.googleapis.com/execution_name": line.execution},
        "resource": {"type": "cloud_run_job", "labels": {"job_name": JOB, "location": "us-central1"}},
    }
