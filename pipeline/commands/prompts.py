"""`python -m pipeline prompts VERB`: versions of prompts, their labels, what differs, what a model would get."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.commands import prompt_changes
from pipeline.config import read_settings
from pipeline.errors import BadRequest, OperatorError
from pipeline.prompts import CONTEXT_TOKENS, SLOTS, Change, PartDiff, PromptBook, diff_prompts, parts
from pipeline.registry import PRODUCTION, Entry, Move, Registry, Version
from pipeline.wiring import Wiring

WIDE = 150
STYLES = {Change.SAME: "", Change.ADDED: "green", Change.REMOVED: "red strike"}
MARKS = {Change.SAME: "{}", Change.ADDED: "{{+{}+}}", Change.REMOVED: "[-{}-]"}
"""As `git diff --word-diff` writes it, for what is not a terminal."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `prompts`."""
    parser = verbs.add_parser("prompts", help="versions of prompts, their labels, splits of the traffic")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, what: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(name, help=what)
        made.add_argument("--json", action="store_true", help="print one JSON value")
        made.set_defaults(run=run, wire=Wiring)
        return made

    action("list", "every prompt of the pipeline, a line each", run_list)
    show = action("show", "a version (default: production), with the history of the prompt", run_show)
    show.add_argument("name")
    show.add_argument("ref", nargs="?", default=PRODUCTION, help="a version or its beginning, v3, or a label")
    differ = action("diff", "what changed between two versions, word by word", run_diff)
    differ.add_argument("name")
    differ.add_argument("before")
    differ.add_argument("after", nargs="?", default=PRODUCTION)
    render = action("render", "what the model would get, with its tokens", run_render)
    render.add_argument("name")
    render.add_argument("ref", nargs="?", default=PRODUCTION)
    render.add_argument("--variables", type=Path, metavar="FILE", help="a JSON object (default: the longest example)")
    prompt_changes.register(action)


def run_list(args: argparse.Namespace) -> int:
    """Print a line for each."""
    entries = _registry(args).entries()
    if args.json:
        print(json.dumps([entry.model_dump(mode="json") for entry in entries], ensure_ascii=False))
        return 0
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("prompt", "stage", "production", "labels", "versions", "last change", "split"):
        table.add_column(title, header_style="dim", no_wrap=title in ("prompt", "production"))
    for entry in entries:
        table.add_row(*_cells(entry))
    Console(width=WIDE).print(table, markup=False)
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print one version and where labels were."""
    registry = _registry(args)
    version, moves, versions = registry.version(args.name, args.ref), registry.history(args.name), registry.versions(args.name)
    if args.json:
        print(json.dumps({
            "version": version.model_dump(mode="json", by_alias=True), "history": [m.model_dump(mode="json") for m in moves],
            "versions": [each.model_dump(mode="json", by_alias=True, exclude={"text"}) for each in versions],
        }, ensure_ascii=False))
        return 0
    print("\n".join((*_head(version), *_parts(version), "\nversions", *map(_line, versions), "\nlabels", *map(_told, moves))))
    return 0


def run_diff(args: argparse.Namespace) -> int:
    """Print what changed."""
    registry = _registry(args)
    changed = [part for part in diff_prompts(registry.text(args.name, args.before), registry.text(args.name, args.after))
               if part.changed]
    if args.json:
        print(json.dumps([part.model_dump(mode="json") for part in changed], ensure_ascii=False))
        return 0
    console = Console(width=WIDE, soft_wrap=True)
    for part in changed:
        console.print(Text(f"{part.part}:", style="bold"))
        console.print(_pieces(part, colour=console.is_terminal))
    if not changed:
        print(f"Both are the same: {args.name}@{registry.version(args.name, args.before).version}.")
    return 0


def run_render(args: argparse.Namespace) -> int:
    """Print the prompt with its variables filled in."""
    wiring: Wiring = args.wire(read_settings())
    text = wiring.registry.text(args.name, args.ref)
    given = _variables(args.variables) if args.variables else SLOTS[text.name].offered
    prompt = PromptBook({text.name: text}).render(text.name, given)
    try:
        counter = wiring.token_counter
        tokens, by = counter.count(prompt), counter.name
    except OperatorError as fault:
        tokens, by = None, str(fault)
    if args.json:
        print(json.dumps({"system": prompt.system, "user": prompt.user, "version": prompt.version, "tokens": tokens,
                          "counted_by": by, "max_tokens": prompt.max_tokens, "context": CONTEXT_TOKENS}, ensure_ascii=False))
        return 0
    count = f"not counted: {by}" if tokens is None else f"{tokens} tokens by {by}; {CONTEXT_TOKENS} are there, with the answer"
    print(f"{prompt.system}\n\n{prompt.user}\n\n{prompt.name}@{prompt.version}: {count} (at most {prompt.max_tokens}).")
    return 0


def _registry(args: argparse.Namespace) -> Registry:
    registry: Registry = args.wire(read_settings()).registry
    return registry


def _variables(path: Path) -> Mapping[str, object]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadRequest("--variables", f"{path} cannot be read: {fault}.") from fault
    if not isinstance(given, dict):
        raise BadRequest("--variables", f"{path} must hold one JSON object.")
    return given


def _cells(entry: Entry) -> Sequence[str]:
    labels = ", ".join(f"{label} {version}" for label, version in entry.labels.items() if label != PRODUCTION)
    split = f"split {entry.split_id}" if entry.split_id else ""
    return (entry.name, str(entry.stage or "evaluation"), entry.production, labels, str(entry.versions),
            f"{entry.last_at:%Y-%m-%d %H:%M} {entry.last_author}", split)


def _head(version: Version) -> Iterator[str]:
    labels = f" ({', '.join(version.labels)})" if version.labels else ""
    parent = f", from {version.parent}" if version.parent else ""
    yield f"{version.name}@{version.version}, v{version.number}{labels}: {version.message} ({version.author}, " \
          f"{version.at:%Y-%m-%d %H:%M} UTC{parent})"


def _parts(version: Version) -> Iterator[str]:
    for part, text in parts(version.text).items():
        if text:
            yield f"\n{part}:\n{text}" if "\n" in text else f"{part}: {text}"


def _line(version: Version) -> str:
    return f"  v{version.number} {''.join(_head(version))}"


def _told(move: Move) -> str:
    where = f"{move.before or 'nowhere'} -> {move.version or 'nowhere'}"
    run = f", run {move.run_id}" if move.run_id else ""
    second = f", with {move.second}" if move.second else ""
    why = f": {move.why}" if move.why else ""
    return f"  {move.at:%Y-%m-%d %H:%M} {move.label}: {where} ({move.kind} by {move.by}{second}{run}){why}"


def _pieces(part: PartDiff, *, colour: bool) -> Text:
    told = Text()
    for piece in part.pieces:
        told.append(*((piece.text, STYLES[piece.change]) if colour else (MARKS[piece.change].format(piece.text),)))
    return told
