"""How fast a lesson is made, weights loaded: python -m tests.bench lesson [--lessons N].

Limits on 2 vCPU: a text lesson in 20 s, its first words in 4 s, at most 150 ms outside model calls, a worker below 3 GiB.
The peer of the same run is the lesson's own model calls: the ratio says what the pipeline around them costs.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from pipeline.config import read_settings
from pipeline.domain import GenerationRequest, Modality, Unit
from pipeline.generate import generate
from pipeline.ports import Prompt
from pipeline.testing import QuietJournal
from pipeline.trace import Trace
from pipeline.wiring import Wiring

TEXT_SECONDS, FIRST_WORDS_SECONDS, OVERHEAD_SECONDS, PEAK_GIB = 20.0, 4.0, 0.150, 3.0
QUESTIONS = (
    "Explain Newton's third law using basketball",
    "How does photosynthesis work in green plants? I love gardening",
    "What is the quadratic formula?",
    "Why do we have seasons? I like photography",
    "How does binary search find things so fast? I play chess",
)


class ClockedModel:
    """A text model that adds up the seconds of its calls, and what the same tokens cost the bare model."""

    def __init__(self, model):
        self._model = model
        self.family, self.name = model.family, model.name
        self.seconds = 0.0
        self.prompts: list[Prompt] = []

    def complete(self, prompt, hear=None):
        return self._clocked(prompt, lambda: self._model.complete(prompt, hear))

    def margin(self, prompt):
        return self._clocked(prompt, lambda: self._model.margin(prompt))

    def _clocked(self, prompt, call):
        self.prompts.append(prompt)
        started = time.perf_counter()
        try:
            return call()
        finally:
            self.seconds += time.perf_counter() - started


class ClockedJournal(QuietJournal):
    """A journal that knows when the first words were shown."""

    def __init__(self):
        super().__init__()
        self.started = time.perf_counter()
        self.first_words = 0.0

    def draft(self, text):
        self.first_words = self.first_words or time.perf_counter() - self.started


def main(argv: Sequence[str]) -> int:
    """Print the medians beside their limits; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench lesson")
    parser.add_argument("--lessons", type=int, default=len(QUESTIONS))
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home), database_url=f"sqlite:///{home}/bench.sqlite")
        house = Wiring(settings).open_house()
        model = ClockedModel(house.text)
        house = replace(house, text=model)
        _lesson("Explain gravity and orbits", house, 0)  # loads and warms everything once
        rows = [_lesson(question, house, n) for n, question in enumerate(QUESTIONS[:args.lessons], start=1)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    figures = [
        ("text lesson, seconds", median(row["total"] for row in rows), TEXT_SECONDS),
        ("first words, seconds", median(row["first"] for row in rows), FIRST_WORDS_SECONDS),
        ("outside model calls, seconds", median(row["outside"] for row in rows), OVERHEAD_SECONDS),
        ("peak memory, GiB", peak, PEAK_GIB),
    ]
    for name, value, limit in figures:
        print(f"{name:32} {value:8.3f}   limit {limit:g}   {'kept' if value <= limit else 'NOT KEPT'}")
    print(f"tokens a lesson (median): {median(row['tokens'] for row in rows):.0f}; "
          f"lesson ÷ its model calls alone: {median(row['total'] / (row['total'] - row['outside']) for row in rows):.3f}")
    return 0 if all(value <= limit for _, value, limit in figures) else 1


def _lesson(question: str, house, number: int) -> dict[str, float]:
    request = GenerationRequest(
        request_id=f"bench-{number}", student_query=question, student_id="bench", grade_level=10,
        requested_modalities=(Modality.TEXT,), preferred_modality=Modality.TEXT,
    )
    journal = ClockedJournal()
    before = house.text.seconds
    started = time.perf_counter()
    lesson = generate(request, house, Trace(journal))
    total = time.perf_counter() - started
    if lesson.script is None:
        raise SystemExit(f"{question!r} got no lesson ({lesson.status}): {lesson.reason}")
    tokens = sum(u.quantity for run in journal.runs for u in run.usage if u.unit is Unit.OUTPUT_TOKEN)
    return {"total": total, "first": journal.first_words, "outside": total - (house.text.seconds - before),
            "tokens": float(tokens)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
