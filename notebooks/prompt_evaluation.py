# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is this script prompt better, by how much, how surely, at what cost?
#
# Two versions of the script prompt (the pair `hook` and `link`) write the same lessons end to end with this machine's own
# language model. Every lesson is scored, the two are compared question by question, and what comes of it is recorded: the run
# stands on the page Evaluations as it is made, and the verdict is what a promotion rests on.
#
# ## The rule, before any figure
#
# 1. The **baseline** is `production`. The challenger is worth it when it is **better beyond chance in at least one measure of
#    quality and worse beyond chance in none**: a paired randomisation test over the same questions, at 5 %, corrected after Holm
#    over every measure of quality.
# 2. It is **refused** whatever else it wins when right outcomes fall by more than 0.05, or anything in it is less fit for minors.
# 3. **Costs never decide.** They stand beside quality, and whoever promotes says that they are worth it.
# 4. With too few questions the answer is **not comparable**, and stays so: a small slice shows that everything runs, and nothing
#    about the prompts.
# 5. A lesson that was due and is not there counts as 0. What a scorer cannot score is counted, and in no mean.

# %%
import os
import sys
import warnings
from decimal import Decimal
from functools import partial
from pathlib import Path

import pandas as pd
from IPython.display import HTML

sys.path.insert(0, str(Path.cwd().parent if Path.cwd().name == "notebooks" else Path.cwd()))  # the checkout

from console.evaluations import figures, frames
from console.evaluations.wording import estimate
from console.prompts import made, marking
from console.prompts.wording import PARTS
from pipeline.config import read_settings
from pipeline.experiments import Proofs, RunPlan, as_text, foreseen_text, gate, judged_text
from pipeline.organisation import COMMAND_LINE
from pipeline.prompts import diff_prompts
from pipeline.scoring import SCORERS, read_report, shipped_dataset
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import serve

warnings.filterwarnings("ignore", category=FutureWarning)
pd.set_option("display.max_colwidth", 110)
STYLE = """<style>ins { background: #bfe8ca; color: #14222d; text-decoration: none } del { background: #f6cfc6; color: #14222d }
pre { white-space: pre-wrap }</style>"""
BASELINE, CHALLENGER = "production", "plain"
QUESTIONS = int(os.environ.get("VIVIDLY_NOTEBOOK_QUESTIONS", "40"))
BUDGET = Decimal(os.environ.get("VIVIDLY_NOTEBOOK_BUDGET_USD", "1"))
wiring = Wiring(read_settings())

# %% [markdown]
# ## The data
#
# Questions written for this project, over all subjects, grades and interests, each with the key points that a good lesson makes;
# and questions that are to be declined or asked back. Where they come from and what they lack stands in
# `data/evaluation/lessons/README.md`. The digest names exactly these rows.

# %%
dataset = shipped_dataset(wiring.settings.data)
print(f"{dataset.name}, digest {dataset.version}: {len(dataset.rows)} questions, of which {QUESTIONS} are asked, spread evenly.")
rows = pd.DataFrame([
    {"kind": row.kind, "to be met with": str(row.expected), "grade": row.grade, "interest": row.interest or "none"}
    for row in dataset.rows
])
pd.crosstab(rows["kind"], rows["to be met with"])

# %%
pd.crosstab(rows["interest"], rows["grade"])

# %% [markdown]
# ## What is measured

# %%
pd.DataFrame([
    {"measure": row.title, "counts as": row.kind, "unit": row.unit, "more is better": row.higher_is_better,
     "asks the model": row.asks_model, "what it is": row.what}
    for row in SCORERS.values()
])

# %% [markdown]
# ## The two variants
#
# Both pin every prompt by its version, so a label that moves later changes nothing. This is what differs.

# %%
variants = wiring.experiments.variants(f"{BASELINE},{CHALLENGER}")
before, after = (variant.prompts for variant in variants)
changed = {
    name: [wiring.registry.text(name, pins[name]) for pins in (before, after)] for name in after if before[name] != after[name]}
HTML(STYLE + "".join(f"<h4>{name}</h4>{marking.difference(diff_prompts(*texts), PARTS)}" for name, texts in changed.items()))

# %% [markdown]
# ## What it would take
#
# Lessons that were made under the same conditions before, in any run, are used again and cost nothing.

# %%
plan = RunPlan(name=f"Notebook: {CHALLENGER} against {BASELINE}", dataset=dataset.name, variants=variants, baseline=BASELINE,
               questions=QUESTIONS, budget_usd=BUDGET)
print(foreseen_text(wiring.experiments.foresee(dataset, plan)))

# %% [markdown]
# ## Make it
#
# In this process, one lesson after the other. It can be broken off at any time: what is made stays, and running the cell again
# goes on. Where workers run, `wiring.experiments.send` puts the same run into their queue instead.

