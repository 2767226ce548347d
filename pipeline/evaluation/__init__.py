"""Retrieval that is measured: labelled sets, measures with intervals, runs that are kept, a gate.

A query that retrieves nothing counts as zero; an off-topic query must retrieve nothing. Knows nothing of pages.
"""

from pipeline.evaluation.causes import Cause, Worst, worst
from pipeline.evaluation.comparing import TIE, Column, against_better, tested
from pipeline.evaluation.conditions import about, commit, shipped_baseline, shipped_set
from pipeline.evaluation.derived import derive
from pipeline.evaluation.evaluating import evaluate, share
from pipeline.evaluation.files import Document, read_documents, read_qrels, read_queries, read_set
from pipeline.evaluation.gate import (
    CODES,
    LEAST_QUERIES,
    TOLERATED,
    Baseline,
    gate,
    of_run,
    read_baseline,
    write_baseline,
)
from pipeline.evaluation.guarding import Guarded, guards_as_json, guards_as_text, measure_guards, read_sentences
from pipeline.evaluation.indexing import open_given
from pipeline.evaluation.labels import exported
from pipeline.evaluation.measures import MEASURES
from pipeline.evaluation.opening import Opened, open_corpus
from pipeline.evaluation.parts import Cut, half_run, trade_off
from pipeline.evaluation.plainly import plain_bm25
from pipeline.evaluation.published import Published, cisi, scifact, shared_data
from pipeline.evaluation.rankers import Ranker, Ranking, described, named, rankers
from pipeline.evaluation.record import Labels, Runs, pairs
from pipeline.evaluation.recutting import as_book
from pipeline.evaluation.remembering import Remembering, RememberingJudge
from pipeline.evaluation.results import (
    FALSE_ANSWERS,
    PRIMARY,
    About,
    Comparison,
    Estimate,
    Fate,
    Label,
    Latency,
    Outcome,
    Pair,
    Run,
    RunLine,
    SystemResult,
    Verdict,
)
from pipeline.evaluation.sending import Sent, send
from pipeline.evaluation.sets import OFF_TOPIC, Half, Judgement, Query, RetrievalSet, Unit, by_document, labelled
from pipeline.evaluation.statistics import Floats, intervals
from pipeline.evaluation.telling import as_json, as_text
from pipeline.evaluation.tracked import decided, numbers, run_name, tracked

__all__ = [
    "CODES", "FALSE_ANSWERS", "LEAST_QUERIES", "MEASURES", "OFF_TOPIC", "PRIMARY", "TIE", "TOLERATED", "About", "Baseline",
    "Cause", "Column", "Comparison", "Cut", "Document", "Estimate", "Fate", "Floats", "Guarded", "Half", "Judgement",
    "Label", "Labels", "Latency", "Opened", "Outcome", "Pair", "Published", "Query", "Ranker", "Ranking", "Remembering",
    "RememberingJudge", "RetrievalSet", "Run", "RunLine", "Runs", "Sent", "SystemResult", "Unit", "Verdict", "Worst",
    "about", "against_better", "as_book", "as_json", "as_text", "by_document", "cisi", "commit", "decided", "derive",
    "described", "evaluate", "exported", "gate", "guards_as_json", "guards_as_text", "half_run", "intervals", "labelled",
    "measure_guards", "named", "numbers", "of_run", "open_corpus", "open_given", "pairs", "plain_bm25", "rankers",
    "read_baseline", "read_documents", "read_qrels", "read_queries", "read_sentences", "read_set", "run_name", "scifact",
    "send", "share", "shared_data", "shipped_baseline", "shipped_set", "tested", "tracked", "trade_off", "worst",
    "write_baseline",
]
