"""Rankings and judgements -> the value of each measure for each query, by ir_measures.

A query that retrieved nothing counts as zero. Only the order counts: scores of different systems are not on one scale, and
trec_eval would break their ties by name.
"""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, Measure, Qrel, R, ScoredDoc, Success, nDCG

MEASURES: Mapping[str, Measure] = {
    "nDCG@10": nDCG @ 10, "Recall@5": R @ 5, "Recall@100": R @ 100, "MRR@10": RR @ 10, "Success@1": Success @ 1,
}
"""By the names that are printed and stored. A document of grade 1 or more is relevant; nDCG gains its grade."""
DEPTH = 100
"""As far down as any measure looks."""


def measured(
    grades: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """By query, the value of each measure; `rankings` holds the documents of a query, best first, each once."""
    values = {query: dict.fromkeys(MEASURES, 0.0) for query in grades}
    names = {measure: name for name, measure in MEASURES.items()}
    judged = [Qrel(query, document, grade) for query, own in grades.items() for document, grade in own.items()]
    found = [
        ScoredDoc(query, document, float(-rank))
        for query in grades for rank, document in enumerate(rankings.get(query, ())[:DEPTH])
    ]
    if judged and found:
        for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, found):
            values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def once(documents: Sequence[str]) -> list[str]:
    """The documents in order, each where it stands first: several passages of a document count by the best of them."""
    return list(dict.fromkeys(documents))
