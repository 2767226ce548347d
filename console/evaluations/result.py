"""The part Figures of a run: the leaderboard with intervals, differences from the baseline, kinds of question, and the judge."""

import streamlit as st

from console import tables, words
from console.evaluations import address, figures, judged
from console.evaluations.frames import comparisons_frame, kinds_frame, leaderboard, measured
from console.evaluations.wording import title
from console.literal import literal
from console.organisation.labels import number
from pipeline.experiments import Results, RunView, Variant, gate

_ROW_HEIGHT, _ROWS_SEEN = 38, 16


def show(view: RunView) -> None:
    """What the run came to so far."""
    if view.results is None:
        st.info("It has no figures yet: they are worked out once its lessons are made and scored.",
                icon=":material/hourglass_empty:")
        st.html(tables.facts(facts(view)))
        return
    _verdict(view, view.results)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Measures with 95 % intervals", anchor=False)
        st.plotly_chart(figures.shares(view.results.lines), key="evaluation_shares", config={"displayModeBar": False},
                        alt="Every measure of every variant with its 95 % interval")
    with right:
        st.html(tables.facts(facts(view)))
    st.subheader("Leaderboard", anchor=False)
    st.dataframe(leaderboard(view.results.lines, view.plan.baseline), hide_index=True, key="evaluation_leaderboard",
                 row_height=_ROW_HEIGHT, height="content")
    _notes(view.results)
    _comparisons(view, view.results)
    _kinds(view.results)
    judged.show(view)


def facts(view: RunView) -> list[tuple[str, str, str]]:
    """Under which conditions it was made."""
    plan = view.plan
    baseline = next(variant for variant in plan.variants if variant.name == plan.baseline)
    return [
        ("Data set", f"{plan.dataset} · {view.dataset_digest}", "The digest names its questions and references."),
        *((f"Variant {variant.name}", _told(variant, baseline), "What it has otherwise than the baseline.")
          for variant in plan.variants),
        *((name.capitalize(), value, "") for name, value in sorted(view.made_with.items())),
        ("Seed", str(plan.seed), ""), ("Code", view.commit[:12], "The git commit."),
        ("Run", view.run_id, "The id, for the command line."), ("Begun", f"{words.exact(view.created_at)} by {view.by}", ""),
    ]


def _told(variant: Variant, baseline: Variant) -> str:
    pins = [f"{name}@{version}" for name, version in variant.prompts.items() if baseline.prompts.get(name) != version]
    settings = [*([f"seed {variant.seed}"] if variant.seed is not None else []), *([variant.model] if variant.model else [])]
    return ", ".join([*pins, *settings]) or ("the baseline" if variant == baseline else "as the baseline")


def _verdict(view: RunView, results: Results) -> None:
    with st.container(key="evaluation_verdict", gap="small"):
        st.markdown(f"**{literal(results.verdict.said)}**")
        for variant in view.plan.variants:
            if variant.name != view.plan.baseline:
                st.caption(literal(f"Gate for {variant.name}: {gate(view, variant.name).said}"))


def _notes(results: Results) -> None:
    if results.notes:
        with st.expander(number(len(results.notes), "note"), icon=":material/help:"):
            for note in results.notes:
                st.markdown(f"- {literal(note)}")
            st.caption("What could not be scored is in no mean. Each lesson says why on the part Questions.")


def _comparisons(view: RunView, results: Results) -> None:
    if not results.comparisons:
        return
    st.subheader(literal(f"Against {view.plan.baseline}"), anchor=False)
    others = [variant.name for variant in view.plan.variants if variant.name != view.plan.baseline]
    shown = address.choose("Variant", others, address.VARIANT, others[0]) if len(others) > 1 else others[0]
    st.plotly_chart(figures.differences(results.comparisons, shown), key="evaluation_differences",
                    config={"displayModeBar": False}, alt=f"The differences of {shown} from the baseline with their intervals")
    st.dataframe(comparisons_frame(results.comparisons), hide_index=True, key="evaluation_comparisons", row_height=_ROW_HEIGHT,
                 height=min(len(results.comparisons), _ROWS_SEEN) * _ROW_HEIGHT + 38)
    st.caption("The same questions in both. p: paired randomisation test; Holm: corrected for every measure and variant here, "
               "costs apart. Would have been seen: the difference that so many questions show in 80 of 100 cases. Coloured: "
               "beyond chance.")


def _kinds(results: Results) -> None:
    names = measured(results.lines)
    if not names or not any(line.kinds for line in results.lines):
        return
    st.subheader("By kind of question", anchor=False)
    measure = address.choose("Measure", names, address.MEASURE, names[0], told={name: title(name) for name in names})
    st.dataframe(kinds_frame(results.lines, measure), hide_index=True, key="evaluation_kinds", row_height=_ROW_HEIGHT)
