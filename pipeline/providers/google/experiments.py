"""Vertex Experiments: an evaluation of ours as a run there, in the form that Google's own reader and console show.

An experiment and each of its runs are contexts of a metadata store; a run's parameters and metrics are its metadata.
"""

import re
from collections.abc import Mapping
from typing import Any

from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud.aiplatform_v1 import Context, MetadataServiceClient, MetadataStore

from pipeline.errors import OperatorError
from pipeline.ports import Tracked
from pipeline.providers.google.account import Account
from pipeline.providers.google.faults import VERTEX, told
from pipeline.providers.google.region import parent, reached

STORE = "default"
EXPERIMENT, RUN, VERSION = "system.Experiment", "system.ExperimentRun", "0.0.1"
PARAMETERS, METRICS, STATE, COMPLETE = "_params", "_metrics", "_state", "COMPLETE"
EXPERIMENT_FACTS = {"experiment_deleted": False}
"""By this Google's console tells experiments from others."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
ANSWER_SECONDS, STORE_SECONDS = 30, 120
ONCE: Mapping[str, Any] = {"timeout": ANSWER_SECONDS, "retry": None}


class VertexExperiments:
    """`pipeline.ports.Tracker`: one experiment of one project."""

    def __init__(self, account: Account, experiment: str) -> None:
        """Raises `OperatorError` for a name that Vertex AI would not take."""
        if not NAME.fullmatch(experiment):
            raise OperatorError(f"VIVIDLY_VERTEX_EXPERIMENT is {experiment[:60]!r}: it must be of small letters, digits and "
                                "hyphens, 40 at most.")
        self._account, self._experiment = account, experiment
        self._store = f"{parent(account)}/metadataStores/{STORE}"
        with self._told():
            self._client = MetadataServiceClient(**reached(account))

    def track(self, run: Tracked) -> str:
        """The run in the experiment, once however often it is told; told differently, it is as it was told last."""
        wanted = {PARAMETERS: dict(run.parameters), METRICS: dict(run.metrics), STATE: COMPLETE}
        name = f"{self._experiment}-{run.name}"
        with self._told():
            self._open_store()
            whole = self._kept(self._experiment, title=EXPERIMENT, shown=self._experiment, facts=EXPERIMENT_FACTS, said="")
            found = self._kept(name, title=RUN, shown=run.name, facts=wanted, said=run.said)
            if _facts(found) != wanted or found.description != run.said:
                found.metadata, found.description = wanted, run.said
                self._client.update_context(context=found, update_mask="metadata,description", **ONCE)
            if whole.name not in found.parent_contexts:
                self._client.add_context_children(context=whole.name, child_contexts=[found.name], **ONCE)
        return (f"https://console.cloud.google.com/vertex-ai/experiments/locations/{self._account.location}/experiments/"
                f"{self._experiment}/runs/{name}?project={self._account.project}")

    def read(self, name: str) -> Tracked | None:
        """The run of this name as it stands there; None where there is none."""
        with self._told():
            found = self._context(f"{self._experiment}-{name}")
        if found is None:
            return None
        facts = _facts(found)
        return Tracked(name=found.display_name, said=found.description, parameters=facts[PARAMETERS], metrics=facts[METRICS])

    def probe(self) -> str:
        """What answers, asked for the experiment itself, which costs nothing. Raises what `track` raises."""
        with self._told():
            found = self._context(self._experiment)
        there = "" if found else ", which the first run makes"
        return f"{self._experiment} in {self._account.location}{there}"

    def _told(self) -> Any:
        return told(VERTEX, self._account, f"the experiment {self._experiment}")

    def _open_store(self) -> None:
        """The store of a project is made by whoever uses it first."""
        try:
            self._client.get_metadata_store(name=self._store, **ONCE)
        except NotFound:
            made = self._client.create_metadata_store(
                parent=parent(self._account), metadata_store=MetadataStore(), metadata_store_id=STORE, **ONCE)
            made.result(timeout=STORE_SECONDS)  # type: ignore[no-untyped-call]

    def _kept(self, name: str, *, title: str, shown: str, facts: Mapping[str, Any], said: str) -> Context:
        """The context of this name, made where there is none: also by another process at this very moment."""
        found = self._context(name)
        if found is not None:
            return found
        context = Context(display_name=shown, schema_title=title, schema_version=VERSION, metadata=facts, description=said)
        try:
            return self._client.create_context(parent=self._store, context=context, context_id=name, **ONCE)
        except AlreadyExists:
            return self._client.get_context(name=f"{self._store}/contexts/{name}", **ONCE)

    def _context(self, name: str) -> Context | None:
        try:
            return self._client.get_context(name=f"{self._store}/contexts/{name}", **ONCE)
        except NotFound:
            return None


def _facts(context: Context) -> dict[str, Any]:
    whole: dict[str, Any] = Context.to_dict(context)
    return dict(whole.get("metadata") or {})
