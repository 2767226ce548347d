"""Fits the weights of pipeline.understanding.confidence on the tuning half: python -m tests.bench fit_nlu."""

import json
from collections.abc import Sequence

import numpy as np

from pipeline import models
from pipeline.config import read_settings
from pipeline.guardrails import declined
from pipeline.providers.embedded.embedder import LocalEmbedder
from pipeline.stages.nlu import CANDIDATES
from pipeline.understanding import find_interest, readings, telling_words, unreadable
from pipeline.understanding.confidence import CLEAR, IN_LIBRARY, features
from pipeline.wiring import Wiring

RIDGE = 0.0005
STEPS = 20_000
TOLERANCE = 0.6


def main(argv: Sequence[str]) -> int:
    """Print fitted and present weights; 1 when they have drifted apart."""
    settings = read_settings()
    embedder = LocalEmbedder(models.find_embedder(settings), threads=settings.threads)
    knowledge = Wiring(settings).knowledge(embedder)
    seen, in_library, clear = [], [], []
    for row in map(json.loads, (settings.data / "evaluation" / "intents.jsonl").read_text("utf-8").splitlines()):
        question = row["question"]
        if row["split"] != "tune" or unreadable(question, knowledge.vocabulary) or declined(question):
            continue
        rest = find_interest(question, None, knowledge.interests, embedder).question
        telling = len(telling_words(rest))
        if telling == 0:
            continue
        ranked = readings(rest, knowledge.catalogue, knowledge.index, knowledge.topic_words)[:CANDIDATES]
        seen.append(features(ranked, telling))
        in_library.append(row["outcome"] != "out_of_scope")
        clear.append(row["outcome"] == "answer" and ranked[0].card.topic_id == row["topic_id"])
    inside = np.array(in_library)
    fits = {
        "IN_LIBRARY": (_fit(np.array(seen), inside), IN_LIBRARY),
        "CLEAR": (_fit(np.array(seen)[inside], np.array(clear)[inside]), CLEAR),
    }
    for name, (fitted, present) in fits.items():
        print(f"{name:10} fitted  ({', '.join(f'{w:.2f}' for w in fitted)})")
        print(f"{'':10} present ({', '.join(f'{w:.2f}' for w in present)})")
    return int(any(len(fitted) != len(present) or np.abs(fitted - present).max() > TOLERANCE for fitted, present in fits.values()))


def _fit(seen: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Ridge logistic regression by gradient descent."""
    rows = np.hstack([seen, np.ones((len(seen), 1))])
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        gradient = rows.T @ (1 / (1 + np.exp(-rows @ weights)) - right) / len(right)
        gradient[:-1] += RIDGE * weights[:-1]
        weights -= 0.5 * gradient
    return weights
