"""The actions of `python -m pipeline prompts` that change something: save, label, promote, roll back, split, import."""

import argparse
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.commands import since
from pipeline.config import read_settings
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE
from pipeline.prompts import read_text
from pipeline.registry import PRODUCTION, Arm, Move, Promotion, PromotionState, Registry, Split, SplitLook
from pipeline.visuals import Value

Run = Callable[[argparse.Namespace], int]
Action = Callable[[str, str, Run], argparse.ArgumentParser]
VERSIONS = "NAME@REF[,NAME@REF…]"
ARM = re.compile(r"(?P<name>[^=]+)=(?P<share>\d{1,3}):(?P<versions>.+)")


def register(action: Action) -> None:
    """Add them."""
    _labels(action)
    _promotions(action)
    _splits(action)


def _labels(action: Action) -> None:
    save = action("save", "keep a file as a new version; the file's name is the prompt's", run_save)
    save.add_argument("file", type=Path)
    save.add_argument("--message", required=True, help="what is new in it")
    save.add_argument("--parent", metavar="REF", help="the version that it was made from (default: production)")
    label = action("label", "put a label on a version, or take it away", run_label)
    label.add_argument("name")
    label.add_argument("label")
    label.add_argument("ref", nargs="?", help="where to; without it the label is taken away")
    label.add_argument("--why", default="")
    export = action("export", "write the versions of a label as files", run_export)
    export.add_argument("folder", type=Path)
    export.add_argument("--label", default=PRODUCTION)
    take = action("import", "keep the files of a folder as versions", run_import)
    take.add_argument("folder", type=Path)
    take.add_argument("--message", required=True)


def _promotions(action: Action) -> None:
    promote = action("promote", "put versions into production together", run_promote)
    promote.add_argument("versions", metavar=VERSIONS)
    promote.add_argument("--run", dest="run_id", default="", metavar="RUN", help="the evaluation that they passed")
    promote.add_argument("--override", default="", metavar="WHY", help="the reason to do without one")
    approve = action("approve", "agree, as the second person, to a promotion that waits", run_approve)
    approve.add_argument("promotion_id", type=int, metavar="PROMOTION")
    withdraw = action("withdraw", "a promotion that waits is not gone on with", run_withdraw)
    withdraw.add_argument("promotion_id", type=int, metavar="PROMOTION")
    withdraw.add_argument("--why", required=True)
    back = action("rollback", "put production back to the version before", run_rollback)
    back.add_argument("name")
    back.add_argument("--to", default="", metavar="REF", help="an earlier production version")
    back.add_argument("--why", required=True)


def _splits(action: Action) -> None:
    split = action("split", "splits of the traffic: list them, look at one, start or stop one", run_split)
    split.add_argument("split_id", nargs="?", type=int, metavar="SPLIT")
    split.add_argument("--start", nargs="+", metavar=f"ARM=SHARE:{VERSIONS}", help="shares in per cent; the first arm is what "
                       "the others are measured against")
    split.add_argument("--for", dest="ends", metavar="TIME", help="with --start: until then (a day, or a moment)")
    split.add_argument("--stop", action="store_true")
    split.add_argument("--why", default="")


def run_save(args: argparse.Namespace) -> int:
    """Keep a version."""
    text, registry = read_text(args.file), _registry(args)
    version = registry.save(COMMAND_LINE, text, message=args.message, parent=args.parent or PRODUCTION)
    return _print(args, version, f"{version.name}@{version.version} is v{version.number}.")


def run_label(args: argparse.Namespace) -> int:
    """Move a label."""
    registry = _registry(args)
    if args.ref is None:
        return _moved(args, registry.unlabel(COMMAND_LINE, args.name, args.label, why=args.why))
    return _moved(args, registry.label(COMMAND_LINE, args.name, args.label, args.ref, why=args.why))


