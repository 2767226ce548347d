"""`evaluate prompts --batch`: the judge's questions of a run in one job of the stand-in, through Google's own clients."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.__main__ import main
from pipeline.scoring import as_line
from pipeline.testing.google import Google
from pipeline.testing.google_server import served
from tests.experiments.conftest import QUESTIONS, Bench

HERE = ("--variants", "production,plain", "--here", "--judge", "--run-id", "r1")


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def address(google: Google) -> Iterator[str]:
    with served(google) as address:
        yield address


@pytest.fixture
def run(bench: Bench, google: Google, address: str, tmp_path, capsys):
    """Runs the command on the small installation, whose judge is Google's; its code, output and errors."""
    usual = bench.wiring.settings
    bench.wiring.settings = replace(
        usual, parts={"text": "google"}, google_project=google.project, google_endpoint=address,
        google_batch="gs://vividly-batches/judges")
    file = tmp_path / "small.jsonl"
    file.write_text("".join(f"{as_line(row)}\n" for row in QUESTIONS))

    def ran(*argv: str):
        code = main(["evaluate", "prompts", "--dataset", str(file), *argv], wire=lambda _: bench.wiring)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    yield ran
    bench.wiring.settings = usual


def test_pairs_are_judged_in_one_batch_and_never_twice(run, bench: Bench, google: Google):
    google.batches.fails = lambda number: "Internal error" if number == 0 else ""
    code, out, err = run(*HERE, "--batch")
    assert code == 0, err
    assert "batch: 5 questions answered by gemini-3.5-flash-lite, $0.0" in err
    assert "1 questions were not answered (Internal error)" in err
    assert "over 2 pairs" in out
    google.batches.fails = lambda number: ""
    code, out, err = run(*HERE, "--batch")
    assert "over 3 pairs" in out
    asked = [kept.content for name, kept in google.batches.bucket.objects.items() if name.endswith("asked.jsonl")]
    assert [len(body.splitlines()) for body in asked] == [6, 1]
    assert {verb for _, verb, _ in google.asked} & {"generateContent", "streamGenerateContent"} == set()
    run(*HERE, "--batch")
    assert len(google.batches.jobs) == 2


def test_what_is_missing_for_a_batch_is_said(run, bench: Bench):
    code, _, err = run("--cancel-batch", "--run-id", "r1")
    assert (code, "No batch of this run is under way" in err) == (1, True)
    bench.wiring.settings = replace(bench.wiring.settings, google_batch="")
    assert "VIVIDLY_GOOGLE_BATCH" in run(*HERE, "--batch")[2]
    bench.wiring.settings = replace(bench.wiring.settings, parts={})
    assert "VIVIDLY_PARTS=text=google" in run(*HERE, "--batch")[2]
