"""Many questions of one word to a model of Vertex AI at half the price: in a batch, whose lines go through a bucket.

Vertex AI takes batches from Cloud Storage or BigQuery only. The answers come in no particular order, each with its question.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.genai import Client, types

from pipeline.batches import BatchProgress, BatchState, Heard
from pipeline.errors import OutOfScope, UnusableOutput
from pipeline.ports import Prompt
from pipeline.providers.google.account import FAMILY, Account
from pipeline.providers.google.buckets import api_of, client_of
from pipeline.providers.google.faults import VERTEX, told
from pipeline.providers.google.language import SAFETY, Answer, config_of, one_word

SECONDS = 60
TIER = "batch"
OVER = {types.JobState.JOB_STATE_SUCCEEDED: BatchState.DONE, types.JobState.JOB_STATE_PARTIALLY_SUCCEEDED: BatchState.DONE,
        types.JobState.JOB_STATE_CANCELLED: BatchState.CANCELLED, types.JobState.JOB_STATE_CANCELLING: BatchState.CANCELLED,
        types.JobState.JOB_STATE_FAILED: BatchState.FAILED, types.JobState.JOB_STATE_EXPIRED: BatchState.FAILED}
OF_A_REQUEST = {"temperature", "seed", "max_output_tokens", "stop_sequences", "candidate_count", "thinking_config",
                "response_logprobs", "logprobs"}


class MarginBatches:
    """`pipeline.batches.Batches` on Vertex AI. `folder` is gs://BUCKET/FOLDER; the service's own agent has to reach it."""

    family = FAMILY

    def __init__(self, account: Account, name: str, folder: str) -> None:
        self.name = name
        self._account, self._folder = account, folder.rstrip("/")
        bucket, _, self._prefix = self._folder.removeprefix("gs://").partition("/")
        self._storage = client_of(account, account.credentials())
        self._bucket, self._api = self._storage.bucket(bucket), api_of(bucket, account, "VIVIDLY_GOOGLE_BATCH")
        self._client = Client(
            vertexai=True, project=account.project, location=account.location, credentials=account.credentials(),
            http_options=types.HttpOptions(base_url=account.endpoint or None, timeout=SECONDS * 1000))

    def send(self, label: str, prompts: Sequence[Prompt]) -> str:
        """The name of the job that asks these; the one of this label where there is one already."""
        if known := self._known(label):
            return known
        lines = "\n".join(json.dumps({"request": _request(prompt, self.name)}) for prompt in prompts)
        with told(self._api, self._account, f"the bucket {self._bucket.name}"):
            self._bucket.blob(self._path(f"{label}/asked.jsonl")).upload_from_string(
                lines, content_type="application/jsonl", timeout=SECONDS)
        config = types.CreateBatchJobConfig(display_name=label, dest=f"{self._folder}/{label}")
        with told(VERTEX, self._account, f"the model {self.name}"):
            job = self._client.batches.create(model=self.name, src=f"{self._folder}/{label}/asked.jsonl", config=config)
        return job.name or ""

    def progress(self, job: str) -> BatchProgress:
        """How far it is, and what the service says where it came to nothing."""
        found = self._job(job)
        state = OVER.get(found.state, BatchState.UNDER_WAY) if found.state else BatchState.UNDER_WAY
        return BatchProgress(state=state, why=(found.error.message or "")[:200] if found.error else "")

    def told(self, job: str) -> Mapping[str, Heard]:
        """What came of each question, by its key."""
        info = self._job(job).output_info
        if info is None or not info.gcs_output_directory:
            return {}
        folder = info.gcs_output_directory.removeprefix(f"gs://{self._bucket.name}/").strip("/")
        return dict(_heard(line, self.name) for line in self._lines(f"{folder}/"))

    def cancel(self, job: str) -> None:
        """Stop it; what was answered until then is billed."""
        with told(VERTEX, self._account, f"the batch {job}"):
            self._client.batches.cancel(name=job)

    def probe(self) -> str:
        """Whether batches and their bucket can be reached, which is free. Raises what `send` raises."""
        self._known("vividly-probe")
        with told(self._api, self._account, f"the bucket {self._bucket.name}"):
            list(self._storage.list_blobs(self._bucket, prefix=self._path("probe"), max_results=1, timeout=SECONDS))
        return f"{self.name} through {self._folder}"

    @staticmethod
    def key(prompt: Prompt) -> str:
        """What a question is known by among the answers: a digest of its words."""
        return hashlib.sha256(f"{prompt.system}\0{prompt.user}".encode()).hexdigest()

    def _job(self, job: str) -> types.BatchJob:
        with told(VERTEX, self._account, f"the batch {job}"):
            return self._client.batches.get(name=job)

    def _known(self, label: str) -> str:
        with told(VERTEX, self._account, f"the model {self.name}"):
            jobs = self._client.batches.list(config=types.ListBatchJobsConfig(filter=f'display_name="{label}"', page_size=10))
            return next((job.name or "" for job in jobs), "")

    def _lines(self, folder: str) -> Iterator[dict[str, Any]]:
        with told(self._api, self._account, f"the bucket {self._bucket.name}"):
            for blob in self._storage.list_blobs(self._bucket, prefix=folder, timeout=SECONDS):
                if blob.name.endswith(".jsonl"):
                    text = blob.download_as_bytes(timeout=SECONDS).decode()
                    yield from (json.loads(line) for line in text.splitlines() if line.strip())

    def _path(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


def _request(prompt: Prompt, model: str) -> dict[str, Any]:
    """The question in the form of the service's lines."""
    config = one_word(config_of(prompt, model))
    return {
        "systemInstruction": {"parts": [{"text": prompt.system}]},
        "contents": [{"role": "user", "parts": [{"text": prompt.user}]}],
        "generationConfig": config.model_dump(mode="json", by_alias=True, exclude_none=True, include=OF_A_REQUEST),
        "safetySettings": [each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in SAFETY],
    }


def _heard(line: Mapping[str, Any], model: str) -> tuple[str, Heard]:
    """The key of a line's question, and its answer or why there is none."""
    asked = line["request"]
    prompt = Prompt(name="batch", version="", system=_text(asked.get("systemInstruction", {})),
                    user="".join(map(_text, asked["contents"])), max_tokens=1)
    if line.get("status"):
        return MarginBatches.key(prompt), Heard(why=str(line["status"])[:200])
    answer = Answer(model, tier=TIER)
    try:
        margin = answer.margin(prompt, types.GenerateContentResponse.model_validate(line["response"]))
    except (UnusableOutput, OutOfScope) as fault:
        return MarginBatches.key(prompt), Heard(why=str(fault), usage=answer.usage())
    return MarginBatches.key(prompt), Heard(margin=margin, usage=answer.usage())


def _text(content: Mapping[str, Any]) -> str:
    return "".join(part.get("text", "") for part in content.get("parts", ()))
