"""`python -m pipeline doctor`: every fault of models and database in one run. 0 clean, 1 findings, 2 could not look."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from pipeline.checkup import OWN, Checkup, check_own
from pipeline.config import read_settings
from pipeline.doctor import Examination, Finding, examine_models
from pipeline.errors import OperatorError


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor`."""
    parser = verbs.add_parser("doctor", help="find every fault of the models and of the database")
    parser.add_argument("--models", metavar="PACKAGE_OR_PATH", default=OWN,
                        help="a package, a folder or a file of SQLAlchemy models (default: Vividly's own)")
    parser.add_argument("--database", metavar="URL",
                        help="compare with this database (default: with Vividly's own models, the one of DATABASE_URL)")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look, and print what was found."""
    try:
        found = _look(args)
    except OperatorError as fault:
        print(f"Error: {fault}", file=sys.stderr)
        return 2
    print(json.dumps(as_json(found.examination), indent=2) if args.json else _text(found))
    return 1 if found.examination.findings else 0


def as_json(found: Examination) -> Mapping[str, Any]:
    """The object of `--json`."""
    return {
        "findings": [finding.model_dump(mode="json") for finding in found.findings],
        "models": len(found.models), "mappers_ok": sum(model.ok for model in found.models),
    }


def _look(args: argparse.Namespace) -> Checkup:
    if args.models == OWN:
        return check_own(read_settings(), url=args.database)
    return Checkup(examination=examine_models(args.models, database=args.database), state=None)


def _text(found: Checkup) -> str:
    seen = found.examination
    ok = sum(model.ok for model in seen.models)
    lines = [_finding(finding) for finding in seen.findings]
    count = len(lines)
    lines.append(f"{count or 'No'} finding{'s' * (count != 1)}; {len(seen.models)} models, {ok} mappers configure.")
    if found.is_new:
        lines.append("The database has no tables yet: only the models were examined.")
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    name = ".".join(part for part in (finding.model, finding.attribute) if part)
    place = f"{finding.file}:{finding.line}" if finding.file else "database"
    return (f"{place}: {finding.severity} {finding.code}{' ' * bool(name)}{name}\n"
            f"    {finding.message}\n    → {finding.suggestion}\n")
