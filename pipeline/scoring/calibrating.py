"""Labelled claims -> the margins of a model, a calibration fitted on one half, and how well each sign does on both."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from pydantic import ValidationError

from pipeline.errors import OperatorError
from pipeline.scoring.calibration import Calibration, Signs, fit
from pipeline.scoring.claims import judge_margin, prompt_of
from pipeline.scoring.labelled import Claim
from pipeline.scoring.roc import Area, Point, area, curve
from pipeline.scoring.values import Tools
from pipeline.visuals import Text, Value
from pipeline.whole import whole
from pipeline.writing import Evidence

SPLITS = ("tune", "test")
COMBINED = "probability"
PLACES = 4
KEPT_EVERY = 20
LEAST_CLAIMS = 20
"""Of each half."""


class Margins(Value):
    """What one model said of claims, by the key of claim and text together."""

    model: Text
    prompt: Text
    """As name@version."""
    margins: Mapping[str, float] = {}


class SignReport(Value):
    """How well one sign tells supported claims from others in one half."""

    sign: Text
    split: Text
    area: Area
    curve: tuple[Point, ...]


class CalibrationReport(Value):
    """The calibration, and what it is worth. The half `tune` was fitted on; `test` was held back."""

    calibration: Calibration
    signs: tuple[SignReport, ...]
    brier: float
    """The mean squared error of the probabilities on the half that was held back (Brier, 1950)."""
    brier_of_share: float
    """The same of always saying the share of supported claims."""
    missed: Mapping[str, tuple[int, int]]
    """By fault, of the unsupported claims of the held half: how many were found at least as likely as not, and of how many."""

    asked: int
    lacking: int
    """Claims that have no margin: nobody asked the model about them yet."""

    def area(self, sign: str, split: str) -> Area:
        """The area of a sign in a half."""
        return next(one.area for one in self.signs if (one.sign, one.split) == (sign, split))


def ask(
    claims: Sequence[Claim], tools: Tools, known: Margins | None, *, keep: Callable[[Margins], object] = bool,
    hear: Callable[[int, int], object] = max,
) -> Margins:
    """The margins of all claims; only what this model was not asked yet with this prompt is asked. Raises `OperatorError`.

    `keep` gets what is known after every few claims, so that a run that is stopped can go on.
    """
    if tools.model is None:
        raise OperatorError("A calibration needs a language model: run `python -m pipeline models pull`.")
    model, prompt = tools.model.name, prompt_of(tools)
    told = dict(known.margins) if known and (known.model, known.prompt) == (model, prompt) else {}
    for number, claim in enumerate(claims, start=1):
        if claim.key not in told:
            told[claim.key] = round(judge_margin(claim.text, claim.evidence, tools), PLACES)
            if len(told) % KEPT_EVERY == 0:
                keep(Margins(model=model, prompt=prompt, margins=told))
        hear(number, len(claims))
    margins = Margins(model=model, prompt=prompt, margins={claim.key: told[claim.key] for claim in claims})
    keep(margins)
    return margins


def calibrate(claims: Sequence[Claim], margins: Margins) -> CalibrationReport:
    """Fit on the half `tune`, measure on both, by the claims that have a margin. Raises `OperatorError` for too few of them.

    A claim has none when nobody asked yet, or when its text was changed since.
    """
    known = [claim for claim in claims if claim.key in margins.margins]
    if any(sum(claim.split == split for claim in known) < LEAST_CLAIMS for split in SPLITS):
        raise OperatorError(f"{len(known)} of {len(claims)} claims have a margin of {margins.model}, which is too few: run "
                            "`python -m pipeline evaluate calibrate`.")
    halves = {split: [claim for claim in known if claim.split == split] for split in SPLITS}
    seen = {split: [signs_of(claim, margins) for claim in half] for split, half in halves.items()}
    truth = {split: [claim.supported for claim in half] for split, half in halves.items()}
    learned = fit(seen["tune"], truth["tune"], model=margins.model, prompt=margins.prompt)
    likely = [learned.probability(one) for one in seen["test"]]
    share = fmean(truth["tune"])
    return CalibrationReport(
        calibration=learned,
        signs=tuple(_report(sign, value, half, seen[split]) for sign, value in _values(learned).items()
                    for split, half in halves.items()),
        brier=round(_brier(likely, truth["test"]), PLACES),
        brier_of_share=round(_brier([share] * len(likely), truth["test"]), PLACES),
        missed=_missed(halves["test"], likely), asked=len(known), lacking=len(claims) - len(known),
    )


def signs_of(claim: Claim, margins: Margins) -> Signs:
    """What is seen of a labelled claim, by the margin on file."""
    rests = Evidence(text=claim.evidence)
    return Signs(cover=rests.cover(claim.text), pairs=rests.pair_cover(claim.text), margin=margins.margins[claim.key])


def read_margins(path: Path) -> Margins | None:
    """The margins in a file; None where there is none. Raises `OperatorError` for one that cannot be used."""
    if not path.is_file():
        return None
    try:
        return Margins.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as fault:
        raise OperatorError(f"{path} holds no usable margins: delete it, and they are asked for again.") from fault


def write_made(value: Margins | CalibrationReport, path: Path) -> None:
    """Write it as JSON, whole or not at all."""
    with whole(path) as unfinished:
        unfinished.write_text(value.model_dump_json() + "\n", encoding="utf-8")


def read_report(path: Path) -> CalibrationReport:
    """The report in a file. Raises `OperatorError`."""
    try:
        return CalibrationReport.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as fault:
        raise OperatorError(f"{path} is not a usable report: run `python -m pipeline evaluate calibrate`.") from fault


def read_calibration(path: Path) -> Calibration:
    """The calibration of the report in a file. Raises `OperatorError`."""
    return read_report(path).calibration


def _values(learned: Calibration) -> Mapping[str, Callable[[Signs], float]]:
    return {"cover": lambda one: one.cover, "pairs": lambda one: one.pairs, "margin": lambda one: one.margin,
            COMBINED: learned.probability}


def _report(sign: str, value: Callable[[Signs], float], half: Sequence[Claim], seen: Sequence[Signs]) -> SignReport:
    told, truth = [value(one) for one in seen], [claim.supported for claim in half]
    found = area(told, truth, groups=[claim.source for claim in half])
    rounded = found.model_copy(update={name: round(getattr(found, name), PLACES) for name in ("value", "low", "high")})
    return SignReport(sign=sign, split=half[0].split, area=rounded, curve=curve([round(one, PLACES) for one in told], truth))


def _brier(likely: Sequence[float], truth: Sequence[bool]) -> float:
    return fmean((one - true) ** 2 for one, true in zip(likely, truth, strict=True))


def _missed(claims: Sequence[Claim], likely: Sequence[float]) -> Mapping[str, tuple[int, int]]:
    faults: dict[str, tuple[int, int]] = {}
    for claim, chance in zip(claims, likely, strict=True):
        if not claim.supported:
            missed, all_of_it = faults.get(claim.fault, (0, 0))
            faults[claim.fault] = (missed + (chance >= 0.5), all_of_it + 1)
    return dict(sorted(faults.items()))
