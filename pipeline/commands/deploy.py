"""`python -m pipeline deploy record | list | show`: builds that were put into service, and what became of them."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.config import read_settings
from pipeline.deployments import Check, Deploy, Fate, Told, moment, read_deploys
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import DeployOrigin
from pipeline.wiring import Wiring

PARTS = ("fixed", "unmasked", "broke", "still", "gone", "rare")
WIDE = 150


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `deploy`."""
    parser = verbs.add_parser("deploy", help="what was put into service, and what became of it")
    actions = parser.add_subparsers(required=True, metavar="record|list|show")
    record = actions.add_parser("record", help="say that a build was put into service; the same again changes nothing")
    record.add_argument("--build", help="its id")
    record.add_argument("--commit", default="", metavar="SHA")
    record.add_argument("--image", default="", metavar="DIGEST", help="with its digest, as name@sha256:…")
    record.add_argument("--at", metavar="TIME", help="as 2025-11-04T01:23:45Z (without a zone: UTC), or now")
    record.add_argument("--service", default="", metavar="NAME", help="the job or service (default: all of them)")
    record.add_argument("--note", default="")
    record.add_argument("--deploys", type=Path, metavar="FILE", help="take them from a file: JSON array, JSON lines or CSV")
    record.set_defaults(run=run_record)
    actions.add_parser("list", help="every deploy with its verdict, the newest first").set_defaults(run=run_list)
    show = actions.add_parser("show", help="one deploy: its verdict, what it rests on, the checklist")
    show.add_argument("deploy", metavar="ID", help="the beginning of its build or commit")
    show.set_defaults(run=run_show)
    for each in actions.choices.values():
        each.add_argument("--json", action="store_true", help="print one object")
        each.set_defaults(wire=Wiring)


def run_record(args: argparse.Namespace) -> int:
    """Record what the options or the file say."""
    deploys = _given(args)
    deployments = args.wire(read_settings()).deployments
    told = [(deploy, deployments.record(COMMAND_LINE, deploy), deployments.remark(deploy)) for deploy in deploys]
    if args.json:
        rows = [{**_facts(deploy), "recorded": new, "remark": remark} for deploy, new, remark in told]
        print(json.dumps(rows if args.deploys else rows[0], ensure_ascii=False))
        return 0
    for deploy, new, remark in told:
        done = "is recorded" if new else "was recorded before"
        print(f"{deploy.build} {done}: {deploy.at:%Y-%m-%d %H:%M:%S} UTC. {remark}".rstrip())
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print a line for each deploy."""
    told = args.wire(read_settings()).deployments.told()
    if args.json:
        print(json.dumps([_summary(each) for each in told], ensure_ascii=False, indent=2))
        return 0
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("build", "commit", "at (UTC)", "service", "verdict", "why"):
        table.add_column(title, header_style="dim", no_wrap=title != "why")
    for each in told:
        deploy, verdict = each.deploy, each.verdict
        table.add_row(deploy.build, deploy.commit[:12], f"{deploy.at:%Y-%m-%d %H:%M}", deploy.service or "all",
                      _words(verdict.kind), verdict.reason)
    Console(width=WIDE).print(table, markup=False)
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print one deploy."""
    deployments = args.wire(read_settings()).deployments
    deploy = deployments.find(args.deploy)
    told, checks = Told(deploy=deploy, verdict=deployments.verdict(deploy)), deployments.checklist(deploy)
    if args.json:
        whole = {**told.model_dump(mode="json"), "checklist": [check.model_dump(mode="json") for check in checks]}
        print(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        print("\n".join((*_head(told), *_parts(told), *_checks(checks))))
    return 0


def _given(args: argparse.Namespace) -> list[Deploy]:
    if args.deploys:
        if args.build or args.at:
            raise BadRequest("--deploys", "is instead of --build and --at: give one or the other.")
        return read_deploys(args.deploys)
    for name in ("build", "at"):
        if not getattr(args, name):
            raise BadRequest(f"--{name}", "is missing: give --build and --at, or a file with --deploys.")
    return [Deploy(build=args.build, commit=args.commit, image=args.image, at=moment("--at", args.at), service=args.service,
                   note=args.note, origin=DeployOrigin.COMMAND)]


def _facts(deploy: Deploy) -> dict[str, object]:
    return deploy.model_dump(mode="json", include={"build", "commit", "image", "at", "service", "note"})


def _summary(told: Told) -> dict[str, object]:
    verdict = told.verdict
    groups = {part: [fate.fingerprint for fate in getattr(verdict, part)] for part in PARTS}
    return {**_facts(told.deploy), "verdict": verdict.kind, "reason": verdict.reason, "unit": verdict.unit,
            "exposure": verdict.exposure.model_dump(), "more_needed": verdict.more_needed, **groups}


def _head(told: Told) -> Iterator[str]:
    deploy = told.deploy
    where = deploy.service or "all services"
    yield f"{deploy.build}  {deploy.commit}  {deploy.at:%Y-%m-%d %H:%M:%S} UTC  {where}  {deploy.image}"
    if deploy.note:
        yield deploy.note
    yield f"{_words(told.verdict.kind).upper()}: {told.verdict.reason}"


def _parts(told: Told) -> Iterator[str]:
    for part in PARTS:
        yield from (f"  {part:<9} {_fate(fate)}" for fate in getattr(told.verdict, part))


def _fate(fate: Fate) -> str:
    counts = f"{fate.before} of {fate.before_of} before, {fate.after} of {fate.after_of} since"
    behind = f"; behind {fate.unmasked_by}" if fate.unmasked_by else ""
    return f"{fate.fingerprint}  {fate.title}  ({counts}{behind})"


def _checks(checks: tuple[Check, ...]) -> Iterator[str]:
    for check in checks:
        lines = f"  [{', '.join(check.line_ids[:3])}]" if check.line_ids else ""
        yield f"  {_words(check.state):<8} {check.name}: {check.said}{lines}"


def _words(kind: str) -> str:
    return "too early to tell" if kind == "too_early" else kind.replace("_", " ")
