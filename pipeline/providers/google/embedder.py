"""Sentence vectors by an embedding model on Vertex AI: texts and questions each in their own way, as the model was trained."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import numpy as np
from google.genai import Client, types
from numpy.typing import NDArray

from pipeline.bill import charge
from pipeline.domain import Unit, Usage
from pipeline.errors import ProviderResting, ProviderUnavailable, UnusableOutput
from pipeline.providers.google.account import FAMILY, Account
from pipeline.providers.google.faults import VERTEX, told

WIDTH = 768
TEXTS_AT_ONCE, CHARACTERS_AT_ONCE = 100, 30_000
"""Well within 250 texts and 20,000 tokens of a call; a Gemini model takes one text a call."""
CALLS_AT_ONCE = 8
ANSWER_SECONDS = 30
TRIES, FIRST_SECONDS, LONGEST_SECONDS = 6, 1.0, 60.0
"""A corpus is thousands of calls: one that fails for a moment does not end it."""


class VertexEmbedder:
    """`pipeline.ports.Embedder` on Vertex AI. Its width is part of its name, because vectors of two widths do not go together."""

    family = FAMILY

    def __init__(self, account: Account, model: str, *, asking: bool = False,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = f"{model}-{WIDTH}"
        self._account, self._model, self._asking, self._sleep = account, model, asking, sleep
        self._client = Client(
            vertexai=True, project=account.project, location=account.location, credentials=account.credentials(),
            http_options=types.HttpOptions(base_url=account.endpoint or None, timeout=ANSWER_SECONDS * 1000))

    def for_questions(self) -> "VertexEmbedder":
        """The same model for questions to texts that this one embedded; it is asked once, and whoever waits is told."""
        return VertexEmbedder(self._account, self._model, asking=True, sleep=self._sleep)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), 768), in order. What is used goes on the bill of the running stage.

        Raises `ProviderUnavailable`, `ProviderResting`, `UnusableOutput`, `OperatorError`.
        """
        batches = list(_batches(texts, 1 if self._model.startswith("gemini") else TEXTS_AT_ONCE))
        ask = self._once if self._asking else self._patiently
        with ThreadPoolExecutor(min(CALLS_AT_ONCE, max(1, len(batches)))) as crew:
            made = list(crew.map(ask, batches))
        for _, usage in made:
            charge(usage)
        return np.concatenate([np.zeros((0, WIDTH), np.float32), *(vectors for vectors, _ in made)])

    def probe(self) -> str:
        """What answers, asked for one word. Raises what `embed` raises."""
        self._once(["word"])
        return f"{self._model} in {self._account.location}, {WIDTH} wide"

    def _patiently(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], tuple[Usage, ...]]:
        for tries in range(TRIES - 1):
            try:
                return self._once(texts)
            except ProviderUnavailable as fault:
                asked = fault.seconds if isinstance(fault, ProviderResting) else 0.0
                self._sleep(max(asked, min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** tries)))
        return self._once(texts)

    def _once(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], tuple[Usage, ...]]:
        config = types.EmbedContentConfig(
            task_type="RETRIEVAL_QUERY" if self._asking else "RETRIEVAL_DOCUMENT", output_dimensionality=WIDTH,
            auto_truncate=False)
        contents: list[Any] = list(texts)
        with told(VERTEX, self._account, f"the model {self._model}"):
            answer = self._client.models.embed_content(model=self._model, contents=contents, config=config)
            found = answer.embeddings or []
            if len(found) != len(texts) or any(len(one.values or ()) != WIDTH for one in found):
                raise UnusableOutput(f"{self._model} sends {len(found)} vectors for {len(texts)} texts, or not of width {WIDTH}.")
            read = sum(int(one.statistics.token_count or 0) if one.statistics else 0 for one in found)
        vectors = np.array([one.values for one in found], dtype=np.float32)
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        usage = Usage(provider=FAMILY, model=self._model, unit=Unit.INPUT_TOKEN, quantity=Decimal(read))
        return vectors / norms, (usage,) if read else ()


def _batches(texts: Sequence[str], most: int) -> list[list[str]]:
    """The texts in order, so many and so long at once."""
    batches: list[list[str]] = []
    size = 0
    for text in texts:
        if not batches or len(batches[-1]) == most or size + len(text) > CHARACTERS_AT_ONCE:
            batches.append([])
            size = 0
        batches[-1].append(text)
        size += len(text)
    return batches
