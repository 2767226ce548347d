"""`python -m pipeline evaluate calibrate`: how far the judge of claims can be trusted, measured on labelled claims."""

import argparse
import json
import sys
from pathlib import Path

from pipeline.config import read_settings
from pipeline.scoring import (
    COMBINED,
    GROUNDING,
    CalibrationReport,
    ask,
    calibrate,
    read_claims,
    read_margins,
    write_made,
)
from pipeline.wiring import Wiring

SIGNS = ("cover", "pairs", "margin", COMBINED)


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate calibrate`."""
    parser = actions.add_parser("calibrate", help="ask the judge about labelled claims, fit its calibration, measure it")
    parser.add_argument("--again", action="store_true", help="ask about every claim, also where the answer is on file")
    parser.add_argument("--out", type=Path, metavar="FOLDER",
                        help="where margins.json and calibration.json go (default: the data folder)")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run_calibrate, wire=Wiring)


def run_calibrate(args: argparse.Namespace) -> int:
    """Ask what was not asked yet, fit, measure, write, print. A run that is stopped goes on where it was."""
    wiring: Wiring = args.wire(read_settings())
    folder = args.out or wiring.settings.data / GROUNDING
    claims = read_claims(wiring.settings.data)
    known = None if args.again else read_margins(folder / "margins.json")
    tools = wiring.scoring_tools(wiring.open_house().text_of("judge"))
    margins = ask(claims, tools, known, keep=lambda so_far: write_made(so_far, folder / "margins.json"), hear=_hear)
    report = calibrate(claims, margins)
    write_made(report, folder / "calibration.json")
    print(json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=1) if args.json else as_text(report))
    return 0


def as_text(report: CalibrationReport) -> str:
    """The report for a terminal."""
    made = report.calibration
    lines = [f"{report.asked} claims, {made.claims} of them to fit on; model {made.model}, prompt {made.prompt}",
             f"{'AUC (95 %)':12} {'fitted on':>24} {'held back':>24}"]
    for sign in SIGNS:
        areas = (report.area(sign, split) for split in ("tune", "test"))
        lines.append(f"{sign:12} " + " ".join(f"{a.value:>8.3f} ({a.low:.3f}–{a.high:.3f})" for a in areas))
    lines.append(f"Brier score of the probability, held back: {report.brier:.3f} (always the share: {report.brier_of_share:.3f})")
    missed = ", ".join(f"{fault} {missed} of {count}" for fault, (missed, count) in report.missed.items())
    return "\n".join([*lines, f"Unsupported claims found likely, held back: {missed}"])


def _hear(done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        print(f"asked about {done} of {total} claims", file=sys.stderr, flush=True)