def run_export(args: argparse.Namespace) -> int:
    """Write files."""
    files = _registry(args).export(args.folder, label=args.label)
    print(json.dumps([str(file) for file in files]) if args.json else "\n".join(str(file) for file in files))
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Read files."""
    versions = _registry(args).take(COMMAND_LINE, args.folder, message=args.message)
    if args.json:
        print(json.dumps([version.model_dump(mode="json", by_alias=True) for version in versions], ensure_ascii=False))
    else:
        print("\n".join(f"{version.name}@{version.version} is v{version.number}." for version in versions))
    return 0


def run_promote(args: argparse.Namespace) -> int:
    """Promote."""
    return _promoted(args, _registry(args).promote(
        COMMAND_LINE, _versions(args.versions), run_id=args.run_id, override=args.override))


def run_approve(args: argparse.Namespace) -> int:
    """Agree."""
    return _promoted(args, _registry(args).approve(COMMAND_LINE, args.promotion_id))


def run_withdraw(args: argparse.Namespace) -> int:
    """Withdraw."""
    return _promoted(args, _registry(args).withdraw(COMMAND_LINE, args.promotion_id, why=args.why))


def run_rollback(args: argparse.Namespace) -> int:
    """Go back."""
    return _moved(args, _registry(args).rollback(COMMAND_LINE, args.name, why=args.why, to=args.to))


def run_split(args: argparse.Namespace) -> int:
    """List, show, start or stop."""
    registry = _registry(args)
    if args.start:
        arms = [_arm(said) for said in args.start]
        split = registry.start_split(COMMAND_LINE, arms, why=args.why, ends_at=since("--for", args.ends))
        return _print(args, split, f"Split {split.split_id} is on.")
    if args.split_id is None:
        splits = registry.splits()
        text = "\n".join(map(_split_line, splits)) or "There was none."
        print(json.dumps([split.model_dump(mode="json") for split in splits]) if args.json else text)
        return 0
    if args.stop:
        split = registry.stop_split(COMMAND_LINE, args.split_id, why=args.why)
        return _print(args, split, f"Split {split.split_id} is over: everybody gets production.")
    look = registry.look(args.split_id)
    return _print(args, look, "\n".join(_look(look)))


def _registry(args: argparse.Namespace) -> Registry:
    registry: Registry = args.wire(read_settings()).registry
    return registry


def _versions(said: str) -> Mapping[str, str]:
    pairs = [pair.strip().partition("@") for pair in said.split(",")]
    if not all(name and ref for name, _, ref in pairs) or len({name for name, _, _ in pairs}) < len(pairs):
        raise BadRequest("versions", f"write {said[:64]!r} as hook@v3,link@candidate, each prompt once.")
    return {name: ref for name, _, ref in pairs}


def _arm(said: str) -> Arm:
    found = ARM.fullmatch(said)
    if found is None or not 1 <= int(found["share"]) <= 99:
        raise BadRequest("--start", f"write {said[:64]!r} as tuned=90:hook@production,link@production, with a share of 1 to 99.")
    return Arm(name=found["name"], share=int(found["share"]), prompts=_versions(found["versions"]))


def _print(args: argparse.Namespace, value: Value, said: str) -> int:
    print(value.model_dump_json(by_alias=True) if args.json else said)
    return 0


def _moved(args: argparse.Namespace, move: Move) -> int:
    where = f"is on {move.name}@{move.version}" if move.version else f"is on no version of {move.name}"
    return _print(args, move, f"{move.label} {where}; before: {move.before or 'nowhere'}.")


def _promoted(args: argparse.Namespace, promotion: Promotion) -> int:
    states = {PromotionState.WAITING: "waits for a second person", PromotionState.DONE: "is done",
              PromotionState.WITHDRAWN: "is withdrawn"}
    versions = ", ".join(f"{name}@{version}" for name, version in promotion.prompts.items())
    said = f"Promotion {promotion.promotion_id} of {versions} {states[promotion.state]}. {promotion.said}"
    return _print(args, promotion, said.strip())


def _split_line(split: Split) -> str:
    arms = ", ".join(f"{arm.name} {arm.share} %" for arm in split.shares.arms)
    state = "open" if split.open else f"ended {split.ended_at:%Y-%m-%d %H:%M}: {split.ended_why}"
    return f"split {split.split_id}  {arms}  since {split.started_at:%Y-%m-%d %H:%M}, {state}"


def _look(look: SplitLook) -> Sequence[str]:
    lines = [_split_line(look.split)]
    for arm in look.arms:
        lines.append(f"{arm.name}: {arm.students} students, {arm.requests} requests")
        lines += [f"  {guard.title}: {guard.arm_bad} of {guard.arm_students}, against {guard.control_bad} of "
                  f"{guard.control_students}; e-value {guard.evidence:.2f}, stops at {guard.limit:.0f}" for guard in arm.guards]
    return lines
