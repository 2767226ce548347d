"""`python -m pipeline compare QUESTION… --variants text,video`: the same questions answered in several ways."""

import argparse
import json
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from pipeline.comparison import (
    Asked,
    ComparisonView,
    Result,
    State,
    Variant,
    as_json,
    as_text,
    ask,
    key_terms,
    measure,
    read_csv,
    read_lines,
)
from pipeline.config import read_settings
from pipeline.domain import Modality
from pipeline.errors import BadRequest, OperatorError
from pipeline.organisation import COMMAND_LINE
from pipeline.tracking import SILENT_SECONDS
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import serve

POLL_SECONDS = 1.0
FIELDS = ("grade", "interest", "seed", "model")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `compare`."""
    parser = verbs.add_parser("compare", help="answer the same questions in several ways, and tell the difference")
    parser.add_argument("question", nargs="*")
    parser.add_argument("--file", type=Path, help="questions from a .csv with the column question, or one per line")
    parser.add_argument("--variants", default="text,video", metavar="LIST",
                        help="2 to 4, for example text,video or text,text:grade=6,text:interest=chess:seed=2,text:model=ID")
    parser.add_argument("--grade", type=int, default=10, help="1 to 12 (default 10)")
    parser.add_argument("--interest", help="what the student likes, for example basketball")
    parser.add_argument("--comparison", metavar="ID", help="go on with this one, and tell what came of it")
    parser.add_argument("--here", action="store_true", help="make the lessons in this process, without a worker")
    parser.add_argument("--no-wait", action="store_true", help="put them into the queue and tell the id")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Make the comparison and tell it. 0 when every lesson was made, 1 when one is missing."""
    questions = _questions(args)
    variants = [read_variant(text) for text in args.variants.split(",")]
    if bool(args.comparison) == bool(questions):
        raise BadRequest("question", "give questions, or --comparison with the id of one that was made.")
    wiring: Wiring = args.wire(read_settings())
    comparison_id = args.comparison or new_request_id()
    with closing(wiring.queue):
        if questions:
            wiring.comparisons.create(COMMAND_LINE, comparison_id, questions=questions, variants=variants)
        wiring.comparisons.send(COMMAND_LINE, comparison_id)
        if args.no_wait:
            print(json.dumps({"comparison_id": comparison_id}) if args.json else comparison_id)
            return 0
        view = _made(wiring, comparison_id, here=args.here)
    results = _results(wiring, view)
    print(json.dumps(as_json(view, results), indent=2, ensure_ascii=False) if args.json else as_text(view, results))
    return 0 if all(result.measured for result in results.values()) else 1


def read_variant(text: str) -> Variant:
    """`text:grade=6:interest=chess:seed=2` as a variant. Raises `BadRequest`."""
    form, *settings = (part.strip() for part in text.split(":"))
    if form not in list(Modality):
        raise BadRequest("--variants", f"has the unknown form {form!r}; use {', '.join(Modality)}.")
    said = dict(part.partition("=")[::2] for part in settings)
    unknown = next((name for name in said if name not in FIELDS), None)
    if unknown is not None:
        raise BadRequest("--variants", f"has the unknown setting {unknown!r}; use {', '.join(FIELDS)}.")
    grade, seed = (_whole(said.get(name), name, least, most) for name, least, most in (("grade", 1, 12), ("seed", 0, 2**31 - 1)))
    return Variant(modality=Modality(form), grade_level=grade, interest=said.get("interest"), seed=1 if seed is None else seed,
                   model=said.get("model") or None)


def _questions(args: argparse.Namespace) -> list[Asked]:
    given = [ask(text, grade_level=args.grade, interest=args.interest) for text in args.question]
    if args.file is None:
        return given
    try:
        content = args.file.read_bytes()
        reader = read_csv if args.file.suffix == ".csv" else _lines
    except OSError as fault:
        raise BadRequest("--file", f"{args.file} cannot be read ({fault.strerror}).") from fault
    return given + reader(content, grade_level=args.grade, interest=args.interest)


def _lines(content: bytes, *, grade_level: int, interest: str | None) -> list[Asked]:
    try:
        return read_lines(content.decode("utf-8-sig"), grade_level=grade_level, interest=interest)
    except UnicodeDecodeError as fault:
        raise BadRequest("--file", "is not text in UTF-8.") from fault


def _whole(said: str | None, name: str, least: int, most: int) -> int | None:
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and least <= int(said[:10]) <= most):
        raise BadRequest("--variants", f"{name} must be a whole number from {least} to {most}; it is {said!r}.")
    return int(said)


def _made(wiring: Wiring, comparison_id: str, *, here: bool) -> ComparisonView:
    """The comparison once everything is decided; it is watched on stderr."""
    house = wiring.open_house() if here else None
    decided = -1
    while True:
        view = wiring.comparisons.view(comparison_id)
        if view.decided != decided:
            decided = view.decided
            print(f"{decided} of {len(view.items)} lessons decided", file=sys.stderr, flush=True)
        open_ = [item.request_id for item in view.items if item.request_id and not item.decided]
        if view.state is not State.RUNNING or not open_:
            return view
        if house is not None:
            serve(open_[0], house, wiring.record)
        elif not any(each.stopped_at is None and each.silent_seconds < SILENT_SECONDS for each in wiring.record.workers()):
            raise OperatorError(f"No worker is running: start `python -m pipeline worker`, then go on with --comparison "
                                f"{comparison_id}; or make the lessons in this process with --here.")
        else:
            time.sleep(POLL_SECONDS)


def _results(wiring: Wiring, view: ComparisonView) -> dict[tuple[int, int], Result]:
    terms = partial(key_terms, wiring.settings.data / "corpus")
    found = {}
    for item in view.items:
        request = wiring.record.view(item.request_id) if item.request_id else None
        found[item.question, item.variant] = measure(request, terms) if request else Result(missing="it is not in the queue")
    return found
