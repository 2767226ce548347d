"""`python -m pipeline generate "QUESTION"`: one lesson in the foreground, with its stages, seconds and dollars."""

import argparse
import json
import logging
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.table import Table

from pipeline.config import read_settings
from pipeline.domain import Lesson, Modality, Status
from pipeline.errors import BadRequest
from pipeline.logs import say_on_terminal
from pipeline.report import as_json, stage_cost, total_cost
from pipeline.requests import parse
from pipeline.tracking import RequestView
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import serve

MARKS = {"completed": "[green]done[/]", "cached": "[cyan]cached[/]", "skipped": "[dim]skipped[/]",
         "failed": "[red]failed[/]", "running": "[yellow]running[/]"}
DECIDED_WELL = (Status.COMPLETED, Status.PARTIAL, Status.CLARIFICATION_NEEDED, Status.OUT_OF_SCOPE)


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `generate`."""
    parser = verbs.add_parser("generate", help="make one lesson here and now")
    parser.add_argument("question")
    parser.add_argument("--grade", type=int, default=10, help="1 to 12 (default 10)")
    parser.add_argument("--interest", help="what the student likes, for example basketball")
    parser.add_argument("--modalities", default=None, metavar="LIST", help=f"of {','.join(Modality)} (default video)")
    parser.add_argument("--student", default="command-line", help="student id")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same lesson")
    parser.add_argument("--out", type=Path, help="copy the lesson's files into this folder")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Make the lesson and show it. 0 for any decided outcome, 1 when it failed."""
    request = parse(_fields(args), request_id=new_request_id())
    _check_out(args.out)
    _log(watched=not args.json and sys.stderr.isatty())
    wiring: Wiring = args.wire(read_settings())
    house = wiring.open_house()
    wiring.record.accept(request)  # not earlier: a worker would make what nobody takes
    if args.json:
        serve(request.request_id, house, wiring.record)
    else:
        _watched(request.request_id, wiring, lambda: serve(request.request_id, house, wiring.record))
    view = wiring.record.view(request.request_id)
    assert view is not None and view.lesson is not None
    answer = as_json(request, view.lesson, view.stages, house.store, house.foresee)
    _copy_out(args.out, view.lesson, answer)
    if args.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        _show(view, answer)
    return 0 if view.status in DECIDED_WELL else 1


def _fields(args: argparse.Namespace) -> dict[str, Any]:
    modalities = None if args.modalities is None else [m.strip() for m in args.modalities.split(",") if m.strip()]
    return {
        "student_query": args.question, "student_id": args.student, "grade_level": args.grade,
        "interest": args.interest, "requested_modalities": modalities, "seed": args.seed,
    }


def _log(*, watched: bool) -> None:
    """Log to stderr: everything, but only warnings where somebody watches the table of the stages."""
    say_on_terminal(level=logging.WARNING)
    if not watched:
        logging.getLogger("pipeline").setLevel(logging.INFO)


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadRequest("--out", f"{out} cannot be made into a folder ({fault.strerror}).") from fault


def _watched(request_id: str, wiring: Wiring, work: Any) -> None:
    """Do the work while a table of the stages is kept up to date."""
    done = threading.Event()

    def refresh(live: Live) -> None:
        while not done.wait(0.4):
            view = wiring.record.view(request_id)
            if view:
                live.update(_table(view))

    with Live(console=Console(stderr=True), transient=True) as live:
        watcher = threading.Thread(target=refresh, args=(live,), daemon=True)
        watcher.start()
        try:
            work()
        finally:
            done.set()
            watcher.join()


def _table(view: RequestView) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("stage", "", "seconds", "USD", "made by"):
        table.add_column(title, justify="right" if title in ("seconds", "USD") else "left", header_style="dim")
    for run in view.stages:
        idle = run.status in ("skipped", "running")
        table.add_row(
            run.stage, MARKS[run.status], "" if idle else f"{run.seconds:.2f}",
            "" if idle else f"{stage_cost(run):.6f}", run.model,
        )
    return table


def _copy_out(out: Path | None, lesson: Lesson, answer: dict[str, Any]) -> None:
    if out is None:
        return
    files = answer["artifacts"]
    for kind in ("audio", "captions", "video", "video_720", "poster"):
        if files[kind]:
            files[kind] = str(shutil.copy(files[kind], out))
    files["images"] = [str(shutil.copy(image, out)) for image in files["images"]]
    if lesson.script and Modality.TEXT in answer["answered_with"]:
        text = out / "lesson.md"
        text.write_text(lesson.script.article + "\n", encoding="utf-8")
        files["text"] = str(text)


def _show(view: RequestView, answer: dict[str, Any]) -> None:
    console = Console()
    lesson = view.lesson
    assert lesson is not None
    if lesson.script and Modality.TEXT in lesson.forms(view.request):
        console.print(Markdown(lesson.script.article))
        for number, source in enumerate(answer["sources"], start=1):
            console.print(f"  \\[{number}] {source['title']}, {source['section']} ({source['score']:.2f})", style="dim")
    console.print()
    console.print(_table(view))
    console.print(f"\n{view.status}: ${total_cost(view.stages):.6f} spent, ${answer['savings_usd']} saved"
                  + (" (from the shelf)" if lesson.cache_hit else ""))
    if lesson.reason:
        console.print(lesson.reason, markup=False)
    if lesson.clarification:
        for option in lesson.clarification.options:
            console.print(f"  - Explain {option}", markup=False)
    for warning in (*lesson.warnings, *lesson.switched_off.values(), *lesson.failed_modalities.values()):
        console.print(f"Note: {warning}", markup=False)
    for kind, path in answer["artifacts"].items():
        if path and isinstance(path, str):
            console.print(f"{kind}: {path}", markup=False, soft_wrap=True)
