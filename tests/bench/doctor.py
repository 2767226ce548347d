"""How long the whole command takes on 200 models, child process included: python -m tests.bench doctor [--runs 5]."""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.doctor.generated import write_models

MODELS = 200
BUDGET_SECONDS = 3.0
YARDSTICK = [sys.executable, "-c", "import sqlalchemy.orm"]
"""What this machine needs just to load the library, measured in the same run: noise moves both."""


def main(argv: Sequence[str]) -> int:
    """Print best and median; 1 when even the best run, to which other programs added least, is over budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench doctor")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args(argv).runs
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipeline", "doctor", "--models", str(write_models(Path(folder), MODELS))]
        pairs = [(_seconds(command), _seconds(YARDSTICK)) for _ in range(runs)]
    seconds, yardstick = (statistics.median(column) for column in zip(*pairs, strict=True))
    best = min(pairs)[0]
    print(f"doctor on {MODELS} models: best {best:.2f} s, median {seconds:.2f} s of {runs} runs (budget {BUDGET_SECONDS:g} s)")
    print(f"import sqlalchemy.orm alone: {yardstick:.2f} s; the doctor takes {seconds / yardstick:.1f} times that")
    return 0 if best <= BUDGET_SECONDS else 1


def _seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
