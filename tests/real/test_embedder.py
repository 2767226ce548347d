"""The embedding model as it is used and as it was pulled: the same vectors, each of its own text alone."""

import numpy as np
import pytest

from pipeline import models
from pipeline.config import read_settings
from pipeline.providers.embedded.embedder import LocalEmbedder

pytestmark = pytest.mark.real
TEXTS = ["Why is the sky blue?", "", "Newton", "A force is a push or a pull on an object. " * 40, "E = mc²", "😀 …"]


@pytest.fixture(scope="module")
def embedder():
    return LocalEmbedder(models.find_embedder(read_settings()), threads=2)


def test_the_fused_network_has_the_vectors_of_the_pulled_one(embedder):
    settings = read_settings()
    pulled = next(row.path for row in models.listing(settings) if row.kind is models.Kind.EMBEDDER)

    exported = LocalEmbedder(pulled, threads=1)

    assert (exported.embed(TEXTS) * embedder.embed(TEXTS)).sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_others(embedder):
    together = embedder.embed(TEXTS)

    assert all(np.array_equal(embedder.embed([text])[0], vector) for text, vector in zip(TEXTS, together, strict=True))
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
