"""Sentence vectors by a small ONNX model (MiniLM, 8 bit), mean-pooled and of unit length."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipeline.errors import DamagedWeights

MAX_TOKENS = 256
BATCH = 16


class LocalEmbedder:
    """`pipeline.ports.Embedder` from a folder with model.onnx and tokenizer.json."""

    family = "embedded"

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.name = folder.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # the arena keeps the largest batch for ever
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # half the CPU where a core is shared
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        except Exception as fault:  # both libraries raise bare exceptions of their own
            raise DamagedWeights(f"{folder} holds no usable embedding model: {fault}") from fault
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), width)."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [order[i:i + BATCH] for i in range(0, len(order), BATCH)]
        vectors = np.concatenate([self._batch([texts[i] for i in batch]) for batch in batches])
        restored = np.empty_like(vectors)
        restored[order] = vectors
        return restored

    def _batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([e.ids for e in encoded], dtype=np.int64)
        mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
        states = self._session.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )[0]
        weights = mask[:, :, None].astype(np.float32)
        pooled = (states * weights).sum(axis=1) / weights.sum(axis=1)
        unit: NDArray[np.float32] = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
        return unit
