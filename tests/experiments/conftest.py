"""Experiments in front of fakes: real record, registry, house and scorers, and models that answer from a table."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.config import Settings, read_settings
from pipeline.experiments import Experiments, RunPlan, RunView
from pipeline.experiments.rows import CHARGES, ITEMS, JUDGEMENTS, REQUESTS, RUNS, VOTES
from pipeline.experiments.rows import QUESTIONS as QUESTIONS_ROWS
from pipeline.generate import House
from pipeline.organisation import COMMAND_LINE, Actor
from pipeline.ports import Prompt
from pipeline.scoring import Dataset, KeyPoint, Reference
from pipeline.tables import UserRole
from pipeline.testing import ANSWERS, FakeTextModel, FakeWiring
from pipeline.wiring import Wiring
from pipeline.work import serve
from tests.conftest import NEWTON

PLAIN = "Say something."
"""Stands in the prompts of the plain pair, and makes the fake model write nothing worth keeping."""


def asked_well(prompt: Prompt) -> str:
    """A question in the words of the scene that the prompt tells, which is kept; of a plain prompt nothing of use."""
    scene = re.search(r"^In [^:\n]+: (.+)$", prompt.user, re.MULTILINE)
    return "nothing." if PLAIN in prompt.user or scene is None else f"Why does {' '.join(scene[1].split()[:9]).rstrip('.,')}?"


QUESTIONS = tuple(
    Reference(question_id=f"q{number}", question=question, grade=10, interest=interest, expected="answer", kind=kind,
              topic_id=NEWTON, key_points=(KeyPoint(point="Forces come in pairs.", terms=("force", "pairs")),))
    for number, (question, interest, kind) in enumerate((
        ("Explain Newton's third law", None, "explain"), ("Why does a rocket move forward?", "basketball", "why"),
        ("What is a pair of forces in Newton's third law?", "music", "definition")), start=1))
DATASET = Dataset(name="small", rows=QUESTIONS)


@dataclass
class Bench:
    """An installation of fakes and its experiments."""

    wiring: Wiring
    house: House

    @property
    def experiments(self) -> Experiments:
        return self.wiring.experiments

    def plan(self, said: str = "production,plain", **fields) -> RunPlan:
        variants = self.experiments.variants(said)
        return RunPlan(**{"dataset": "small", "variants": variants, "baseline": variants[0].name, **fields})

    def made(self, run_id: str = "r1", said: str = "production,plain", *, dataset: Dataset = DATASET, **fields) -> RunView:
        """A run made here, and scored."""
        self.experiments.create(COMMAND_LINE, run_id, dataset, self.plan(said, **fields))
        self.experiments.make(COMMAND_LINE, run_id, self.serve)
        return self.settled(run_id)

    def settled(self, run_id: str) -> RunView:
        return self.experiments.settle(COMMAND_LINE, run_id, self.wiring.scoring_tools(self.house.text))

    def serve(self, request_id: str) -> object:
        return serve(request_id, self.house, self.wiring.record)

    def person(self, role: str, name: str = "") -> Actor:
        user = self.wiring.people.grant(f"{name or role}@school.org", UserRole(role))
        return Actor(user_id=user.user_id, name=user.email, role=UserRole(role))


def opened(settings: Settings) -> Bench:
    wiring = FakeWiring(settings, text=FakeTextModel({**ANSWERS, "hook": asked_well}))
    texts = wiring.registry.production()
    for name in ("hook", "link"):
        plain = texts.text(name).model_copy(update={"user": f"{PLAIN} {texts.text(name).user}"})
        version = wiring.registry.save(COMMAND_LINE, plain, message="deliberately plain")
        wiring.registry.label(COMMAND_LINE, name, "plain", version.version)
    return Bench(wiring, wiring.open_house())


@pytest.fixture(scope="module")
def installed(small_data: Path, tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Bench:
    """One installation for all tests of a module."""
    home = tmp_path_factory.mktemp("experiments")
    shutil.copy(migrated, home / "vividly.sqlite")
    return opened(read_settings({"VIVIDLY_HOME": str(home), "VIVIDLY_DATA": str(small_data)}))


@pytest.fixture
def bench(installed: Bench) -> Bench:
    """It, without runs and requests."""
    with installed.wiring.engine.begin() as connection:
        for table in (VOTES, JUDGEMENTS, CHARGES, ITEMS, QUESTIONS_ROWS, RUNS, REQUESTS):
            connection.execute(table.delete())
    return installed
