"""Models that are loaded when somebody asks for them, and stay: loading takes seconds, and up to 2 GiB."""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.ports import Embedder

Loaded = TypeVar("Loaded")


class EachOnce(Generic[Loaded]):
    """Models by id. One that cannot be loaded is tried again the next time."""

    def __init__(self, load: Callable[[str], Loaded], **there: Loaded) -> None:
        self._load = load
        self._there: dict[str, Loaded] = dict(there)
        self._turn = threading.Lock()

    def __call__(self, model_id: str) -> Loaded:
        """The model. Raises what loading it raises."""
        with self._turn:
            if model_id not in self._there:
                self._there[model_id] = self._load(model_id)
            return self._there[model_id]


class EmbedderOnce:
    """`pipeline.ports.Embedder` whose name is known before it is loaded: at the first text, and not for a list of corpora."""

    def __init__(self, load: Callable[[], Embedder], *, family: str, name: str) -> None:
        self.family = family
        self.name = name
        self._load = load
        self._turn = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one row per text. Raises what loading it raises."""
        with self._turn:
            embedder = self._embedder
        return embedder.embed(texts)

    @cached_property
    def _embedder(self) -> Embedder:
        return self._load()
