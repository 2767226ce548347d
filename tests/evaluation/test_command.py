"""`python -m pipeline evaluate`: what it prints, what it keeps, and the exit codes that a script can rely on."""

import json

import pytest

from pipeline.__main__ import main
from pipeline.errors import MissingWeights
from pipeline.evaluation import Runs, derive, read_set
from pipeline.reading import read
from pipeline.testing import FakeEmbedder, FakeWiring
from tests.reading import osbooks

COUNT = 32


@pytest.fixture
def files(tmp_path):
    """A small corpus in a file, its queries and judgements, as options."""
    (tmp_path / "docs.jsonl").write_text("".join(
        json.dumps({"id": f"d{i}", "title": f"About thing{i}", "text": f"The thing{i} is a word{i}."}) + "\n" for i in range(COUNT)))
    (tmp_path / "queries.jsonl").write_text("".join(
        json.dumps({"id": f"q{i}", "text": f"what is thing{i}", "kind": "what"}) + "\n" for i in range(COUNT)))
    (tmp_path / "qrels.txt").write_text("".join(f"q{i}\t0\td{i}\t1\n" for i in range(COUNT)))
    return ["--corpus", str(tmp_path / "docs.jsonl"), "--queries", str(tmp_path / "queries.jsonl"), "--qrels", str(tmp_path / "qrels.txt")]


@pytest.fixture
def run(settings, capsys):
    """Runs the command on the small installation; its code, output and errors."""

    def ran(*argv, wiring=FakeWiring):
        code = main(["evaluate", *argv], wire=lambda _: wiring(settings))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    ran.wire = lambda _: FakeWiring(settings)
    return ran


def test_systems_are_measured_compared_and_kept(run, files, settings):
    code, out, err = run("retrieval", *files, "--system", "all", "--baseline", "lexical", "--json")
    told = json.loads(out)
    assert code == 0, err
    assert set(told["systems"]) >= {"lexical", "dense", "default"} and told["systems"]["lexical"]["measures"]["nDCG@10"] == {
        "mean": 1.0, "low": 1.0, "high": 1.0, "n": COUNT}
    assert told["verdict"]["against"] == "lexical" and {each["baseline"] for each in told["comparisons"]} == {"lexical"}
    (line,) = Runs(FakeWiring(settings).engine).all()
    assert line.run_id == told["run"] and line.about.corpus == "docs.jsonl" and line.about.settings["lexical"].startswith("lexical_weight 1.0")
    assert "embedding" in err


def test_a_sample_of_one_half_is_reranked_and_every_margin_is_kept(run, files):
    wanted = ["--system", "default,default+rerank", "--baseline", "default", "--half", "test", "--sample", "5", "--json"]
    first, again = (json.loads(run("retrieval", *files, *wanted)[1]) for _ in range(2))
    assert first["systems"]["default+rerank"]["measures"]["nDCG@10"]["n"] == 5
    assert first["set"]["name"].endswith("(test) (sample of 5)") and first["set"]["digest"] == again["set"]["digest"]
    assert "s a passage (median of" in again["set"]["notes"][-1] and " 0 were remembered" not in again["set"]["notes"][-1]
    assert run("retrieval", *files, "--sample", "0")[0] != 0


def test_for_people_it_is_a_table(run, files):
    code, out, _ = run("retrieval", *files, "--system", "lexical,dense")
    assert code == 0 and out.splitlines()[1].split()[:2] == ["system", "nDCG@10"] and "dense" in out and "no baseline was named" in out


def test_the_shipped_topics_are_a_corpus_by_name(run, tmp_path):
    (tmp_path / "q").write_text('{"id": "1", "text": "What does Newton say about forces in pairs?"}\n')
    (tmp_path / "r").write_text("1 0 topic_phys_mech_newton_3 1\n1 0 topic_gone 1\n")
    code, out, err = run("retrieval", "--corpus", "vividly", "--queries", str(tmp_path / "q"), "--qrels", str(tmp_path / "r"),
                         "--system", "lexical", "--json")
    told = json.loads(out)
    assert code == 0, err
    assert told["set"]["unit"] == "document" and told["systems"]["lexical"]["measures"]["Success@1"]["mean"] == 1
    assert told["systems"]["lexical"]["measures"]["Recall@100"]["mean"] == 0.5  # nothing can find what is not there
    assert told["set"]["notes"] == ["1 of 2 judged documents are not in the corpus: nothing can find them."]


