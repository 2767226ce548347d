"""An experiment as another record of evaluations is told of it."""

import json

from pipeline.errors import BadRequest
from pipeline.evaluation import decided, numbers, run_name
from pipeline.experiments.values import RunView, State, Variant
from pipeline.ports import Tracked


def tracked(view: RunView) -> Tracked:
    """The finished run; estimates are named VARIANT.MEASURE, with .low, .high and .n. Raises `BadRequest`."""
    if view.state is not State.DONE or view.results is None:
        raise BadRequest("run", f"{view.run_id[:40]!r} is not finished: go on with `evaluate prompts --run-id ID`.")
    plan = view.plan
    parameters: dict[str, str | float] = {
        "kind": "prompts", "run": view.run_id, "set": plan.dataset, "set_version": view.dataset_digest,
        "questions": view.questions, "lessons": len(view.items), "seed": plan.seed, "commit": view.commit, "by": view.by,
        "baseline": plan.baseline, "variants": ", ".join(variant.name for variant in plan.variants),
        **{f"variant.{variant.name}": _made(variant) for variant in plan.variants},
        **{f"made_with.{name}": said for name, said in view.made_with.items()}}
    metrics: dict[str, str | float] = {}
    for line in view.results.lines:
        for measure, one in line.measures.items():
            metrics |= numbers(f"{line.variant}.{measure}", one)
    return Tracked(name=run_name("prompts", view.run_id, view.created_at), said=view.results.verdict.said, parameters=parameters,
                   metrics={**metrics, **decided(view.results.verdict)})


def _made(variant: Variant) -> str:
    return json.dumps(variant.model_dump(mode="json", exclude={"name"}, exclude_none=True), sort_keys=True)
