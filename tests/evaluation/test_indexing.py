"""A corpus in a file: indexed once, and gone on with where it was stopped."""

import gzip
import json

import pytest

from pipeline.errors import BadRequest
from pipeline.evaluation import Document, open_given
from pipeline.testing import FakeEmbedder

GIVEN = [Document(document_id=f"d{i}", title=f"Title {i}", text=f"text about thing{i}") for i in range(600)]


class Counting(FakeEmbedder):
    """Counts the texts; stops like a killed process after so many."""

    def __init__(self, stop_after: int = 10 ** 9) -> None:
        self.texts = 0
        self.stop_after = stop_after

    def embed(self, texts):
        if self.texts + len(texts) > self.stop_after:
            raise KeyboardInterrupt
        self.texts += len(texts)
        return super().embed(texts)


def test_a_file_is_embedded_once_and_searched_from_the_cache(tmp_path):
    heard = []
    first = open_given(GIVEN, embedder=Counting(), home=tmp_path, hear=lambda done, total: heard.append((done, total)))
    assert heard == [(256, 600), (512, 600), (600, 600)]
    again = Counting()
    second = open_given(list(GIVEN), embedder=again, home=tmp_path)
    assert again.texts == 0 and first.version == second.version
    assert [hit.chunk_id for hit in second.search("thing7", limit=1).hits] == ["d7"]


def test_what_was_embedded_before_a_kill_is_not_embedded_again(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        open_given(GIVEN, embedder=Counting(stop_after=300), home=tmp_path)
    (part,) = tmp_path.rglob("vectors.part")
    with part.open("ab") as file:
        file.write(b"half a row")
    rest = Counting()
    whole = open_given(GIVEN, embedder=rest, home=tmp_path)
    assert rest.texts == 600 - 256 + 1  # one text tells the width
    assert whole.search("thing599", limit=1).hits[0].chunk_id == "d599" and not part.exists()


@pytest.mark.parametrize("name", ["vectors.npy", "words.sqlite"])
def test_a_damaged_cache_is_made_again(tmp_path, name):
    open_given(GIVEN[:5], embedder=FakeEmbedder(), home=tmp_path)
    (file,) = tmp_path.rglob(name)
    file.write_bytes(b"damaged")
    assert open_given(GIVEN[:5], embedder=FakeEmbedder(), home=tmp_path).search("thing3", limit=1).hits[0].chunk_id == "d3"


def test_another_text_is_another_cache_and_no_text_is_refused(tmp_path):
    open_given(GIVEN[:5], embedder=FakeEmbedder(), home=tmp_path)
    open_given(GIVEN[:4], embedder=FakeEmbedder(), home=tmp_path)
    assert len(list(tmp_path.rglob("vectors.npy"))) == 2
    with pytest.raises(BadRequest, match="no documents"):
        open_given([], embedder=FakeEmbedder(), home=tmp_path)


def test_packed_and_plain_documents_are_one_cache(tmp_path):
    from pipeline.evaluation import read_documents

    lines = b"".join(json.dumps({"id": f"d{i}", "text": f"thing {i}"}).encode() + b"\n" for i in range(3))
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines))
    versions = {open_given(list(read_documents(tmp_path / name)), embedder=FakeEmbedder(), home=tmp_path).version
                for name in ("a.jsonl", "b.jsonl.gz")}
    assert len(versions) == 1
