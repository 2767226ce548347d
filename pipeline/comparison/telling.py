"""What came of a comparison, told: in sentences, as text for a terminal, and as one object for machines."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.comparison.differences import Side, difference
from pipeline.comparison.measures import UNDECIDED, VALUES, Measure, Result
from pipeline.comparison.results import Pair, Summary, Table, table
from pipeline.comparison.variants import Variant, label, spoken
from pipeline.comparison.views import ComparisonView
from pipeline.comparison.votes import Two

Results = Mapping[tuple[int, int], Result]
"""What came of every item, by the numbers of its question and its variant."""


def sentences(variants: Sequence[Variant], results: Sequence[Result]) -> list[str]:
    """What is missing and why, and then the first variant against each of the others."""
    named = list(zip(_names(variants), results, strict=True))
    said = [_missing(name, result.missing) for name, result in named if not result.measured]
    (first, base), *others = named
    for name, result in others:
        if base.measured and result.measured:
            said.append(" ".join(difference(Side(name=first, measured=base.measured), Side(name=name, measured=result.measured))))
    return said


def over_the_set(view: ComparisonView, results: Results, two: Two) -> Table:
    """The differences of two variants over all questions."""
    pairs = [
        Pair(number=number, question=asked.question, one=results[number, two.one], other=results[number, two.other])
        for number, asked in enumerate(view.questions, start=1)
    ]
    names = (label(view.variants[two.one - 1]), label(view.variants[two.other - 1]))
    return table(pairs, names=names, seed=view.seed)


def as_json(view: ComparisonView, results: Results) -> dict[str, Any]:
    """The comparison as one object."""
    names = [label(variant) for variant in view.variants]
    return {
        "comparison_id": view.comparison_id, "name": view.name, "state": view.state, "variants": names,
        "questions": [
            {"question": asked.question, "differences": _of_question(view, results, number),
             "lessons": [_lesson(view, results, number, variant) for variant in range(1, len(names) + 1)]}
            for number, asked in enumerate(view.questions, start=1)
        ],
        "summaries": [
            {"one": names[two.one - 1], "other": names[two.other - 1],
             "measures": [each.model_dump(mode="json") for each in found.summaries],
             "missing": [each.model_dump(mode="json") for each in found.missing]}
            for two in _against_first(view) for found in [over_the_set(view, results, two)]
        ],
    }


def as_text(view: ComparisonView, results: Results) -> str:
    """The comparison for people: each question with its differences, then the means of a set."""
    lines = []
    for number, asked in enumerate(view.questions, start=1):
        lines += [f"{number}. {asked.question}", *(f"   {sentence}" for sentence in _of_question(view, results, number))]
    if len(view.questions) > 1:
        for two in _against_first(view):
            other, one = (label(view.variants[number - 1]) for number in (two.other, two.one))
            lines += ["", f"{other} minus {one}, means with paired bootstrap intervals (95 %):"]
            lines += [_summary(each) for each in over_the_set(view, results, two).summaries]
    return "\n".join([*lines, "", f"Comparison {view.comparison_id}: {view.state}"])


def _names(variants: Sequence[Variant]) -> list[str]:
    """What the variants are called. One that differs in nothing from the questions is the usual one of its form, where there
    are others of that form: "the usual text", beside "the text for grade 8".
    """
    forms = [variant.modality for variant in variants]
    return [f"the usual {variant.modality}" if variant == Variant(modality=variant.modality) and forms.count(variant.modality) > 1
            else spoken(variant) for variant in variants]


def _missing(name: str, why: str) -> str:
    subject, told = f"{name[0].upper()}{name[1:]}", why.rstrip(".")
    return f"{subject} is not made yet." if why == UNDECIDED else f"{subject} is missing: {told}."


def _against_first(view: ComparisonView) -> list[Two]:
    return [Two(one=1, other=other) for other in range(2, len(view.variants) + 1)]


def _of_question(view: ComparisonView, results: Results, number: int) -> list[str]:
    return sentences(view.variants, [results[number, variant] for variant in range(1, len(view.variants) + 1)])


def _lesson(view: ComparisonView, results: Results, number: int, variant: int) -> dict[str, Any]:
    result = results[number, variant]
    known = result.measured
    return {
        "variant": label(view.variants[variant - 1]), "request_id": view.request_id(number, variant),
        "missing": result.missing or None, "measured": known.model_dump(mode="json") if known else None,
        "measures": {measure: VALUES[measure](known) if known else None for measure in Measure},
    }


def _summary(each: Summary) -> str:
    known = each.difference
    if known is None:
        return f"  {each.measure:<10} {'–':>12}  {each.missing} missing"
    bounds = "too few" if known.low is None or known.high is None else f"{known.low:+.6g} to {known.high:+.6g}"
    return f"  {each.measure:<10} {known.value:>+12.6g}  [{bounds}]  n={known.n}, {each.missing} missing"
