"""Batches of the stand-in for Vertex AI, whose questions and answers go through a bucket of it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.testing.google_storage import Bucket

Body = dict[str, Any]
JOBS = re.compile(
    r"/v1(?:beta1)?/(?P<parent>projects/[^/]+/locations/[^/]+/batchPredictionJobs)(?:/(?P<number>\d+))?(?P<verb>:cancel)?")
DONE = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


@dataclass
class Batches:
    """The jobs, by name; each is done when it has been looked at so often."""

    looks: int = 1
    bucket: Bucket = field(default_factory=lambda: Bucket(name="vividly-batches"))
    jobs: dict[str, Body] = field(default_factory=dict)
    fails: Callable[[int], str] = lambda number: ""
    """Why the question with this number is not answered; empty where it is."""
    breaks: str = ""
    """Why whole jobs fail."""
    seen: dict[str, int] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: Body, ask: Callable[[str, Body], Body]) -> Body | None:
        """What comes of a call; None where it is not for this. Raises `Refused`."""
        found = JOBS.fullmatch(path)
        if found is None:
            return None
        if found["number"] is None:
            return self._create(found["parent"], body) if method == "POST" else self._list(body)
        job = self.jobs[f"{found['parent']}/{found['number']}"]
        if found["verb"]:
            job["state"] = "JOB_STATE_CANCELLED"
            return {}
        return self._look(job, ask)

    def _create(self, parent: str, body: Body) -> Body:
        name = f"{parent}/{len(self.jobs) + 1}"
        self.jobs[name] = {**body, "name": name, "state": "JOB_STATE_PENDING"}
        return self.jobs[name]

    def _list(self, query: Body) -> Body:
        wanted = re.fullmatch(r'display_name="([^"]*)"', query.get("filter", ""))
        found = [job for job in self.jobs.values() if wanted is None or job["displayName"] == wanted[1]]
        return {"batchPredictionJobs": found}

    def _look(self, job: Body, ask: Callable[[str, Body], Body]) -> Body:
        self.seen[job["name"]] = self.seen.get(job["name"], 0) + 1
        if job["state"] in DONE:
            return job
        job["state"] = "JOB_STATE_RUNNING"
        if self.seen[job["name"]] >= self.looks:
            self._finish(job, ask)
        return job

    def _finish(self, job: Body, ask: Callable[[str, Body], Body]) -> None:
        if self.breaks:
            job |= {"state": "JOB_STATE_FAILED", "error": {"code": 3, "message": self.breaks}}
            return
        model = job["model"].rpartition("/")[2]
        lines = [json.loads(line) for line in self._read(job["inputConfig"]["gcsSource"]["uris"][0]).splitlines()]
        told = [self._answered(number, line["request"], lambda request: ask(model, request)) for number, line in enumerate(lines)]
        folder = f"{job['outputConfig']['gcsDestination']['outputUriPrefix']}/prediction-model-2026-11-22T00:00:00Z"
        written = "\n".join(json.dumps(line) for line in reversed(told))  # in no particular order
        self.bucket.put(f"{folder}/predictions.jsonl".removeprefix(f"gs://{self.bucket.name}/"), written.encode())
        failed = sum(bool(line["status"]) for line in told)
        job |= {"state": "JOB_STATE_SUCCEEDED", "outputInfo": {"gcsOutputDirectory": folder},
                "completionStats": {"successfulCount": str(len(told) - failed), "failedCount": str(failed)}}

    def _answered(self, number: int, request: Body, ask: Callable[[Body], Body]) -> Body:
        if why := self.fails(number):
            return {"request": request, "status": why, "response": {}}
        return {"request": request, "status": "", "response": ask(request), "processed_time": "2026-11-22T00:00:00Z"}

    def _read(self, address: str) -> str:
        return self.bucket.objects[address.removeprefix(f"gs://{self.bucket.name}/")].content.decode()

