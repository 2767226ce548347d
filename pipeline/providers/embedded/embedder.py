"""Sentence vectors by a small ONNX model (MiniLM), mean-pooled and of unit length."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipeline.errors import DamagedWeights

MAX_TOKENS = 256


class LocalEmbedder:
    """`pipeline.ports.Embedder` from a folder with model.onnx and tokenizer.json. Several threads may ask at once.

    Each text goes through the network by itself: it needs no padding, and its vector never depends on its neighbours. Of
    several texts as many are embedded at once as there are `threads`, each by one: a short product gains nothing from two.
    """

    family = "embedded"

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.name = folder.name
        self._threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        except Exception as fault:  # both libraries raise bare exceptions of their own
            raise DamagedWeights(f"{folder} holds no usable embedding model: {fault}") from fault
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._wanted = {one.name for one in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), width)."""
        if len(texts) == 1:
            return self._vector(texts[0])[None]
        with ThreadPoolExecutor(self._threads) as several:
            return np.stack(list(several.map(self._vector, texts)))

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {name: one for name, one in given.items() if name in self._wanted})[0]
        pooled = states[0].mean(axis=0)
        unit: NDArray[np.float32] = (pooled / np.linalg.norm(pooled)).astype(np.float32)
        return unit
