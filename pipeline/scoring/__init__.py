"""Scoring one answer against its reference: a table of small functions, each of which says when it cannot.

Knows no database and no page. What is made of many scores, and whether it is significant, is the experiments'.
"""

from pipeline.scoring.calibrating import (
    COMBINED,
    CalibrationReport,
    Margins,
    SignReport,
    ask,
    calibrate,
    read_calibration,
    read_margins,
    read_report,
    signs_of,
    write_made,
)
from pipeline.scoring.calibration import Calibration, Signs, fit
from pipeline.scoring.claims import signs
from pipeline.scoring.content import made
from pipeline.scoring.dataset import Dataset, as_line, asked, read_dataset, read_key_points, shipped_dataset
from pipeline.scoring.labelled import GROUNDING, Claim, read_claims
from pipeline.scoring.preferring import PairJudge, Preference, PromptedJudge, Side, compared, preferred
from pipeline.scoring.roc import Area, Point, area, curve
from pipeline.scoring.table import SCORERS, score
from pipeline.scoring.values import Answer, Expected, Finding, KeyPoint, Kind, Reference, Score, Scorer, Tools

__all__ = [
    "COMBINED", "GROUNDING", "SCORERS", "Answer", "Area", "Calibration", "CalibrationReport", "Claim", "Dataset",
    "Expected", "Finding", "KeyPoint", "Kind", "Margins", "PairJudge", "Point", "Preference", "PromptedJudge",
    "Reference", "Score", "Scorer", "Side", "SignReport", "Signs", "Tools", "area", "as_line", "ask", "asked",
    "calibrate", "compared", "curve", "fit", "made", "preferred", "read_calibration", "read_claims", "read_dataset",
    "read_key_points", "read_margins", "read_report", "score", "shipped_dataset", "signs", "signs_of", "write_made",
]
