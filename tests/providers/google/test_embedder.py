import numpy as np
import pytest

from pipeline.bill import Bill
from pipeline.errors import ProviderResting, ProviderUnavailable, UnusableOutput
from pipeline.ports import for_questions
from pipeline.providers.google.embedder import TRIES, VertexEmbedder
from pipeline.testing import FakeEmbedder, QuietJournal
from pipeline.testing.cloud_faults import Fault, quota, refusal
from tests.providers.google.conftest import Cloud

MODEL = "gemini-embedding-001"


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def embedder(cloud: Cloud, slept: list[float]) -> VertexEmbedder:
    return VertexEmbedder(cloud.account, MODEL, sleep=slept.append)


def test_vectors_are_of_unit_length_and_in_order(embedder: VertexEmbedder):
    texts = ["light and heat", "the cell", "light and warmth"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, 768) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]
    assert embedder.embed([]).shape == (0, 768)


def test_texts_and_questions_are_embedded_each_in_their_own_way(cloud: Cloud, embedder: VertexEmbedder):
    embedder.embed(["a text"])
    for_questions(embedder).embed(["a question"])
    kinds = [body["instances"][0]["task_type"] for _, _, body in cloud.google.asked]
    assert kinds == ["RETRIEVAL_DOCUMENT", "RETRIEVAL_QUERY"]
    assert for_questions(embedder).name == embedder.name
    local = FakeEmbedder()
    assert for_questions(local) is local


def test_calls_stay_within_the_limits_of_the_model(cloud: Cloud):
    VertexEmbedder(cloud.account, "text-embedding-005").embed(["word"] * 150 + ["x" * 20_000] * 2)
    sizes = [len(body["instances"]) for _, _, body in cloud.google.asked]
    assert sorted(sizes) == [1, 51, 100]
    assert all(body["parameters"]["autoTruncate"] is False for _, _, body in cloud.google.asked)


def test_what_a_stage_embeds_is_on_its_bill(cloud: Cloud, embedder: VertexEmbedder):
    bill = Bill(QuietJournal())
    with bill.open():
        for_questions(embedder).embed(["how does light travel"])
    for_questions(embedder).embed(["nobody's"])
    (row,) = bill.usage
    assert (row.provider, row.model, int(row.quantity)) == ("google", MODEL, 6)


def test_a_corpus_is_embedded_over_passing_faults(cloud: Cloud, embedder: VertexEmbedder, slept: list[float]):
    cloud.google.faults += [quota("7s"), refusal(503)]
    assert embedder.embed(["a text"]).shape == (1, 768)
    assert slept == [7.0, 2.0]
    cloud.google.faults += [refusal(503)] * TRIES
    with pytest.raises(ProviderUnavailable):
        embedder.embed(["a text"])


def test_a_question_does_not_wait(cloud: Cloud, embedder: VertexEmbedder, slept: list[float]):
    cloud.google.faults.append(quota("7s"))
    with pytest.raises(ProviderResting):
        for_questions(embedder).embed(["a question"])
    assert slept == []


def test_vectors_of_another_width_are_refused(cloud: Cloud, embedder: VertexEmbedder):
    cloud.google.faults.append(Fault(body=b'{"predictions": [{"embeddings": {"values": [1.0, 2.0]}}]}'))
    with pytest.raises(UnusableOutput, match="width 768"):
        for_questions(embedder).embed(["a question"])
