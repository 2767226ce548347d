"""Evaluations as runs of Vertex Experiments: equal to ours, once, and never instead of our own record."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from google.cloud import aiplatform

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.errors import Hiccup, OperatorError, ProviderResting
from pipeline.evaluation import run_name, tracked
from pipeline.ports import Tracked
from pipeline.providers.google.account import Account
from pipeline.providers.google.experiments import VertexExperiments
from pipeline.providers.google.region import regional
from pipeline.testing import FakeWiring
from pipeline.testing.cloud_faults import CUT, Fault, quota, refusal
from pipeline.testing.google import Google
from tests.providers.google.conftest import Cloud

REGION, EXPERIMENT = "us-central1", "lessons"
RUN = Tracked(name="retrieval-1-0a", said="Measured.", parameters={"set": "by hand", "seed": 7},
              metrics={"lexical.nDCG@10": 0.5, "lexical.nDCG@10.low": 0.4, "lexical.nDCG@10.n": 391, "verdict": "measured"})


@pytest.fixture
def experiments(cloud: Cloud) -> VertexExperiments:
    return VertexExperiments(regional(cloud.account, REGION), EXPERIMENT)


def test_a_run_reads_back_equal_also_by_googles_own_reader(cloud: Cloud, experiments: VertexExperiments):
    assert f"/{REGION}/experiments/{EXPERIMENT}/runs/{EXPERIMENT}-{RUN.name}" in experiments.track(RUN)
    assert experiments.read(RUN.name) == RUN and experiments.read("another") is None
    aiplatform.init(project=cloud.google.project, location=REGION, api_endpoint=cloud.account.endpoint, api_transport="rest",
                    credentials=cloud.account.credentials())
    there = aiplatform.ExperimentRun(RUN.name, EXPERIMENT)
    assert (there.get_params(), there.get_metrics()) == (RUN.parameters, RUN.metrics)
    assert there.state.name == "COMPLETE"
    listed = aiplatform.ExperimentRun.list(experiment=EXPERIMENT)
    assert [one.name for one in listed] == [RUN.name]


def test_told_twice_it_is_there_once_and_told_anew_as_it_was_told_last(cloud: Cloud, experiments: VertexExperiments):
    experiments.track(RUN)
    written = dict(cloud.google.vertex.writes)
    experiments.track(RUN)
    assert written == dict(cloud.google.vertex.writes) == {"store": 1, "made": 2, "adopted": 1}
    anew = replace(RUN, metrics={**RUN.metrics, "lexical.nDCG@10": 0.6}, said="Better.")
    experiments.track(anew)
    assert experiments.read(RUN.name) == anew and len(cloud.google.vertex.contexts) == 2


def test_a_run_of_the_same_number_in_another_database_is_another_run(run, wired: FakeWiring):
    run("retrieval")
    (line,) = wired.retrieval_runs.all()
    one = wired.retrieval_runs.one(line.run_id)
    later = replace_at(one)
    assert tracked(one).name == tracked(wired.retrieval_runs.one(line.run_id)).name != tracked(later).name
    assert run_name("prompts", "Ein Lauf / 7", one.about.at).startswith("prompts-ein-lauf-7-")


@pytest.mark.parametrize(("fault", "kind", "words"), [
    (quota("7s"), ProviderResting, "quota"), (refusal(500), Hiccup, "500"), (CUT, Hiccup, "does not answer"),
    (refusal(403, reason="SERVICE_DISABLED"), OperatorError, "gcloud services enable aiplatform.googleapis.com"),
    (refusal(403), OperatorError, "roles/aiplatform.user"),
])
def test_what_goes_wrong_says_who_must_act(
    cloud: Cloud, experiments: VertexExperiments, fault: Fault, kind: type, words: str,
):
    cloud.google.faults.append(fault)
    with pytest.raises(kind, match=words):
        experiments.track(RUN)
    assert len(cloud.google.asked) == 1 and not cloud.google.vertex.contexts


@pytest.mark.parametrize(("region", "name", "said"), [
    ("", EXPERIMENT, "none is set"), ("global", EXPERIMENT, "VIVIDLY_VERTEX_REGION"), (REGION, "Our Lessons", "small letters"),
])
def test_what_vertex_would_not_take_is_refused_here(region: str, name: str, said: str):
    with pytest.raises(OperatorError, match=said):
        VertexExperiments(regional(Account(project="vividly-test", endpoint="http://127.0.0.1:1"), region), name)


# the command


@pytest.fixture
def wired(settings: Settings, cloud: Cloud, migrated: Path) -> Iterator[FakeWiring]:
    settings.home.mkdir()
    shutil.copy(migrated, settings.home / "vividly.sqlite")
    made = FakeWiring(replace(settings, vertex_experiment=EXPERIMENT, vertex_region=REGION, google_endpoint=cloud.account.endpoint,
                              google_project=cloud.google.project))
    yield made
    made.engine.dispose()


@pytest.fixture
def run(wired: FakeWiring, tmp_path, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs `evaluate` over three documents; its code, output and errors."""
    (tmp_path / "docs.jsonl").write_text("".join(
        json.dumps({"id": f"d{i}", "title": f"About thing{i}", "text": f"The thing{i} is a word{i}."}) + "\n" for i in range(3)))
    (tmp_path / "queries.jsonl").write_text("".join(
        json.dumps({"id": f"q{i}", "text": f"what is thing{i}", "kind": "what"}) + "\n" for i in range(3)))
    (tmp_path / "qrels.txt").write_text("".join(f"q{i}\t0\td{i}\t1\n" for i in range(3)))
    files = ["--corpus", str(tmp_path / "docs.jsonl"), "--queries", str(tmp_path / "queries.jsonl"),
             "--qrels", str(tmp_path / "qrels.txt"), "--system", "lexical"]

    def ran(verb: str, *argv: str) -> tuple[int, str, str]:
        code = main(["evaluate", verb, *(files if verb == "retrieval" else ()), *argv], wire=lambda _: wired)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def replace_at(run):
    return run.model_copy(update={"about": run.about.model_copy(update={"at": run.about.at.replace(year=2030)})})