# %%
house = wiring.open_house()
run = wiring.experiments.create(COMMAND_LINE, new_request_id(), dataset, plan)
run = wiring.experiments.make(COMMAND_LINE, run.run_id, partial(serve, house=house, record=wiring.record))
print(f"{run.decided} of {len(run.items)} lessons, {sum(item.reused for item in run.items)} used again. {run.why}")

# %% [markdown]
# ## Score it

# %%
run = wiring.experiments.settle(COMMAND_LINE, run.run_id, wiring.scoring_tools(house.text))
frames.leaderboard(run.results.lines, BASELINE)

# %%
figures.shares(run.results.lines)

# %% [markdown]
# What could not be scored, and for how many lessons: it is in no mean above.

# %%
frames.unscored_frame(run.results.lines)

# %% [markdown]
# ## Is the difference beyond chance?
#
# The same questions in both. "Would have been seen" is the difference that so many questions show in 80 of 100 cases: where it is
# large, "no difference" says little.

# %%
frames.comparisons_frame(run.results.comparisons)

# %%
figures.differences(run.results.comparisons, CHALLENGER)

# %% [markdown]
# ## Read the flips
#
# A mean hides who pays for it. These questions pass in one variant and do not in the other, both ways. Read some of each before
# believing any figure.

# %%
frames.flips_frame(run.results.flips)

# %% [markdown]
# The question that lost most in the key points (where nothing flipped, the first one): what the baseline wrote, and what the
# challenger wrote instead. "Dropped" did not stand the support check, and no student sees it.

# %%
references = {one.question_id: one for one in wiring.experiments.references(run.run_id).values()}
scores = wiring.experiments.scores(run.run_id)
points = [
    {item.question_id: float(one.value) for item in run.of(variant.name) for one in scores.get(item.item_id, ())
     if one.name == "key_terms" and one.value is not None}
    for variant in variants]
worst = frames.moved(references, *points, "key_terms")[0].reference
shown = wiring.experiments.question(run.run_id, worst.question_id)
HTML(STYLE + f"<h4>{marking.plain(worst.question)}</h4>" + "".join(
    f"<h4>{marking.plain(cell.variant)}</h4>{made.said(cell.sentences) or marking.plain(cell.reason or 'Nothing.')}"
    for cell in shown.cells))

# %% [markdown]
# ## What the judge says, and what the judge is worth
#
# The language model is asked of every pair which answer is better, in both orders; where the orders disagree it counts as no
# difference. A small model is a weak judge, so its figure never stands alone: beside it stand how often it says what people say,
# and how well it tells supported claims from others on claims that were held back.

# %%
wiring.opinions.judge(COMMAND_LINE, run.run_id, wiring.pair_judge("local", house.text))
judgements = wiring.opinions.judgements(wiring.experiments.view(run.run_id))
print("\n".join(map(judged_text, wiring.opinions.judged(run.run_id))))
print(f"Of {len(judgements)} pairs it contradicted itself in {sum(one.contradicts for one in judgements)}.")

# %%
calibration = wiring.settings.data / "evaluation" / "grounding" / "calibration.json"
frames.areas_frame(read_report(calibration)) if calibration.is_file() else print(
    "The judge of claims was not measured on this machine, so Grounding has no figures: python -m pipeline evaluate calibrate")

# %% [markdown]
# ## Cost beside quality

# %%
pd.DataFrame([
    {"variant": line.variant,
     **{SCORERS[name].title: estimate(name, line.measures.get(name)) for name in ("key_terms", "kept", "interest")},
     "tokens a lesson": round(line.measures["tokens"].mean), "seconds a lesson": line.seconds,
     "usd a lesson": None if line.usd is None else f"{line.usd / line.lessons:.6f}"}
    for line in run.results.lines
])

# %% [markdown]
# ## The verdict
#
# It is in the database with everything above, under this id: on the page Evaluations, for `evaluate gate`, and for a promotion.

# %%
verdict = gate(run, CHALLENGER)
print(as_text(run), end="\n\n")
print(f"Run {run.run_id}: {run.results.verdict.said}")
print(f"Gate for {CHALLENGER}, {verdict.fate}: {verdict.said}")

# %% [markdown]
# ## Promote
#
# Not done here: this says what would be asked, and whether the run would stand for it. Whoever promotes says so by taking the
# comment sign away; where a second person has to agree, it waits for them on the page Prompts.

# %%
pins = {name: after[name] for name in ("hook", "link")}
evidence = Proofs(wiring.experiments, partial(wiring.registry.labelled, BASELINE)).evidence(run.run_id, pins)
print(f"promote({pins}, run_id={run.run_id!r}) would be {'taken' if evidence.passed else 'refused'}: {evidence.said}")
# wiring.registry.promote(COMMAND_LINE, pins, run_id=run.run_id)
