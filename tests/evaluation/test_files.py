"""The files of a set: what is read, and what is refused with its line."""

import gzip
import json

import pytest

from pipeline.errors import BadRequest
from pipeline.evaluation import Unit, by_document, read_documents, read_set
from pipeline.evaluation.labels import exported

QUERIES = '{"id": "a", "text": "What is a force?", "kind": "definition"}\n\n{"id": "b", "text": "Who won?", "kind": "Off_Topic"}\n{"id": 7, "text": "Why?"}\n'


@pytest.fixture
def files(tmp_path):
    """Writes a set's two files; their paths."""

    def written(queries=QUERIES, qrels="a 0 d1 2\n"):
        paths = tmp_path / "queries.jsonl", tmp_path / "qrels.txt"
        for path, content in zip(paths, (queries, qrels), strict=True):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return paths

    return written


def test_a_set_keeps_what_is_judged_and_what_is_off_topic(files):
    labelled = read_set(*files(qrels="a\t0\td1\t2\na Q0 d2 0\nb 0 d1 0\n"))
    assert [(query.query_id, query.kind) for query in labelled.queries] == [("a", "definition"), ("b", "off-topic")]
    assert labelled.unjudged == 1 and labelled.grades == {"a": {"d1": 2, "d2": 0}, "b": {"d1": 0}}
    assert [query.query_id for query in labelled.off_topic] == ["b"] and labelled.kinds == ("definition",)


def test_packed_files_and_a_byte_order_mark_are_read_alike(files):
    plain = read_set(*files())
    packed = read_set(*files(queries=gzip.compress(b"\xef\xbb\xbf" + QUERIES.encode()), qrels=gzip.compress(b"a 0 d1 2")))
    assert packed.digest == plain.digest


def test_the_digest_knows_the_content_and_not_the_order(files):
    first = read_set(*files(qrels="a 0 d1 2\na 0 d2 1\n")).digest
    assert read_set(*files(qrels="a 0 d2 1\na 0 d1 2\n")).digest == first
    assert read_set(*files(qrels="a 0 d2 2\na 0 d1 2\n")).digest != first


@pytest.mark.parametrize(("queries", "qrels", "said"), [
    (QUERIES, "a 0 d1 2\nc 0 d1 1\n", "qrels.txt: line 2: there is no query 'c'"),
    (QUERIES, "a 0 d1 2\n\na 0 d1 1\n", "qrels.txt: line 3: 'a' and 'd1' are judged a second time"),
    (QUERIES, "a 0 d1\n", "qrels.txt: line 1: must have four fields"),
    (QUERIES, "a 0 d1 yes\n", "qrels.txt: line 1: the grade 'yes' is no whole number"),
    (QUERIES, "b 0 d1 1\n", "qrels.txt: line 1: query 'b' is off topic"),
    (QUERIES, b"a 0 \xff 1\n", "qrels.txt: line 1 is not UTF-8"),
    ('{"id": "a"}\n', "", "queries.jsonl: line 1: needs 'text'"),
    ('{"id": "a", "text": 5}\n', "", "queries.jsonl: line 1: 'text' must be text"),
    ('{"id": "a b", "text": "x"}\n', "", "queries.jsonl: line 1: an id with a space"),
    ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', "", "queries.jsonl: line 2: there is already a query 'a'"),
    ('{"id": "a", "text": "x"}\n[1]\n', "", "queries.jsonl: line 2: must be one JSON object"),
    ("{", "", "queries.jsonl: line 1: is no JSON"),
    ("[" * 100_000, "", "queries.jsonl: line 1: is no JSON"),
    ("\n", "", "queries.jsonl: holds no queries"),
    (gzip.compress(QUERIES.encode())[:-9], "", "queries.jsonl: cannot be read"),
])
def test_a_file_that_cannot_be_is_refused_with_its_line(files, queries, qrels, said):
    with pytest.raises(BadRequest) as refused:
        read_set(*files(queries, qrels))
    assert said in str(refused.value)


def test_documents_need_an_id_and_may_lack_a_title(tmp_path):
    path = tmp_path / "docs.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1, "title": null, "text": "One \\ud800"}\n{"id": "2", "text": ""}\n'))
    documents = list(read_documents(path))
    assert [(each.document_id, each.title, each.text) for each in documents] == [("1", "", "One ?"), ("2", "", "")]
    path.write_text('{"id": "1", "text": "a"}\n{"id": "1", "text": "b"}\n')
    with pytest.raises(BadRequest, match="line 2: there is already a document '1'"):
        list(read_documents(path))
    with pytest.raises(BadRequest, match="cannot be read"):
        list(read_documents(tmp_path / "missing.jsonl"))


def test_a_set_can_be_written_and_read_again(files, tmp_path):
    labelled = read_set(*files())
    queries, qrels = exported(labelled)
    assert read_set(*files(queries, qrels)).digest == labelled.digest
    assert json.loads(queries.splitlines()[0]) == {"id": "a", "text": "What is a force?", "kind": "definition"}


def test_a_document_is_judged_as_its_best_passage(files):
    labelled = by_document(read_set(*files(qrels="a 0 d1 1\na 0 d2 2\na 0 d3 1\n")), {"d1": "m", "d2": "m", "d3": "n"})
    assert labelled.grades["a"] == {"m": 2, "n": 1} and labelled.unit is Unit.DOCUMENT
