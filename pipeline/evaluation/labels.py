"""Labels -> a set, and a set -> the files that `evaluate retrieval` reads."""

import hashlib
import json
from collections.abc import Sequence

from pipeline.evaluation.results import Label
from pipeline.evaluation.sets import Judgement, Query, RetrievalSet, labelled


def current(history: Sequence[Label]) -> list[Label]:
    """Of labels that stand the newest first, the one that counts for each query and passage."""
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for label in history:
        key = (label.query, label.corpus, label.chunk_id)
        if label.undone_at is None and key not in seen:
            seen.add(key)
            kept.append(label)
    return kept


def set_of(corpus: str, labels: Sequence[Label]) -> RetrievalSet:
    """The queries of these labels; one that no passage answers is left out. An id is made from the query's words."""
    texts = dict.fromkeys(label.query for label in labels)
    queries = [Query(query_id=query_id(text), text=text, kind="labelled") for text in texts]
    judgements = [Judgement(query_id=query_id(each.query), document_id=each.chunk_id, grade=each.grade) for each in labels]
    return labelled(f"labels of {corpus}", queries, judgements, notes=(
        "Passages were labelled among those that a search had found: what no system finds is not known to be missing.",))


def query_id(text: str) -> str:
    """A name for the query that does not change."""
    return f"label-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def exported(labelled_set: RetrievalSet) -> tuple[str, str]:
    """The set as two files: queries as JSON lines, judgements as TREC qrels."""
    queries = "".join(
        json.dumps({"id": each.query_id, "text": each.text, "kind": each.kind}, ensure_ascii=False) + "\n"
        for each in labelled_set.queries)
    qrels = "".join(f"{each.query_id} 0 {each.document_id} {each.grade}\n" for each in labelled_set.judgements)
    return queries, qrels
