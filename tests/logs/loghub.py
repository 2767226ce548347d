"""Public labelled logs, read where they lie when they are there: they may not be shipped. And how a grouping is scored.

`VIVIDLY_LOGHUB` names the folder of the `<System>_2k.log_structured.csv` files of logpai/loghub.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.config import ROOT
from tests.logs.invented import Labelled

FOLDER = Path(os.environ.get("VIVIDLY_LOGHUB") or ROOT.parent / "shared" / "data" / "loghub")
ENDING = "_2k.log_structured.csv"


class Score(NamedTuple):
    """How well a grouping agrees with the truth."""

    accuracy: float
    """GA: the share of lines whose group holds exactly the lines of the true one (Zhu et al. 2019)."""
    f1: float
    """FGA: F1 over the groups that agree exactly (Jiang et al. 2024)."""
    groups: int
    true_groups: int


def systems() -> Sequence[str]:
    """The systems that lie there, by name."""
    return sorted(path.name.removesuffix(ENDING) for path in FOLDER.glob(f"*{ENDING}"))


def load(system: str) -> Labelled:
    """What its lines say, and the template of each."""
    with (FOLDER / f"{system}{ENDING}").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return Labelled([row["Content"] for row in rows], [row["EventId"] for row in rows])


def score(found: Sequence[object], truth: Sequence[object]) -> Score:
    """The two figures, and how many groups there are."""
    ours, theirs = _groups(found), _groups(truth)
    same = ours & theirs
    return Score(sum(map(len, same)) / len(truth), 2 * len(same) / (len(ours) + len(theirs)), len(ours), len(theirs))


def _groups(labels: Sequence[object]) -> set[tuple[int, ...]]:
    places: dict[object, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        places[label].append(place)
    return set(map(tuple, places.values()))