def there(google: Google) -> list[dict]:
    return [one for one in google.vertex.contexts.values() if one["schemaTitle"] == "system.ExperimentRun"]


def test_a_retrieval_run_appears_with_its_figures(run, wired: FakeWiring, cloud: Cloud):
    code, out, err = run("retrieval", "--json")
    told = json.loads(out)
    assert code == 0 and told["vertex"]["fault"] == "" and told["vertex"]["run"] in err
    (found,) = there(cloud.google)
    metrics, parameters = found["metadata"]["_metrics"], found["metadata"]["_params"]
    mean = told["systems"]["lexical"]["measures"]["nDCG@10"]
    assert {end: metrics[f"lexical.nDCG@10{end and '.' + end}"] for end in ("", "low", "high", "n")} == {
        "": mean["mean"], "low": mean["low"], "high": mean["high"], "n": mean["n"]}
    assert parameters["set_version"] == told["set"]["digest"] and parameters["commit"] == told["about"]["commit"]
    assert metrics["verdict"] == told["verdict"]["fate"] and parameters["systems"] == "lexical"


def test_what_cannot_be_told_is_recorded_here_and_sent_later(run, wired: FakeWiring, cloud: Cloud):
    cloud.google.faults.append(refusal(503))
    code, out, err = run("retrieval")
    (line,) = wired.retrieval_runs.all()
    assert code == 0 and "nDCG@10" in out and f"evaluate export --vertex {line.run_id}" in err
    assert len(wired.retrieval_runs.one(line.run_id).system("lexical").outcomes) == 3 and not there(cloud.google)
    assert run("export", "--vertex", str(line.run_id))[0] == run("export", "--vertex", str(line.run_id), "--json")[0] == 0
    (found,) = there(cloud.google)
    assert found["displayName"] == tracked(wired.retrieval_runs.one(line.run_id)).name
    assert run("export", "--vertex", "77")[0] == run("export", "--vertex", "nowhere")[0] == 2


def test_off_it_asks_nobody(run, wired: FakeWiring, cloud: Cloud):
    wired.settings = replace(wired.settings, vertex_experiment="")
    code, out, _ = run("retrieval", "--json")
    assert code == 0 and "vertex" not in json.loads(out) and cloud.google.asked == []
    code, _, err = run("export", "--vertex", "1")
    assert code == 1 and "VIVIDLY_VERTEX_EXPERIMENT" in err


def test_the_check_looks_at_experiments_and_at_the_judge_when_they_are_on(
    cloud: Cloud, capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
):
    for name, value in {
        "VIVIDLY_HOME": str(tmp_path), "GOOGLE_CLOUD_PROJECT": cloud.google.project, "VIVIDLY_LOG_PROJECT": "",
        "VIVIDLY_GOOGLE_ENDPOINT": cloud.account.endpoint, "VIVIDLY_VERTEX_REGION": REGION,
        "VIVIDLY_VERTEX_EXPERIMENT": EXPERIMENT, "VIVIDLY_VERTEX_JUDGE": "gemini-3.5-flash",
    }.items():
        monkeypatch.setenv(name, value)
    cloud.google.faults += [None, None, None, refusal(403, reason="SERVICE_DISABLED"), refusal(403)]
    for mended in (False, True):
        main(["providers", "check", "--json"])
        found = {one["part"]: one for one in json.loads(capsys.readouterr().out)["services"]}
        assert found["experiments"]["works"] is found["judge"]["works"] is mended
        if not mended:
            assert "gcloud services enable aiplatform.googleapis.com" in found["experiments"]["said"]
            assert "roles/aiplatform.user" in found["judge"]["said"]
    assert found["judge"]["said"] == f"gemini-3.5-flash in {REGION}"
