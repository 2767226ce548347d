"""What SQL decides behaves the same on SQLite and on PostgreSQL."""

from pathlib import Path

from pipeline.config import read_settings
from pipeline.database import upgrade
from pipeline.experiments import State
from pipeline.organisation import COMMAND_LINE
from pipeline.scoring import PromptedJudge
from pipeline.tables import Choice
from pipeline.testing import FakeTextModel
from tests.experiments.conftest import DATASET, opened


def test_a_run_is_made_judged_voted_on_and_listed(url: str, small_data: Path, tmp_path: Path):
    upgrade(url)
    bench = opened(read_settings({"VIVIDLY_HOME": str(tmp_path), "VIVIDLY_DATA": str(small_data), "DATABASE_URL": url}))
    view = bench.made(questions=1)
    assert view.state is State.DONE and view.results and view.spent_usd
    again = bench.made("r2", questions=1)
    assert all(item.reused for item in again.items) and bench.experiments.foresee(DATASET, bench.plan()).known == 2
    opinions, person = bench.wiring.opinions, bench.person("content")
    opinions.judge(COMMAND_LINE, "r1", PromptedJudge(FakeTextModel({}), bench.wiring.registry.production()))
    ballot = opinions.next(person, "r1")
    assert ballot and ballot == opinions.next(person, "r1")
    opinions.vote(person, ballot, Choice.NO_DIFFERENCE)
    bench.experiments.close(person, "r1")
    assert opinions.agreement("fake-text").n == 1 and opinions.of_people("r1").strengths[0].ties == 1
    assert [line.run_id for line in bench.experiments.newest()] == ["r2", "r1"]
    assert len(bench.experiments.standings(DATASET.version)) == 2
    bench.wiring.engine.dispose()
