"""The tab Start: questions, variants, a budget; what the run would take is told before anything is asked for."""

from collections.abc import Sequence

import streamlit as st

from console import words
from console.evaluations import address, making
from console.literal import literal
from console.loaders import datasets, evaluations
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.errors import PipelineError
from pipeline.experiments import MOST_VARIANTS, Foreseen, RunPlan
from pipeline.organisation import Permission
from pipeline.scoring import SCORERS

USUAL_QUESTIONS, MOST_SEED = 40, 2**31 - 1
_HOW = ("A label; or versions of your own as `new=hook@VERSION+link@VERSION`; behind either, if wanted, `:seed=2` or "
        "`:model=ID`. What is not named is as in production. The first one is what the others are compared with.")


def show() -> None:
    """The form; the run is noted and sent when it is pressed."""
    with st.container(border=True, key="evaluation_start", gap="small"):
        plan = _plan()
        if plan is None:
            return
        _foreseen(plan)
        if st.button("Start the run", type="primary", icon=":material/play_arrow:", key="evaluation_start_it",
                     **right(Permission.GENERATE, disabled=len(plan.variants) < 2,
                             help="The lessons are made by the workers, behind those of students.")):
            changes.make(lambda: evaluations.start(plan), "The run has begun.", then=_open)


def foreseen(found: Foreseen) -> str:
    """What the run would take, in a sentence."""
    if not found.new:
        return f"All {found.lessons} lessons are known already: the run costs nothing."
    usd = "nobody knows yet what one costs" if found.usd is None else f"about {words.dollars(found.usd)}"
    time = "" if found.seconds is None else f", about {words.duration(found.seconds)} of one worker"
    known = f"{found.known} of them known already, " if found.known else ""
    within = "" if found.within_budget is None else f" The budget is expected to pay for {number(found.within_budget, 'lesson')}."
    return f"{number(found.lessons, 'lesson')}, {known}{found.new} to be made: {usd}{time} ({found.because}).{within}"


def _plan() -> RunPlan | None:
    labels = evaluations.labels()
    said = st.multiselect("Variants", list(labels), default=[name for name in ("production", "plain") if name in labels],
                          accept_new_options=True, max_selections=MOST_VARIANTS, key="evaluation_variants", help=_HOW)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="evaluation_settings"):
        dataset = str(st.selectbox("Data set", list(datasets.names()), key="evaluation_dataset", width=200))
        questions = len(datasets.read(dataset).rows)
        count = st.number_input("Questions", 1, questions, min(USUAL_QUESTIONS, questions), width=150,
                                key=f"evaluation_count_{dataset}",
                                help=f"Of the {questions} of the set, spread evenly over them.")
        seed = st.number_input("Seed", 0, MOST_SEED, 1, key="evaluation_seed", width=150)
        budget = st.text_input("Budget in dollars", key="evaluation_budget", width=180, placeholder="None")
        name = st.text_input("Name", key="evaluation_name", width=300, max_chars=200, placeholder="Named after its variants")
    claims = st.toggle("Have the language model check every claim", key="evaluation_claims", help=(
        "Adds Grounding. No page loads a model: such a run is scored from the command line, which it will tell."))
    return _read(said, dataset, count=int(count), seed=int(seed), budget=budget, name=name, claims=claims)


def _read(said: Sequence[str], dataset: str, *, count: int, seed: int, budget: str, name: str, claims: bool) -> RunPlan | None:
    if not said:
        st.caption("Choose the variants.")
        return None
    try:
        variants = tuple(evaluations.variants(",".join(said)))
        return RunPlan(
            name=name, dataset=dataset, variants=variants, baseline=variants[0].name, seed=seed,
            questions=count, budget_usd=making.usd(budget),
            scorers=() if claims else tuple(name for name, row in SCORERS.items() if not row.asks_model))
    except PipelineError as fault:
        changes.refuse(fault)
        return None


def _foreseen(plan: RunPlan) -> None:
    if len(plan.variants) < 2:
        st.caption("Choose a second variant to compare with.")
        return
    st.markdown(literal(foreseen(evaluations.foresee(plan))))


def _open(run_id: str) -> None:
    making.want(run_id)
    address.open_run(run_id)
