"""Prompts as experiments: the same questions in several prompts, scored, compared, judged, voted on, gated.

Lessons are made fresh through the queue or here, and never twice under the same conditions. Knows nothing of pages.
"""

from pipeline.experiments.ballots import pairs_of
from pipeline.experiments.conditions import conditions, names_of_interests
from pipeline.experiments.datasets import SHIPPED, Added, Datasets
from pipeline.experiments.experiments import Experiments
from pipeline.experiments.gating import Proofs, gate
from pipeline.experiments.judging import Opinions
from pipeline.experiments.making import Direct
from pipeline.experiments.opinions import Agreement, Ballot, Judged, Judgement, Met, Preferences, Strength
from pipeline.experiments.outcomes import Flip, Line, Results, Side
from pipeline.experiments.reading import Reading
from pipeline.experiments.results import PASSES
from pipeline.experiments.telling import as_json, as_text, foreseen_text, judged_text
from pipeline.experiments.tracked import tracked
from pipeline.experiments.values import MOST_VARIANTS, Foreseen, Item, RunPlan, RunView, State, Variant
from pipeline.experiments.variants import Versions
from pipeline.experiments.views import Cell, QuestionView, RunLine, Standing

__all__ = [
    "MOST_VARIANTS", "PASSES", "SHIPPED", "Added", "Agreement", "Ballot", "Cell", "Datasets", "Direct", "Experiments",
    "Flip", "Foreseen", "Item", "Judged", "Judgement", "Line", "Met", "Opinions", "Preferences", "Proofs",
    "QuestionView", "Reading", "Results", "RunLine", "RunPlan", "RunView", "Side", "Standing", "State", "Strength",
    "Variant", "Versions", "as_json", "as_text", "conditions", "foreseen_text", "gate", "judged_text",
    "names_of_interests", "pairs_of", "tracked",
]