def test_the_gate_passes_what_is_as_good_and_stops_what_is_not(run, files, tmp_path, settings):
    baseline = ["--baseline", str(tmp_path / "baseline.json"), "--system", "lexical"]
    assert run("gate", *files, *baseline, "--accept")[0] == 0
    assert run("gate", *files, *baseline)[0] == 0
    kept = FakeWiring(settings).retrieval_runs.all()
    assert [line.verdict.fate for line in kept] == ["pass", "pass"]
    assert run("gate", *files, "--baseline", str(kept[0].run_id), "--system", "lexical")[0] == 0
    file = tmp_path / "docs.jsonl"
    file.write_text("".join(json.dumps({**json.loads(line), "title": "", "text": f"word{n}"}) + "\n"
                            for n, line in enumerate(file.read_text().splitlines())))
    code, out, _ = run("gate", *files, *baseline, "--json")
    assert code == 1 and json.loads(out)["verdict"]["fate"] == "regression"


def test_other_judgements_and_too_few_queries_are_not_compared(run, files, tmp_path):
    baseline = ["--baseline", str(tmp_path / "baseline.json"), "--system", "lexical"]
    run("gate", *files, *baseline, "--accept")
    (tmp_path / "qrels.txt").write_text("q0 0 d0 1\n")
    assert run("gate", *files, *baseline)[0] == 3
    assert run("gate", *files, *baseline, "--accept")[0] == 3  # one query tells nothing, whatever is accepted


@pytest.mark.parametrize(("given", "said"), [
    (["--system", "magic"], "there is none called 'magic'"),
    (["--system", ","], "name one of"),
    (["--baseline", "magic"], "there is none called 'magic'"),
    (["--queries", "missing.jsonl"], "missing.jsonl: cannot be read"),
    (["--corpus", "missing.jsonl"], "missing.jsonl: cannot be read"),
    (["--corpus", "nobody"], "there is none of the name 'nobody'"),
])
def test_bad_usage_is_code_two(run, files, given, said):
    code, out, err = run("retrieval", *files, *given)
    assert (code, out) == (2, "") and said in err


def test_the_gate_tells_bad_usage_from_a_regression(run, files, tmp_path):
    for given in (["--baseline", "missing.json"], ["--baseline", "77"], ["--baseline", "77", "--accept"], ["--system", "magic"]):
        assert run("gate", *files, *given)[0] == 2
    with pytest.raises(SystemExit) as stopped:
        run("gate", "--nonsense")
    assert stopped.value.code == 2


def test_an_installation_that_cannot_measure_is_not_a_regression(run, files, tmp_path):
    class Broken(FakeEmbedder):
        def embed(self, texts):
            raise MissingWeights()

    class BrokenWiring(FakeWiring):
        def __init__(self, settings):
            super().__init__(settings)
            self.embedder = Broken()

    code, _, err = run("gate", *files, "--baseline", str(tmp_path / "b.json"), "--accept", wiring=BrokenWiring)
    assert code == 3 and "models pull" in err


def test_a_book_gives_a_set_that_its_corpus_can_be_measured_with(run, tmp_path):
    book = osbooks.folder(tmp_path / "book", osbooks.files())
    code, out, err = run("derive", str(book), "--out", str(tmp_path / "set"))
    assert code == 0 and "of kind definition" in out, err
    found = read_set(tmp_path / "set" / "queries.jsonl", tmp_path / "set" / "qrels.txt")
    assert found.queries == derive(read(book)).queries
    assert main(["corpus", "ingest", str(book), "--name", "small"], wire=run.wire) == 0
    code, out, err = run("retrieval", "--corpus", "small", "--queries", str(tmp_path / "set" / "queries.jsonl"), "--qrels",
                         str(tmp_path / "set" / "qrels.txt"), "--system", "lexical", "--json")
    assert code == 0 and json.loads(out[out.index("{"):])["systems"]["lexical"]["kinds"].keys() >= {"definition"}, err


def test_a_book_without_anything_to_ask_for_gives_no_set(run, tmp_path):
    (tmp_path / "plain.md").write_text("# Plain\n\nOnly some words about nothing in particular stand here.\n")
    code, _, err = run("derive", str(tmp_path / "plain.md"), "--out", str(tmp_path / "set"))
    assert code == 2 and "no definitions" in err and not (tmp_path / "set").exists()
