"""The stand-in for what google-cloud-aiplatform asks Vertex AI: the metadata store with its experiments, and the judge."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.testing.cloud_faults import Refused

Body = dict[str, Any]
PLACE = r"/v1(?:beta1)?/(?P<parent>projects/(?P<project>[^/]+)/locations/[^/:]+)"
STORES = re.compile(rf"{PLACE}/metadataStores(?P<store>/[^/:]+)?")
CONTEXTS = re.compile(rf"{PLACE}/metadataStores/(?P<store>[^/:]+)/contexts(?:/(?P<context>[^/:]+))?(?::(?P<verb>\w+))?")
EXECUTIONS = re.compile(rf"{PLACE}/metadataStores/[^/:]+/executions")
JUDGE = re.compile(rf"{PLACE}:evaluateInstances")
CHOICES = ("BASELINE", "CANDIDATE", "TIE")


def prefers_longer(first: str, second: str) -> str:
    """A judge that counts words."""
    return CHOICES[2] if len(first.split()) == len(second.split()) else CHOICES[len(first.split()) < len(second.split())]


@dataclass
class Vertex:
    """The stores and contexts of one project, by name, and how the judge of the evaluation service decides."""

    project: str = "vividly-test"
    judge: Callable[[str, str], str] = prefers_longer
    """What it prefers of the first and the second answer: one of `CHOICES`, or something else that is no choice."""
    explanation: str = "It is clearer."
    stores: set[str] = field(default_factory=set)
    contexts: dict[str, Body] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    """How often something was made or changed, by what was done."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Body) -> Body | None:
        """What is answered at this path; None where another service is meant. Raises `Refused`."""
        for form, ask in ((CONTEXTS, self._contexts), (STORES, self._stores), (EXECUTIONS, self._executions),
                          (JUDGE, self._judged)):
            if found := form.fullmatch(path):
                if found["project"] != self.project:
                    raise Refused(403, f"Permission denied on resource project {found['project']}.")
                with self._lock:
                    return ask(method, found, query, body)
        return None

    def _stores(self, method: str, found: re.Match[str], query: Mapping[str, str], body: Body) -> Body:
        name = f"{found['parent']}/metadataStores{found['store'] or '/' + query.get('metadataStoreId', '')}"
        if method == "GET":
            return {"name": self._known(name, self.stores)}
        self.stores.add(name)
        self.writes["store"] += 1
        kind = "type.googleapis.com/google.cloud.aiplatform.v1.MetadataStore"
        return {"name": f"{found['parent']}/operations/1", "done": True, "response": {"@type": kind, "name": name}}

    def _contexts(self, method: str, found: re.Match[str], query: Mapping[str, str], body: Body) -> Body:
        store = self._known(f"{found['parent']}/metadataStores/{found['store']}", self.stores)
        name = f"{store}/contexts/{found['context'] or query.get('contextId', '')}"
        if found["context"] is None and method == "GET":
            return {"contexts": self._filtered(query.get("filter", ""))}
        if found["context"] is None:
            return self._made(name, body)
        context = self.contexts[self._known(name, self.contexts)]
        if found["verb"] == "addContextChildren":
            return self._adopted(name, body["childContexts"])
        if method == "PATCH":
            context |= {part: body[part] for part in query["updateMask"].split(",") if part in body}
            self.writes["changed"] += 1
        return context

    def _executions(self, method: str, found: re.Match[str], query: Mapping[str, str], body: Body) -> Body:
        """None: Google's own reader looks for runs of an older form."""
        return {"executions": []}

    def _made(self, name: str, body: Body) -> Body:
        if name in self.contexts:
            raise Refused(409, f"Context {name} already exists.")
        self.contexts[name] = {**body, "name": name, "parentContexts": [], "createTime": "2026-11-22T12:00:00Z"}
        self.writes["made"] += 1
        return self.contexts[name]

    def _adopted(self, name: str, children: Sequence[str]) -> Body:
        for child in children:
            parents = self.contexts[self._known(child, self.contexts)]["parentContexts"]
            parents += [name] if name not in parents else []
        self.writes["adopted"] += 1
        return {}

    def _filtered(self, said: str) -> list[Body]:
        """Those of a schema, within a context: so Google's own reader of experiments asks."""
        titles, within = re.findall(r'schema_title="([^"]+)"', said), set(re.findall(r'"(projects/[^"]+)"', said))
        return [one for one in self.contexts.values()
                if one["schemaTitle"] in titles and (not within or within.intersection(one["parentContexts"]))]

    def _judged(self, method: str, found: re.Match[str], query: Mapping[str, str], body: Body) -> Body:
        if exact := body.get("exactMatchInput"):
            scores = [float(one["prediction"] == one["reference"]) for one in exact["instances"]]
            return {"exactMatchResults": {"exactMatchMetricValues": [{"score": score} for score in scores]}}
        pair = body["pairwiseMetricInput"]
        spec, values = pair["metricSpec"], json.loads(pair["instance"]["jsonInstance"])
        choice = self.judge(values[spec["baselineResponseFieldName"]], values[spec["candidateResponseFieldName"]])
        return {"pairwiseMetricResult": {"pairwiseChoice": choice, "explanation": self.explanation}}

    @staticmethod
    def _known(name: str, among: Any) -> str:
        if name not in among:
            raise Refused(404, f"{name} was not found.")
        return name
