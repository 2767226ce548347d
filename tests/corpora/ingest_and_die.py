"""A process that ingests the small book and is killed where it is told: `embedding` after a batch, or `writing` the version."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.corpora import Chunking, Corpora, ingesting
from pipeline.database import open_database
from pipeline.organisation import COMMAND_LINE
from tests.corpora.books import CountingEmbedder, a_book


class DyingEmbedder(CountingEmbedder):
    """Kills its process at the second batch."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the fake one, once."""
        if self.asked:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)


def die(*_: object, **__: object) -> None:
    """In the middle of the last transaction, before it is committed."""
    os.kill(os.getpid(), signal.SIGKILL)


url, home, where = sys.argv[1:]
ingesting.BATCH = 4
embedder = DyingEmbedder() if where == "embedding" else CountingEmbedder()
if where == "writing":
    ingesting.note = die  # the last thing that is written
Corpora(open_database(url), embedder, Path(home)).ingest(
    a_book(), name="physics", by=COMMAND_LINE, settings=Chunking(size_words=40, overlap_words=10))
