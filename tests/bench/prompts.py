"""Whether the evaluation of prompts tells what differs from what does not: python -m tests.bench prompts [--questions N].

Two questions, each over ten seeds, with the real model. The deliberately plain pair of the script's prompts against the
tuned one: every seed must show it, beyond chance, in at least one measure of quality. Two copies of one pair: no seed may.
Ten looks are ten chances to be wrong, so what a run corrected over its measures is corrected over the ten as well.
The copies are the tuned pair at temperature 0.7, so that a seed makes another text: five seeds make five sets of lessons,
and every two of them are held against each other (ten pairs). At the shipped temperature of 0 copies would be equal word
for word, which shows nothing.

What a model answered to a prompt is kept in `--home`: a bench that was broken off goes on, and what is asked again at
temperature 0 (understanding the question, a first try) is asked once. `--minutes` ends it cleanly: call it again.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path

from pipeline.config import Settings, read_settings
from pipeline.domain import Status, Usage
from pipeline.experiments import Results, RunPlan, RunView, State
from pipeline.organisation import COMMAND_LINE
from pipeline.ports import Paid, Prompt
from pipeline.scoring import SCORERS, Dataset, Expected, Kind, shipped_dataset
from pipeline.testing import FakeRenderer, FakeVoice
from pipeline.wiring import Wiring
from pipeline.work import serve

SEEDS, SETS, WARM, LEVEL = range(1, 11), range(1, 6), 0.7, 0.05
MEASURES = tuple(name for name, scorer in SCORERS.items() if not scorer.asks_model)
"""What asks the model again to score is left out: it would take longer than the lessons."""


class Kept:
    """A language model whose answers are kept in a file; it is loaded when something new is asked."""

    def __init__(self, wiring: Wiring, file: Path) -> None:
        self._wiring, self._file = wiring, file
        self._known = {row["key"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())} if file.is_file() else {}
        self.family, self.name = wiring.settings.family, wiring.language_models()[0]
        self.asked = 0

    @cached_property
    def _model(self):
        from pipeline import models
        from pipeline.providers.embedded.language import LocalLanguageModel

        return LocalLanguageModel(models.find_language_model(self._wiring.settings), threads=self._wiring.settings.threads)

    def complete(self, prompt: Prompt, hear=None) -> Paid[str]:
        return self._paid("complete", prompt, lambda: self._model.complete(prompt))

    def margin(self, prompt: Prompt) -> Paid[float]:
        return self._paid("margin", prompt, lambda: self._model.margin(prompt))

    def _paid(self, how, prompt, call):
        said = {**asdict(prompt), "seed": prompt.seed if prompt.temperature else 0, "variables": None, "how": how}
        key = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
        if key not in self._known:
            paid = call()
            self.asked += 1
            self._known[key] = {"key": key, "value": paid.value, "usage": [each.model_dump(mode="json") for each in paid.usage]}
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self._known[key]) + "\n")
        row = self._known[key]
        return Paid(value=row["value"], usage=tuple(map(Usage.model_validate, row["usage"])))


class Bench:
    """An installation of its own, whose house asks the kept model."""

    def __init__(self, settings: Settings, *, questions: int, until: float) -> None:
        self.wiring = Wiring(settings)
        self.model = Kept(self.wiring, settings.home / "answers.jsonl")
        self._until = until
        self.house = self.wiring.furnish(
            embedder=self.wiring.embedder, text=self.model, voice=FakeVoice(), renderer=FakeRenderer(),
            language_models={}.__getitem__)
        rows = shipped_dataset(settings.data).of(Expected.ANSWER)
        self.dataset = Dataset(name="lessons", rows=tuple(row for row in rows if row.interest))
        self.questions = questions

    def warm(self) -> str:
        """The tuned pair at a temperature at which seeds differ, as a variant is typed."""
        registry = self.wiring.registry
        texts = [registry.production().text(name).model_copy(update={"temperature": WARM}) for name in ("hook", "link")]
        saved = [registry.save(COMMAND_LINE, text, message=f"at temperature {WARM}") for text in texts]
        return "+".join(f"{each.name}@{each.version}" for each in saved)

    def run(self, run_id: str, variants: str, *, baseline: str, seed: int = 1) -> RunView:
        """The run, made as far as it is not, and scored."""
        experiments = self.wiring.experiments
        known = experiments.find(run_id)
        if known is not None and known.state is State.DONE and known.results:
            return known
        if known is None:
            plan = RunPlan(dataset="lessons", variants=experiments.variants(variants), baseline=baseline, seed=seed,
                           questions=self.questions, scorers=MEASURES)
            experiments.create(COMMAND_LINE, run_id, self.dataset, plan)
        experiments.make(COMMAND_LINE, run_id, lambda request_id: self._serve(request_id, run_id))
        return experiments.settle(COMMAND_LINE, run_id, self.wiring.scoring_tools())

    def _serve(self, request_id: str, run_id: str) -> None:
        if time.monotonic() > self._until:
            raise TimeoutError("time is over")
        lesson = serve(request_id, self.house, self.wiring.record)
        if lesson is not None and lesson.status is Status.FAILED:  # it is asked for again the next time
            self.wiring.experiments.again(COMMAND_LINE, run_id)
            raise TimeoutError(lesson.reason)


def main(argv: Sequence[str]) -> int:
    """Print each seed's verdicts; 0 when all ten are as they must be, 1 when not, 3 when the time was over before."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench prompts")
    parser.add_argument("--questions", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--home", type=Path, default=read_settings().home / "bench-prompts")
    args = parser.parse_args(argv)
    args.home.mkdir(parents=True, exist_ok=True)
    settings = replace(read_settings(), home=args.home, database_url=f"sqlite:///{args.home}/bench.sqlite")
    bench = Bench(settings, questions=args.questions, until=time.monotonic() + 60 * args.minutes)
    try:
        told = _separated(bench) + _null(bench)
    except TimeoutError as fault:
        print(f"not finished ({fault}): {bench.model.asked} calls were made now; call it again.")
        return 3
    return 0 if all(told) else 1


def _separated(bench: Bench) -> list[bool]:
    print(f"plain against tuned, {bench.questions} questions")
    told = []
    for seed in SEEDS:
        results = bench.run(f"separated-{bench.questions}-{seed}", "tuned=production,plain", baseline="plain", seed=seed).results
        told.append(bool(_shown(results)))
        print(f"  seed {seed:2}: {_figures(results)}", flush=True)
    print(f"  told apart in {sum(told)} of {len(told)}", flush=True)
    return told


def _null(bench: Bench) -> list[bool]:
    print(f"copies of the tuned pair at temperature {WARM}, {bench.questions} questions")
    told, warm = [], bench.warm()
    for one, other in combinations(SETS, 2):
        results = bench.run(f"copies-{bench.questions}-{one}-{other}", f"a={warm}:seed={one},b={warm}:seed={other}",
                            baseline="a").results
        told.append(not _shown(results))
        print(f"  seeds {one} and {other}: {_figures(results)}", flush=True)
    print(f"  told apart in {len(told) - sum(told)} of {len(told)}", flush=True)
    return told


def _shown(results: Results) -> list[str]:
    own = [each for each in results.comparisons if SCORERS[each.measure].kind is not Kind.COST]
    return [each.measure for each in own if each.p_holm * len(SEEDS) <= LEVEL]


def _figures(results: Results) -> str:
    own = [each for each in results.comparisons if SCORERS[each.measure].kind is not Kind.COST and each.wins + each.losses]
    told = (f"{each.measure} {each.difference:+.3f} ({each.wins}/{each.ties}/{each.losses}, p {each.p_holm:.4f})" for each in own)
    return ", ".join(told) or "no question differs in anything"
