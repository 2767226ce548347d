"""`python -m pipeline evaluate retrieval | gate | derive`: how good the search is, and whether it became worse."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.commands import calibrate, experiment, guardrails, tracking
from pipeline.commands.bars import bars
from pipeline.config import ROOT, Settings, read_settings
from pipeline.corpora import SHIPPED
from pipeline.errors import BadRequest, OperatorError
from pipeline.evaluation import (
    CODES,
    Baseline,
    Half,
    RememberingJudge,
    RetrievalSet,
    Run,
    about,
    as_json,
    as_text,
    derive,
    described,
    evaluate,
    exported,
    gate,
    named,
    of_run,
    open_corpus,
    rankers,
    read_baseline,
    read_set,
    shipped_baseline,
    shipped_set,
    tracked,
    write_baseline,
)
from pipeline.organisation import COMMAND_LINE
from pipeline.reading import read
from pipeline.whole import whole
from pipeline.wiring import Wiring

NOTHING_TO_COMPARE = 3
USUAL = "default"


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate`."""
    parser = verbs.add_parser("evaluate", help="how good the search is, and whether it became worse")
    actions = parser.add_subparsers(required=True, metavar="retrieval|prompts|guardrails|calibrate|gate|export|derive")
    retrieval = actions.add_parser("retrieval", help="measure systems over a labelled set")
    retrieval.add_argument("--system", default="all", metavar="NAME", help="one or several with commas, or all (default)")
    retrieval.add_argument("--baseline", metavar="NAME", help="the system that the others are compared with")
    retrieval.set_defaults(run=run_retrieval)
    guard = actions.add_parser(
        "gate", help="compare a system with what was accepted: exit 0 pass, 1 regression, 2 usage, 3 not comparable")
    guard.add_argument("--system", default=USUAL, metavar="NAME", help=f"the system that is judged (default {USUAL})")
    guard.add_argument("--baseline", metavar="FILE|RUN", help="a baseline file, or the number of a run (default: what ships)")
    guard.add_argument("--accept", action="store_true", help="write this run to the baseline file: it is accepted from now on")
    guard.add_argument("--experiment", metavar="RUN", help="judge a variant of this run of `evaluate prompts` instead")
    guard.add_argument("--variant", metavar="NAME", help="with --experiment: which one (default: the one besides the baseline)")
    guard.set_defaults(run=run_gate)
    for each in (retrieval, guard):
        each.add_argument("--corpus", default=SHIPPED, metavar="NAME|FILE",
                          help=f"a corpus (default {SHIPPED}), or a file of JSON lines with id, title and text, plain or gzip")
        each.add_argument("--queries", type=Path, metavar="FILE", help="JSON lines with id, text and kind (default: what ships)")
        each.add_argument("--qrels", type=Path, metavar="FILE", help="judgements as TREC qrels")
        each.add_argument("--half", type=Half, choices=list(Half),
                          help="only this half of the queries: choose on dev, show on test")
        each.add_argument("--sample", type=int, metavar="N", help="only N of the queries, always the same ones")
        each.add_argument("--json", action="store_true", help="print one object")
        each.set_defaults(wire=Wiring)
    experiment.register(actions)
    guardrails.register(actions)
    calibrate.register(actions)
    tracking.register(actions)
    deriving = actions.add_parser("derive", help="a labelled set from a book: its definitions, exercises and objectives")
    deriving.add_argument("book", type=Path, metavar="PATH", help="as for `corpus ingest`")
    deriving.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="gets queries.jsonl and qrels.txt")
    deriving.set_defaults(run=run_derive)


def run_retrieval(args: argparse.Namespace) -> int:
    """Measure, record, print."""
    wanted = [args.system, *([args.baseline] if args.baseline else [])]
    run = _measured(args, wanted, baseline=args.baseline)
    _tell(args, _wiring(args).retrieval_runs.record(COMMAND_LINE, run))
    return 0


