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
# # The workbench: change a prompt and see what it does
#
# Change a text, look at it filled in, try it on a few questions beside the version in production, and read what became
# different. Up to here nothing is recorded and no student notices. What is worth it becomes a version, and a run over the data
# set says whether it is better.
#
# **Five questions decide nothing.** They show what a change does, and they catch what is broken. "Better" is said by the run at
# the end (`prompt_evaluation.ipynb` and the page Evaluations read it), never by what looks good here.

# %%
import os
import sys
import warnings
from pathlib import Path

import pandas as pd
from IPython.display import HTML

sys.path.insert(0, str(Path.cwd().parent if Path.cwd().name == "notebooks" else Path.cwd()))  # the checkout

from console.prompts import marking
from console.prompts.wording import PARTS
from pipeline.comparison import read_evaluation
from pipeline.config import read_settings
from pipeline.experiments import RunPlan
from pipeline.organisation import COMMAND_LINE
from pipeline.prompts import SLOTS, PromptBook, PromptText, diff, diff_prompts
from pipeline.requests import parse
from pipeline.scoring import shipped_dataset
from pipeline.tracking import Detail
from pipeline.wiring import Wiring, new_request_id
from pipeline.workbench import tried

warnings.filterwarnings("ignore", category=FutureWarning)
pd.set_option("display.max_colwidth", 120)
STYLE = """<style>ins { background: #bfe8ca; color: #14222d; text-decoration: none } del { background: #f6cfc6; color: #14222d }
mark { background: #cfe8ec; font-weight: 600 } mark.strange { background: #f6d5cd } pre { white-space: pre-wrap }</style>"""
wiring = Wiring(read_settings())
QUESTIONS = int(os.environ.get("VIVIDLY_NOTEBOOK_QUESTIONS", "5"))

# %% [markdown]
# ## Which prompt
#
# Every prompt that anything asks a model with, by the stage that asks.

# %%
pd.DataFrame([
    {"prompt": entry.name, "stage": entry.stage or "judges lessons", "what it does": entry.what, "production": entry.production,
     "versions": entry.versions, "last change by": entry.last_author}
    for entry in wiring.registry.entries()
])

# %%
NAME = "hook"
production = wiring.registry.version(NAME, "production")
HTML(f"{STYLE}<h4>{PARTS['system']}</h4>{marking.plain(production.text.system)}"
     f"<h4>{PARTS['user']}</h4>{marking.template(production.text.user, production.text.variables)}")

# %% [markdown]
# ## Edit
#
# Change what you like: the text, `variables`, `max_tokens`, `temperature`, `stop`, the form of the answer. Then see what is
# different, word by word, and whether anything is wrong with it. A text with faults can be tried nowhere.

# %%
draft = PromptText.model_validate({
    **production.text.model_dump(by_alias=True),
    "user": f"{production.text.user.rstrip()} Use at most fourteen words, and name something from {{{{ interest }}}}.\n",
})
HTML(STYLE + marking.difference(diff_prompts(production.text, draft), PARTS))

# %%
faults = wiring.registry.faults(draft)
pd.DataFrame([{"where": fault.place, "what is wrong": fault.said} for fault in faults], columns=["where", "what is wrong"])

# %% [markdown]
# ## Render
#
# Filled in with what the newest real request filled in; where no request has asked with this prompt yet, with the longest
# example. Tokens are counted by the model's own tokeniser where the model is here.

# %%
asked = [one for one in Detail(wiring.engine).askings(NAME) if one.asked.variables]
variables = dict(asked[0].asked.variables if asked else SLOTS[NAME].offered)
prompt = PromptBook({NAME: draft}).render(NAME, {name: variables[name] for name in draft.variables})
print(f"{wiring.token_counter.count(prompt):,} tokens to read, {draft.max_tokens} to write at most.")
print(f"With what {'the request ' + asked[0].question if asked else 'the example of its slot'} fills in:\n")
print(prompt.user)

# %% [markdown]
# ## Try it
#
# The same questions by what is in production and by the draft, in this process. Nothing of it is recorded.

# %%
house = wiring.open_house()
requests = [
    parse({"student_query": one.question, "student_id": "workbench", "grade_level": one.grade_level, "interest": one.interest,
           "requested_modalities": ["text"]}, request_id=new_request_id())
    for one in read_evaluation(wiring.settings.data / "evaluation" / "intents.jsonl", QUESTIONS)
]
before = tried(house, requests)
after = tried(house, requests, texts=[draft])
pd.DataFrame([
    {"question": old.question, "production": old.said, "draft": new.said, "kept": f"{old.kept} → {new.kept}",
     "seconds": f"{old.seconds:.1f} → {new.seconds:.1f}", "usd": f"{old.usd:.5f} → {new.usd:.5f}" if old.usd and new.usd else "no price"}
    for old, new in zip(before, after, strict=True)
])

# %% [markdown]
# ### What became different
#
# Green came, red went.

# %%
HTML(STYLE + "".join(marking.named(old.question, diff(old.said, new.said)) for old, new in zip(before, after, strict=True)))

# %% [markdown]
# ## Save it as a version
#
# A version never changes, and no student gets it before it is promoted. The label `candidate` is where others look for it: the
# page Prompts shows it at once.

# %%
version = wiring.registry.save(COMMAND_LINE, draft, message="At most fourteen words, with the interest", parent=production.version)
wiring.registry.label(COMMAND_LINE, NAME, "candidate", version.version, why="To be evaluated")
print(f"{NAME} v{version.number}, {version.version}, made from {version.parent}.")

# %% [markdown]
# ## Start a run
#
# Every question of the data set in both variants, through the queue, within a budget. Workers make it; what was made before
# under the same conditions costs nothing. The run stands on the page Evaluations from now on, and a promotion of this version
# can rest on it.

# %%
dataset = shipped_dataset(wiring.settings.data)
variants = wiring.experiments.variants(f"production,draft={NAME}@{version.version}")
plan = RunPlan(name=f"Workbench: {NAME} v{version.number}", dataset=dataset.name, variants=variants, baseline="production",
               questions=4 * QUESTIONS)
foreseen = wiring.experiments.foresee(dataset, plan)
print(f"{foreseen.new} texts to make, {foreseen.known} known already; "
      f"{'no price known yet' if foreseen.usd is None else f'about ${foreseen.usd:.4f}'}. {foreseen.because}")

# %%
run = wiring.experiments.create(COMMAND_LINE, new_request_id(), dataset, plan)
left = wiring.experiments.send(COMMAND_LINE, run.run_id)
print(f"Run {run.run_id} is in the queue. Where no worker runs: python -m pipeline worker. "
      f"Then: python -m pipeline evaluate prompts --run-id {run.run_id}")
