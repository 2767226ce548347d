"""`python -m pipeline evaluate prompts`: prompts as experiments. Part of `evaluate`, which registers it."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.commands import batched, tracking
from pipeline.config import read_settings
from pipeline.errors import BadRequest, OperatorError
from pipeline.evaluation import CODES
from pipeline.experiments import SHIPPED, RunPlan, RunView, State, as_json, as_text, foreseen_text, judged_text, tracked
from pipeline.experiments import gate as judged
from pipeline.generate import House
from pipeline.organisation import COMMAND_LINE
from pipeline.ports import TextModel
from pipeline.scoring import Dataset, as_line, read_dataset
from pipeline.tracking import SILENT_SECONDS
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import serve

POLL_SECONDS = 1.0
JUDGES = (batched.LOCAL, "vertex")
Hear = Callable[[str, int, int], object]


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate prompts` and `evaluate datasets`."""
    parser = actions.add_parser("prompts", help="make the same questions with several prompts, score and compare the lessons")
    parser.add_argument("--dataset", default=SHIPPED, metavar="NAME|FILE", help=(
        f"{SHIPPED} (default: what ships and what was added to it), another set of this installation, or a file of JSON lines"))
    parser.add_argument("--variants", metavar="LIST", help=(
        "for example production,plain or production,new=hook@VERSION+link@VERSION,again=production:seed=2"))
    parser.add_argument("--baseline", metavar="NAME", help="what the others are compared with (default: the first variant)")
    parser.add_argument("--questions", type=int, metavar="N", help="only so many of the set, spread evenly over it")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--budget-usd", metavar="X", help="stop before more than this is spent, and say what is missing")
    parser.add_argument("--run-id", metavar="ID", help="go on with this run, or begin one of this id")
    parser.add_argument("--name", default="", help="what the run is called in lists")
    parser.add_argument("--here", action="store_true", help="make the lessons in this process, without a worker")
    parser.add_argument("--judge", nargs="?", const=JUDGES[0], default="", metavar="NAMES", help=(
        "have judges say of each pair which they prefer: local, the language model here (default), vertex, the Gen AI evaluation "
        "service, or both with a comma"))
    parser.add_argument("--batch", action="store_true", help=(
        "ask the local judge in a batch, at half the price and within a day (the google family, VIVIDLY_GOOGLE_BATCH)"))
    parser.add_argument("--cancel-batch", action="store_true", help="stop the batch of --run-id")
    parser.add_argument("--dry-run", action="store_true", help="make nothing: tell what it would take")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)
    sets = actions.add_parser("datasets", help="the sets of questions that prompts are evaluated on, or one of them whole")
    sets.add_argument("name", nargs="?", help="print this set as JSON lines")
    sets.add_argument("--json", action="store_true", help="print the list as one object")
    sets.set_defaults(run=run_datasets, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Plan, make, score, tell. 0 when the run is whole, 1 when something is missing."""
    wiring: Wiring = args.wire(read_settings())
    _judges(args.judge)
    if args.dry_run:
        return _foresee(args, wiring)
    if args.cancel_batch:
        print(batched.stop(wiring, args.run_id or ""))
        return 0
    run_id = args.run_id or new_request_id()
    known = wiring.experiments.find(run_id)
    if known is None:
        wiring.experiments.create(COMMAND_LINE, run_id, _dataset(args.dataset, wiring), _plan(args, wiring))
    elif known.state in (State.STOPPED, State.CANCELLED):
        wiring.experiments.again(COMMAND_LINE, run_id, budget_usd=_usd(args.budget_usd))
    house = wiring.open_house() if args.here else None
    view = _made_here(wiring, run_id, house) if house else _made(wiring, run_id)
    if args.batch:
        pairs = batched.LOCAL in _judges(args.judge)
        return _settled(args, wiring, view, batched.judge_of(wiring, run_id, pairs=pairs, hear=_hear))
    return _settled(args, wiring, view, (house or wiring.open_house()).text_of("judge"))


def run_gate(args: argparse.Namespace) -> int:
    """Tell whether a variant of a finished run is worse than its baseline; the exit code is the verdict."""
    wiring: Wiring = args.wire(read_settings())
    view = wiring.experiments.view(args.experiment)
    others = [variant.name for variant in view.plan.variants if variant.name != view.plan.baseline]
    if args.variant is None and len(others) != 1:
        raise BadRequest("variant", f"name the one that is judged with --variant: {', '.join(others) or 'there is none'}.")
    verdict = judged(view, args.variant or others[0])
    print(json.dumps({"run": view.run_id, **verdict.model_dump(mode="json")}, indent=1) if args.json else verdict.said)
    return CODES[verdict.fate]


def run_datasets(args: argparse.Namespace) -> int:
    """Tell which sets there are, or print one as the JSON lines that `--dataset FILE` reads."""
    datasets = args.wire(read_settings()).datasets
    if args.name:
        for row in datasets.read(args.name).rows:
            print(as_line(row))
        return 0
    sets = [{"name": one.name, "questions": len(one.rows), "added": len(datasets.added(one.name)), "version": one.version}
            for one in map(datasets.read, datasets.names())]
    told = (f"{one['name']}: {one['questions']} questions, {one['added']} of them added here; version {one['version']}"
            for one in sets)
    print(json.dumps(sets, ensure_ascii=False) if args.json else "\n".join(told))
    return 0


def _settled(args: argparse.Namespace, wiring: Wiring, view: RunView, judge: TextModel) -> int:
    view = wiring.experiments.settle(COMMAND_LINE, view.run_id, wiring.scoring_tools(judge), hear=_hear)
    sent = tracking.send(wiring, view.run_id, tracked(view)) if view.state is State.DONE else None
    for name in _judges(args.judge):
        wiring.opinions.judge(COMMAND_LINE, view.run_id, wiring.pair_judge(name, judge), hear=_hear)
    judged_by = wiring.opinions.judged(view.run_id)
    if args.json:
        judges = {each.judge: each.model_dump(mode="json", exclude={"judge"}) for each in judged_by}
        print(json.dumps({**as_json(view), "judges": judges, **tracking.as_json(sent)}, ensure_ascii=False, indent=1))
    else:
        print("\n".join([as_text(view), *map(judged_text, judged_by)]))
    return 0 if view.state is State.DONE else 1


def _foresee(args: argparse.Namespace, wiring: Wiring) -> int:
    found = wiring.experiments.foresee(_dataset(args.dataset, wiring), _plan(args, wiring))
    print(json.dumps({**found.model_dump(mode="json"), "new": found.new}, indent=1) if args.json else foreseen_text(found))
    return 0


def _plan(args: argparse.Namespace, wiring: Wiring) -> RunPlan:
    if not args.variants:
        raise BadRequest("--variants", "name them, for example --variants production,plain.")
    if args.questions is not None and args.questions < 1:
        raise BadRequest("--questions", "must be 1 or more.")
    if not 0 <= args.seed < 2**31:
        raise BadRequest("--seed", f"must be a whole number from 0 to {2**31 - 1}.")
    variants = wiring.experiments.variants(args.variants)
    return RunPlan(name=args.name, dataset=args.dataset, variants=variants, baseline=args.baseline or variants[0].name,
                   seed=args.seed, questions=args.questions, budget_usd=_usd(args.budget_usd))


def _judges(said: str) -> list[str]:
    names = [name.strip() for name in said.split(",") if name.strip()]
    unknown = next((name for name in names if name not in JUDGES), None)
    if unknown is not None:
        raise BadRequest("--judge", f"{unknown[:40]!r} is no judge: there is {' and '.join(JUDGES)}.")
    return names


def _usd(said: str | None) -> Decimal | None:
    if said is None:
        return None
    try:
        usd = Decimal(said)
    except InvalidOperation:
        usd = Decimal(0)
    if not usd.is_finite() or usd <= 0:
        raise BadRequest("--budget-usd", f"must be more than 0; it is {said[:40]!r}. Leave it out for a run without a budget.")
    return usd


def _dataset(name: str, wiring: Wiring) -> Dataset:
    if name in wiring.datasets.names():
        return wiring.datasets.read(name)
    return read_dataset(Path(name))


def _made_here(wiring: Wiring, run_id: str, house: House) -> RunView:
    return wiring.experiments.make(
        COMMAND_LINE, run_id, lambda request_id: serve(request_id, house, wiring.record), hear=_hear)


def _made(wiring: Wiring, run_id: str) -> RunView:
    """The run once nothing of it is under way; it is watched on stderr."""
    decided = -1
    while True:
        left = wiring.experiments.send(COMMAND_LINE, run_id)
        view = wiring.experiments.view(run_id)
        if view.decided != decided:
            decided = view.decided
            _hear("lessons", decided, len(view.items))
        if not view.under_way and not left:
            return view
        if not any(each.stopped_at is None and each.silent_seconds < SILENT_SECONDS for each in wiring.record.workers()):
            raise OperatorError(f"No worker is running: start `python -m pipeline worker`, then go on with --run-id {run_id}; "
                                "or make the lessons in this process with --here.")
        time.sleep(POLL_SECONDS)


def _hear(what: str, done: int, total: int) -> None:
    print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)
