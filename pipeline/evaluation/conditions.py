"""Under which conditions something was measured: the build, the model, the corpus, the settings of the systems."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline.evaluation.files import read_set
from pipeline.evaluation.results import About
from pipeline.evaluation.sets import RetrievalSet

SHIPPED_SET = Path("evaluation") / "retrieval"
"""Below the folder of data: the set of the shipped corpus and its baseline."""
SECONDS = 10


def shipped_set(data: Path) -> RetrievalSet:
    """The set of the shipped corpus. Raises `BadRequest`."""
    folder = data / SHIPPED_SET
    return read_set(folder / "queries.jsonl", folder / "qrels.txt", name="shipped")


def shipped_baseline(data: Path) -> Path:
    """Where the accepted baseline of the shipped set lies."""
    return data / SHIPPED_SET / "baseline.json"


def about(
    *, corpus: str, corpus_version: str, embedder: str, settings: Mapping[str, str], documents: int, by: str, root: Path,
    index_bytes: int | None = None,
) -> About:
    """The conditions of a run that begins now, with the commit of the checkout at `root`."""
    return About(
        corpus=corpus, corpus_version=corpus_version, embedder=embedder, settings=settings, commit=commit(root),
        at=datetime.now(UTC), by=by, documents=documents, index_bytes=index_bytes)


def commit(root: Path) -> str:
    """The commit of the checkout, with a + where files differ from it; empty where this is no checkout, or git is missing."""
    try:
        said = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"],
            capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
