"""`python -m pipeline submit | requests | workers | dead-letters`: the queue, for people and for machines."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.config import read_settings
from pipeline.domain import Modality, StageRun, Status
from pipeline.errors import BadRequest
from pipeline.report import stage_cost, total_cost
from pipeline.requests import parse
from pipeline.tracking import RequestView
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import LessonQueue

SHOWN = 50


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `submit`, `requests`, `workers`, `dead-letters`."""
    submit = _verb(verbs, "submit", "put a request into the queue", run_submit)
    submit.add_argument("question")
    submit.add_argument("--grade", type=int, default=10, help="1 to 12 (default 10)")
    submit.add_argument("--interest", help="what the student likes, for example basketball")
    submit.add_argument("--modalities", default=None, metavar="LIST", help=f"of {','.join(Modality)} (default video)")
    submit.add_argument("--student", default="command-line", help="student id")
    submit.add_argument("--seed", type=int, default=1, help="the same seed makes the same lesson")
    submit.add_argument("--priority", type=int, default=0, help="-100 to 100, the higher the sooner (default 0)")
    submit.add_argument("--key", help="idempotency key: the same key again is the same request")
    listed = _verb(verbs, "requests", "what was asked for, and how it stands", run_requests)
    listed.add_argument("--status", choices=list(Status))
    listed.add_argument("--id")
    listed.add_argument("--limit", type=int, default=SHOWN)
    _verb(verbs, "workers", "who makes lessons", run_workers)
    dead = _verb(verbs, "dead-letters", "what was given up", run_dead_letters)
    dead.add_argument("--replay", type=int, metavar="DEAD_ID", help="give this one another chance")
    dead.add_argument("--discard", type=int, metavar="DEAD_ID", help="settle this one")


def run_submit(args: argparse.Namespace) -> int:
    """Put the request into the queue and tell its id."""
    modalities = None if args.modalities is None else [m.strip() for m in args.modalities.split(",") if m.strip()]
    request = parse({
        "student_query": args.question, "student_id": args.student, "grade_level": args.grade, "interest": args.interest,
        "requested_modalities": modalities, "seed": args.seed,
    }, request_id=new_request_id())
    request_id = _with_queue(args, lambda queue: queue.submit(request, priority=args.priority, idempotency_key=args.key))
    print(json.dumps({"request_id": request_id}) if args.json else request_id)
    return 0


def run_requests(args: argparse.Namespace) -> int:
    """List requests, the newest first."""
    views = _wiring(args).record.listed(status=args.status, request_id=args.id, limit=args.limit)
    if args.id and not views:
        raise BadRequest("--id", f"there is no request {args.id[:64]!r}.")
    _tell(args, [_request(view) for view in views], lambda row: (
        f"{row['request_id']}  {row['status']:<12} {row['stage'] or '':<10} {row['attempts']} attempts  ${row['cost_usd']}"))
    return 0


def run_workers(args: argparse.Namespace) -> int:
    """List the workers of the last day."""
    rows = [worker.model_dump(mode="json") for worker in _wiring(args).record.workers()]
    _tell(args, rows, lambda row: (
        f"{row['worker_id']}  {','.join(row['queues']):<12} silent {row['silent_seconds']:.0f} s, "
        f"{row['done']} done, {row['failed']} failed, {len(row['doing'])} under way"
        + (" (stopped)" if row["stopped_at"] else "")))
    return 0


def run_dead_letters(args: argparse.Namespace) -> int:
    """List what was given up; or settle one."""
    if args.replay is not None:
        _with_queue(args, lambda queue: queue.replay(args.replay))
    if args.discard is not None:
        _with_queue(args, lambda queue: queue.discard(args.discard))
    rows = [letter.model_dump(mode="json") for letter in _wiring(args).record.dead_letters()]
    _tell(args, rows, lambda row: f"{row['dead_id']}  {row['source']}  {row['request_id'] or '-'}  {row['reason']}")
    return 0


def _verb(verbs: Any, name: str, what: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=what)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.set_defaults(run=run, wire=Wiring)
    return parser


def _wiring(args: argparse.Namespace) -> Wiring:
    if not hasattr(args, "wiring"):
        args.wiring = args.wire(read_settings())
    wiring: Wiring = args.wiring
    return wiring


def _with_queue(args: argparse.Namespace, act: Callable[[LessonQueue], Any]) -> Any:
    wiring = _wiring(args)
    queue = LessonQueue(wiring.settings, wiring.record)
    try:
        return act(queue)
    finally:
        queue.close()


def _tell(args: argparse.Namespace, rows: Sequence[Mapping[str, Any]], line: Callable[[Mapping[str, Any]], str]) -> None:
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print(line(row))


def _request(view: RequestView) -> dict[str, Any]:
    moments = {"created_at": view.created_at, "finished_at": view.finished_at}
    return {
        "request_id": view.request.request_id, "status": view.status, "stage": view.current_stage,
        "attempts": view.attempts, "cost_usd": str(total_cost(view.stages)),
        **{name: at.isoformat() if at else None for name, at in moments.items()},
        "stages": [_stage(run) for run in view.stages],
    }


def _stage(run: StageRun) -> dict[str, Any]:
    return {"stage": run.stage, "status": run.status, "attempts": run.attempts, "billed_usd": str(stage_cost(run))}
