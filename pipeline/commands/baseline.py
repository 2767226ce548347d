"""`python -m pipeline baseline start | show | end`: a day that later hours are measured against."""

import argparse
import json
from collections.abc import Iterator

from pipeline.comparison import Interval
from pipeline.config import read_settings
from pipeline.deployments import HOURS, Baseline, Standing, moment
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `baseline`."""
    parser = verbs.add_parser("baseline", help="what is normal, and what has left its band")
    actions = parser.add_subparsers(required=True, metavar="start|show|end")
    start = actions.add_parser("start", help="begin a new one; the one that runs ends with it")
    start.add_argument("--at", metavar="TIME", help="as 2025-11-04T01:23:45Z (default now)")
    start.add_argument("--hours", type=int, default=HOURS, help=f"how long it is (default {HOURS})")
    start.add_argument("--build", default="", metavar="ID", help="the deploy that it is for")
    start.add_argument("--note", default="")
    start.set_defaults(run=run_start)
    actions.add_parser("show", help="how it stands, and what has left its band").set_defaults(run=run_show)
    actions.add_parser("end", help="end the one that runs").set_defaults(run=run_end)
    for each in actions.choices.values():
        each.add_argument("--json", action="store_true", help="print one object")
        each.set_defaults(wire=Wiring)


def run_start(args: argparse.Namespace) -> int:
    """Begin one."""
    at = None if args.at is None else moment("--at", args.at)
    baselines = args.wire(read_settings()).baselines
    return _tell(args, baselines.start(COMMAND_LINE, at=at, hours=args.hours, build=args.build, note_=args.note))


def run_end(args: argparse.Namespace) -> int:
    """End it."""
    return _tell(args, args.wire(read_settings()).baselines.end(COMMAND_LINE))


def run_show(args: argparse.Namespace) -> int:
    """Print how the newest one stands. Raises `BadRequest` when there is none."""
    standing: Standing | None = args.wire(read_settings()).baselines.standing()
    if standing is None:
        raise BadRequest("baseline", "there is none: start one with `python -m pipeline baseline start`.")
    print(json.dumps(standing.model_dump(mode="json"), indent=2) if args.json else "\n".join(_lines(standing)))
    return 0


def _tell(args: argparse.Namespace, baseline: Baseline) -> int:
    if args.json:
        print(baseline.model_dump_json())
        return 0
    ended = f", ended {baseline.ended_at:%Y-%m-%d %H:%M} UTC" if baseline.ended_at else ""
    print(f"Baseline {baseline.baseline_id} from {baseline.start:%Y-%m-%d %H:%M} UTC for {baseline.hours} hours{ended}.")
    return 0


def _lines(standing: Standing) -> Iterator[str]:
    baseline = standing.baseline
    to_go = "complete" if standing.complete else f"{standing.hours_to_go:.1f} hours to go"
    yield f"Baseline {baseline.baseline_id} from {baseline.start:%Y-%m-%d %H:%M} UTC: {to_go}. {baseline.note}".rstrip()
    for look in standing.looks:
        yield f"  hour {look.hour:>3}  {look.state.replace('_', ' '):<12} {look.said}"
    yield f"  {'':<12} {'baseline':>28} {'last four hours':>28}"
    for each in standing.bands:
        mark = "  LEFT ITS BAND" if each.left else ""
        yield f"  {each.name:<12} {_interval(each.baseline):>28} {_interval(each.lately):>28}  {each.unit}{mark}"
    yield "A figure has left its band when its 95 % interval and that of the baseline do not overlap."


def _interval(found: Interval | None) -> str:
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.value:.4g} (n={found.n})"
    return f"{found.value:.4g} ({found.low:.4g} to {found.high:.4g})"
