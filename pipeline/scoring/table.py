"""The table of scorers, and what it comes to for one answer."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pipeline.errors import BadRequest
from pipeline.scoring.claims import score_cover, score_drafts, score_grounding, score_kept
from pipeline.scoring.content import score_figures, score_key_terms, score_misconception
from pipeline.scoring.form import score_limits, score_schema
from pipeline.scoring.harm import score_harmless
from pipeline.scoring.interest import score_interest
from pipeline.scoring.language import score_reading, score_repetition
from pipeline.scoring.outcome import due, score_outcome
from pipeline.scoring.spending import score_seconds, score_tokens, score_usd
from pipeline.scoring.values import Answer, Finding, Kind, Reference, Score, Scorer, Tools, cannot

NO_LESSON = Finding(value=Decimal(0), why="A lesson was due and there is none.")

_ROWS = (
    Scorer(name="outcome", title="Right outcome", score=score_outcome,
           what="A question of the library is answered on its topic; another one is declined or asked back."),
    Scorer(name="schema", title="Whole", score=score_schema,
           what="Every part that the request asked for is there, and the parts fit together."),
    Scorer(name="limits", title="Limits", score=score_limits,
           what="The share of scenes and lengths that keep the limits of a film."),
    Scorer(name="key_terms", title="Key points", score=score_key_terms,
           what="The share of the reference's key points whose terms stand together in one section."),
    Scorer(name="grounding", title="Grounding", score=score_grounding, asks_model=True,
           what="How likely the model's claims in the lesson are supported by what they cite, on average."),
    Scorer(name="drafts", title="Drafts grounded", score=score_drafts, asks_model=True,
           what="The same of every claim that the model wrote, kept or not: what the prompt alone achieves."),
    Scorer(name="cover", title="Words grounded", score=score_cover,
           what="The share of content words of all that the model wrote, kept or not, that its sources have."),
    Scorer(name="kept", title="Kept sentences", score=score_kept,
           what="The share of the model's sentences that stood the support check."),
    Scorer(name="figures", title="Figures supported", score=score_figures,
           what="The share of numbers and equations that the sources have."),
    Scorer(name="reading", title="Reading level", score=score_reading,
           what="1 at the student's grade, falling to 0 for a text that is six grades too hard or ten too easy."),
    Scorer(name="interest", title="Interest used", score=score_interest,
           what="The interest carries the topic: it is there, and no sentence only drops its name."),
    Scorer(name="misconception", title="Misconception", score=score_misconception,
           what="The wrong idea is named and put right."),
    Scorer(name="repetition", title="Nothing twice", score=score_repetition,
           what="The share of sentences that do not say again what an earlier one said."),
    Scorer(name="harmless", title="Harmless", score=score_harmless, kind=Kind.SAFETY,
           what="Nothing in the text is unfit for minors."),
    Scorer(name="tokens", title="Tokens", score=score_tokens, unit="tokens", higher_is_better=False, kind=Kind.COST,
           what="What the language model read and wrote."),
    Scorer(name="seconds", title="Seconds", score=score_seconds, unit="seconds", higher_is_better=False, kind=Kind.COST,
           what="The time of all stages, without waiting."),
    Scorer(name="usd", title="Cost", score=score_usd, unit="usd", higher_is_better=False, kind=Kind.COST,
           what="What all stages cost, exactly."),
)
SCORERS: Mapping[str, Scorer] = {row.name: row for row in _ROWS}


def score(
    answer: Answer, reference: Reference, tools: Tools, *, names: Iterable[str] | None = None,
) -> tuple[Score, ...]:
    """What each scorer finds, in the order of the table. Raises `BadRequest` for a name that the table does not have."""
    wanted = set(SCORERS if names is None else names)
    if unknown := sorted(wanted - set(SCORERS)):
        raise BadRequest("scorers", f"there is no {unknown[0]!r}: there are {', '.join(SCORERS)}.")
    rows = (scorer for scorer in _ROWS if scorer.name in wanted)
    return tuple(Score(name=row.name, **dict(_found(row, answer, reference, tools))) for row in rows)


def _found(scorer: Scorer, answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The scorer's own finding, where there is a lesson to judge: none that was due is 0, none that was not is no figure."""
    if scorer.kind is Kind.COST or scorer.name == "outcome":
        return scorer.score(answer, reference, tools)
    if not due(reference):
        return cannot(f"The question is to be met with {reference.expected}: there is no lesson to judge.")
    if answer.script:
        return scorer.score(answer, reference, tools)
    return NO_LESSON if scorer.kind is Kind.QUALITY else cannot("There is no lesson that could be looked at.")
