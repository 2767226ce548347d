"""An installation whose fake models made a run of two variants: scored, judged, and one of a budget too small."""

from decimal import Decimal
from pathlib import Path

from pipeline.config import read_settings
from pipeline.organisation import COMMAND_LINE
from pipeline.scoring import Dataset, KeyPoint, PromptedJudge, Reference
from pipeline.testing import FakeTextModel
from tests.conftest import NEWTON
from tests.experiments.conftest import Bench, opened

HOSTILE = "<script>alert(1)</script> **bold** :red[hot] $x$"
ASKED = (
    ("Explain Newton's third law", "explain"), ("Why does a rocket move forward?", "why"),
    ("What is a pair of forces in Newton's third law?", "definition"), (f"Why do forces come in pairs? {HOSTILE}", "why"),
    ("What are action and reaction?", "definition"), ("How does a swimmer push off the wall?", "why"),
)


def questions(count: int = 6) -> Dataset:
    """So many questions about one law."""
    return Dataset(name="small", rows=tuple(
        Reference(question_id=f"q{number}", question=ASKED[number % len(ASKED)][0] + f" ({number})" * (number >= len(ASKED)), grade=10,
                  interest=("basketball", "music", None)[number % 3], expected="answer", kind=ASKED[number % len(ASKED)][1],
                  topic_id=NEWTON, misconception="The larger body pushes harder.",
                  key_points=(KeyPoint(point="Forces come in pairs.", terms=("force", "pairs")),))
        for number in range(count)))


def installed(home: Path, data: Path) -> Bench:
    """The installation."""
    return opened(read_settings({"VIVIDLY_HOME": str(home), "VIVIDLY_DATA": str(data)}))


def filled(bench: Bench, count: int = 6) -> None:
    """A run `whole` that is scored and judged, and one `broke` that its budget stopped."""
    bench.made("whole", dataset=questions(count))
    judge = PromptedJudge(FakeTextModel({}, margin=0.9), bench.wiring.registry.production())
    bench.wiring.opinions.judge(COMMAND_LINE, "whole", judge)
    plan = bench.plan("production:seed=5,plain", budget_usd=Decimal("0.0000001"), name=f"Too little {HOSTILE}", questions=2)
    bench.experiments.create(COMMAND_LINE, "broke", questions(2), plan)
    bench.experiments.make(COMMAND_LINE, "broke", bench.serve)
