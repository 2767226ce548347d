"""How well the support check tells true sentences from false ones: python -m tests.bench support [--split tune|test|all]."""

import argparse
import json
from collections.abc import Sequence

from pipeline import models
from pipeline.config import read_settings
from pipeline.corpus.catalogue import read_catalogue
from pipeline.corpus.interests import read_interests, read_situation
from pipeline.domain import Intent
from pipeline.prompts import read_prompts
from pipeline.providers.embedded.language import LocalLanguageModel
from pipeline.writing import Situation, Writer, split_sentences
from pipeline.writing.support import COVER_NEEDED, MARGIN_NEEDED, PAIRS_NEEDED, QUESTION_MARGIN_NEEDED

PRECISION_NEEDED = 0.8


def main(argv: Sequence[str]) -> int:
    """Print AUC, precision and recall by kind; 1 when fewer than 80 % of what is kept deserves it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench support")
    parser.add_argument("--split", choices=("tune", "test", "all"), default="test")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args(argv)
    settings = read_settings()
    cards = {card.topic_id: card for card in read_catalogue(settings.data / "topics" / "topics.toml")}
    names = {i.interest_id: i.name for i in read_interests(settings.data / "interests" / "interests.toml")}
    model = LocalLanguageModel(models.find_language_model(settings), threads=settings.threads)
    prompts = read_prompts(settings.data / "prompts")
    lines = (settings.data / "evaluation" / "support.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if args.split in ("all", row["split"])]
    seen: dict[str, list[tuple[bool, float, bool]]] = {"claim": [], "question": []}
    for row in rows:
        writer = _writer(row, cards[row["topic_id"]], names[row["interest"]], settings, model, prompts)
        said = row["text"].split(", ", 1)[-1] if row["kind"] == "claim" else row["text"]
        passes = writer.evidence.cover(said) >= COVER_NEEDED and writer.evidence.pair_cover(said) >= PAIRS_NEEDED
        name = "answered" if row["kind"] == "question" else "support"
        margin = model.margin(prompts.render(name, {**writer.evidence.facts, "claim": row["text"]})).value
        seen[row["kind"]].append((passes, margin, row["supported"]))
        if args.show:
            print(f"{row['supported']!s:5} {'passes' if passes else 'words  '} margin {margin:+.2f} {row['fault']:14} {row['text']}")
    good = True
    for kind, needed in (("claim", MARGIN_NEEDED), ("question", QUESTION_MARGIN_NEEDED)):
        good &= _report(kind, seen[kind], needed)
    return 0 if good else 1


def _writer(row, card, name, settings, model, prompts) -> Writer:
    told = read_situation(
        settings.data / "interests" / "situations", topic_id=row["topic_id"], interest_id=row["interest"]
    )
    scene, *lesson = split_sentences(told or "")
    intent = Intent(question=card.title, topic_id=card.topic_id, topic_name=card.title, subject=card.subject,
                    summary=card.summary, confidence=1.0, grade_level=10)
    return Writer(intent=intent, situation=Situation(name=name, scene=scene, lesson=" ".join(lesson), source="s"),
                  model=model, prompts=prompts, spend=lambda paid: paid.value, seed=1)


def _report(kind, seen, needed) -> bool:
    true = [margin for _, margin, good in seen if good]
    false = [margin for _, margin, good in seen if not good]
    auc = sum((t > f) + 0.5 * (t == f) for t in true for f in false) / (len(true) * len(false))
    print(f"{kind}: {len(seen)} rows, AUC of the margin {auc:.3f}; {sum(p for p, _, _ in seen)} pass the check of words")
    for limit in sorted({-1.0, 0.0, 0.4, 0.6, 0.7, 0.8, needed}):
        kept = [good for passes, margin, good in seen if passes and margin >= limit]
        precision = sum(kept) / len(kept) if kept else 1.0
        mark = " ← in use" if limit == needed else ""
        print(f"   margin ≥ {limit:.2f}: kept {len(kept):3}, of these true {precision:.0%}, recall {sum(kept) / len(true):.0%}{mark}")
        if limit == needed:
            held = precision >= PRECISION_NEEDED
    return held


