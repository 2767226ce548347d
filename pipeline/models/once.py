"""Models that are loaded when somebody asks for them, and stay: loading takes seconds, and up to 2 GiB."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

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