def run_gate(args: argparse.Namespace) -> int:
    """Measure one system, compare it with the baseline, record, print; the exit code is the verdict."""
    if args.experiment is not None:
        return experiment.run_gate(args)
    file = _baseline_file(args)
    if args.accept and file is None:
        raise BadRequest("accept", "name the file to write as --baseline FILE: runs are never changed.")
    try:
        kept = None if args.accept else _baseline(args, file)
        run = _measured(args, [args.system], baseline=None)
    except OperatorError as fault:  # 1 would say that retrieval became worse
        print(f"Error: {fault}", file=sys.stderr)
        return NOTHING_TO_COMPARE
    if args.accept and file is not None:
        write_baseline(of_run(run, args.system), file)
        print(f"{file} holds this run now.", file=sys.stderr)
    verdict = gate(run, kept or of_run(run, args.system), system=args.system)
    _tell(args, _wiring(args).retrieval_runs.record(COMMAND_LINE, run.model_copy(update={"verdict": verdict})))
    return CODES[verdict.fate]


def run_derive(args: argparse.Namespace) -> int:
    """Write the set of a book: what its authors wrote in one module should be found in that module."""
    found = derive(read(args.book))
    if not found.queries:
        raise BadRequest("PATH", "the book has no definitions, exercises or objectives that could be asked for.")
    args.out.mkdir(parents=True, exist_ok=True)
    for name, said in zip(("queries.jsonl", "qrels.txt"), exported(found), strict=True):
        with whole(args.out / name) as unfinished:
            unfinished.write_text(said, encoding="utf-8")
    kinds = Counter(query.kind for query in found.queries)
    print(f"{args.out}: {', '.join(f'{count:,} of kind {kind}' for kind, count in kinds.items())}.")
    for note in found.notes:
        print(note)
    return 0


def _baseline_file(args: argparse.Namespace) -> Path | None:
    """The file that the baseline is in; None where it is a run."""
    if args.baseline is None:
        return shipped_baseline(read_settings().data)
    return None if args.baseline.isdigit() else Path(args.baseline)


def _baseline(args: argparse.Namespace, file: Path | None) -> Baseline:
    if file is not None:
        return read_baseline(file)
    return of_run(_wiring(args).retrieval_runs.one(int(args.baseline[:12])), args.system)


def _measured(args: argparse.Namespace, wanted: list[str], *, baseline: str | None) -> Run:
    systems = list({system.name: system for name in wanted for system in named(name)}.values())
    labelled = _set(args)
    wiring: Wiring = _wiring(args)
    settings: Settings = wiring.settings
    judge = RememberingJudge(wiring.judge, settings.home) if any(system.rerank for system in systems) else None
    with bars() as hear:
        opened = open_corpus(
            args.corpus, labelled, corpora=wiring.corpora, embedder=wiring.embedder, home=settings.home, judge=judge,
            hear=lambda done, total: hear("embedding", done, total))
        conditions = about(
            corpus=opened.corpus, corpus_version=opened.version, embedder=wiring.embedder.name, settings=described(systems),
            documents=opened.documents, by=COMMAND_LINE.name, root=ROOT, index_bytes=opened.index_bytes)
        asked = rankers(opened.searcher, systems, unit=opened.labelled.unit)
        run = evaluate(opened.labelled, asked, about=conditions, baseline=baseline, hear=hear)
    said = judge.told() if judge else ""
    return run.model_copy(update={"notes": (*run.notes, said)}) if said else run


def _set(args: argparse.Namespace) -> RetrievalSet:
    whole_set = _whole_set(args)
    half = whole_set.only(args.half) if args.half else whole_set
    if args.sample is not None and args.sample < 1:
        raise BadRequest("sample", "must be 1 or more.")
    return half.sample(args.sample) if args.sample else half


def _whole_set(args: argparse.Namespace) -> RetrievalSet:
    if args.queries is None and args.qrels is None:
        return shipped_set(read_settings().data)
    if args.queries is None or args.qrels is None:
        raise BadRequest("queries", "name both --queries and --qrels, or neither for the set that ships.")
    return read_set(args.queries, args.qrels)


def _wiring(args: argparse.Namespace) -> Any:
    if not hasattr(args, "wire_made"):
        args.wire_made = args.wire(read_settings())
    return args.wire_made


def _tell(args: argparse.Namespace, run: Run) -> None:
    sent = tracking.send(_wiring(args), str(run.run_id), tracked(run))
    whole_run = {**as_json(run), **tracking.as_json(sent)}
    print(json.dumps(whole_run, ensure_ascii=False, indent=1) if args.json else as_text(run))
