"""A stand-in for Google's services on loopback: Vertex AI (generate, stream, count, embed), Text-to-Speech, Cloud Storage.

It speaks the wire forms that Google's own clients speak, writes nothing worth reading, counts exactly what it bills, and
fails as it is told to: by a list of faults, by a share of all calls, or by a quota of calls a minute.
"""

import base64
import json
import random
import re
import threading
import time
import zlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.testing.cloud_faults import Fault, Refused, quota
from pipeline.testing.google_batches import Batches
from pipeline.testing.google_kept import Kept
from pipeline.testing.google_sound import read_markup, tone
from pipeline.testing.google_storage import Bucket
from pipeline.testing.google_vertex import Vertex

Body = dict[str, Any]
STORAGE = "storage"
"""What calls for files are noted as, where others have the name of a model; quotas of models are not theirs."""
WIDTH = 768
MOST_SSML_BYTES = 5_000
VOICES = ("en-US-Chirp3-HD-Charon", "en-US-Neural2-A", "en-US-Neural2-D", "en-US-Neural2-F")


def smallest(schema: Mapping[str, Any]) -> Any:
    """The first value that a JSON schema allows."""
    if "enum" in schema:
        return schema["enum"][-1] if schema["enum"][0] == 0 else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: smallest(schema["properties"][name]) for name in schema.get("required", schema.get("properties", {}))}
    if kind == "array":
        return [smallest(schema["items"])] * schema.get("minItems", 0)
    return {"string": "word", "integer": schema.get("minimum", 0), "number": schema.get("minimum", 0), "boolean": True}[str(kind)]


def plain_writer(system: str, user: str) -> str:
    """Nothing that a lesson would keep."""
    return "So."


@dataclass
class Google:
    """One project's services, what they were asked, and what they have billed."""

    project: str = "vividly-test"
    models: Sequence[str] = ("gemini-", "text-embedding-", "en-US-")
    """Beginnings of the names of what there is."""
    writer: Callable[[str, str], str] = plain_writer
    """What it writes, given the system's and the user's words."""
    margin: float = 0.9
    """P(yes) − P(no) wherever it is asked for likelihoods."""
    word_seconds: float = 0.3
    """How long a spoken word is."""
    faults: deque[Fault | None] = field(default_factory=deque)
    """One for each call to come; None lets a call through."""
    fault_share: float = 0.0
    """Of all calls, at random: each is one of 429, 500, 503, silence, half an answer, garbage."""
    per_minute: int | None = None
    """Calls within any minute that are let through, of each model."""
    minute_seconds: float = 60.0
    """How long a minute is here."""
    seed: int = 1
    bucket: Bucket = field(default_factory=Bucket)
    clock: Callable[[], float] = time.monotonic
    asked: list[tuple[str, str, Body]] = field(default_factory=list)
    """Model, verb and body of every call."""
    billed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What was answered in full and costs something: (model, unit) -> quantity."""
    failed: int = 0
    """Calls that went wrong as they were told to."""
    vertex: Vertex = field(default_factory=Vertex)
    """What is kept and judged in a region."""
    kept: Kept = field(default_factory=Kept)
    batches: Batches = field(default_factory=Batches)
    _recent: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._random.seed(self.seed)

    def fault(self, model: str) -> Fault | None:
        """What goes wrong with the call that comes now."""
        with self._lock:
            found = self._fault(model)
            self.failed += found is not None
            return found

    def _fault(self, model: str) -> Fault | None:
        if self.faults:
            return self.faults.popleft()
        if self.per_minute is not None and model != STORAGE and (rest := self._rest(model)):
            return quota(f"{rest:.1f}s")
        return self._random.choice(FAULTS) if self._random.random() < self.fault_share else None

    def _rest(self, model: str) -> float:
        recent = self._recent.setdefault(model, deque())
        while recent and self.clock() - recent[0] >= self.minute_seconds:
            recent.popleft()
        if len(recent) >= (self.per_minute or 0):
            return recent[0] + self.minute_seconds - self.clock()
        recent.append(self.clock())
        return 0.0

    def answer(self, project: str, model: str, verb: str, body: Body) -> list[Body]:
        """The answer, in the parts of a stream or one. Raises `Refused`."""
        if project != self.project:
            raise Refused(403, f"Permission denied on resource project {project}.")
        if not model.startswith(tuple(self.models)):
            raise Refused(404, f"Publisher Model `{model}` was not found.")
        return {"generateContent": self._written, "streamGenerateContent": self._streamed, "countTokens": self._counted,
                "predict": self._predicted, "embedContent": self._embedded}[verb](model, body)

    def later(self, method: str, path: str, body: Body) -> Body | None:
        """What comes of a call for kept prompts or batches; None where it is not for these. Raises `Refused`."""
        known, found = self.kept.made, self.kept.answer(method, path, body, tokens)
        if self.kept.made > known and found:
            with self._lock:
                self.billed[body["model"].rpartition("/")[2], "input_token"] += found["usageMetadata"]["totalTokenCount"]
        if found is not None:
            return found
        return self.batches.answer(method, path, body, lambda model, request: self._written(model, request, " in a batch")[0])

    def speak(self, body: Body) -> Body:
        """Sound for markup, with the times of its marks. Raises `Refused`."""
        markup, voice = body["input"].get("ssml", ""), body["voice"]["name"]
        if len(markup.encode()) > MOST_SSML_BYTES:
            raise Refused(400, "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes.")
        if not voice.startswith(tuple(self.models)):
            raise Refused(400, f"Voice '{voice}' does not exist. Is it misspelled?")
        words, marks = read_markup(markup)
        with self._lock:
            self.billed[voice, "character"] += len(re.sub(r"<mark [^>]*/>", "", markup))
        rate = int(body["audioConfig"].get("sampleRateHertz", 24_000))
        points = [{"markName": name, "timeSeconds": at * self.word_seconds} for name, at in marks]
        return {"audioContent": base64.b64encode(tone(words * self.word_seconds, rate)).decode(), "timepoints": points}

    def voices(self, language: str) -> Body:
        """The voices of a language."""
        found = [name for name in VOICES if name.startswith(language)]
        return {"voices": [{"name": name, "languageCodes": [language], "naturalSampleRateHertz": 24_000} for name in found]}

    def _written(self, model: str, body: Body, tier: str = "") -> list[Body]:
        settings, kept = body.get("generationConfig", {}), self.kept.text(body.get("cachedContent", ""))
        system, user = kept or _texts(body.get("systemInstruction", {})), "".join(_texts(content) for content in body["contents"])
        schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
        text = json.dumps(smallest(schema)) if schema else self.writer(system, user)
        candidate: Body = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}
        if settings.get("responseLogprobs"):
            yes = (1 + self.margin) / 2
            likely = [{"token": word, "logProbability": float(np.log(max(share, 1e-9)))} for word, share in
                      (("yes", yes), ("no", 1 - yes))]
            candidate |= {"content": {"role": "model", "parts": [{"text": "yes"}]}, "finishReason": "MAX_TOKENS",
                          "logprobsResult": {"topCandidates": [{"candidates": likely}], "chosenCandidates": likely[:1]}}
            text = "yes"
        counts = {"promptTokenCount": tokens(system) + tokens(user), "candidatesTokenCount": tokens(text)}
        with self._lock:
            self.billed[model, f"input_token{tier}"] += counts["promptTokenCount"] - tokens(kept)
            self.billed[model, f"output_token{tier}"] += counts["candidatesTokenCount"]
            if kept:
                self.billed[model, f"cached_input_token{tier}"] += tokens(kept)
        whole = {**counts, "totalTokenCount": sum(counts.values()), **({"cachedContentTokenCount": tokens(kept)} if kept else {})}
        return [{"candidates": [candidate], "usageMetadata": whole,
                 "modelVersion": model}]

    def _streamed(self, model: str, body: Body) -> list[Body]:
        whole = self._written(model, body)[0]
        text = whole["candidates"][0]["content"]["parts"][0]["text"]
        half = len(text) // 2
        first = {"candidates": [{"content": {"role": "model", "parts": [{"text": text[:half]}]}, "index": 0}]}
        whole["candidates"][0]["content"]["parts"][0]["text"] = text[half:]
        return [first, whole] if half else [whole]

    def _counted(self, model: str, body: Body) -> list[Body]:
        return [{"totalTokens": sum(tokens(_texts(content)) for content in body["contents"])}]

    def _predicted(self, model: str, body: Body) -> list[Body]:
        made = [self._vector(model, instance["content"], int(body.get("parameters", {}).get("outputDimensionality", WIDTH)))
                for instance in body["instances"]]
        return [{"predictions": [{"embeddings": {"values": values, "statistics": {"token_count": count, "truncated": False}}}
                                 for values, count in made]}]

    def _embedded(self, model: str, body: Body) -> list[Body]:
        values, count = self._vector(model, _texts(body["content"]), int(body.get("outputDimensionality", WIDTH)))
        return [{"embedding": {"values": values}, "usageMetadata": {"promptTokenCount": count}}]

    def _vector(self, model: str, text: str, width: int) -> tuple[list[float], int]:
        """Words hashed into places, so that texts with common words are near each other."""
        vector = np.zeros(width)
        for word in re.findall(r"\w+", text.casefold()):
            vector[zlib.crc32(word[:6].encode()) % width] += 1.0
        with self._lock:
            self.billed[model, "input_token"] += tokens(text)
        return list(map(float, vector / max(1e-9, float(np.linalg.norm(vector))))), tokens(text)


FAULTS = (quota("0.05s"), Fault(status=500, body=Refused(500, "Internal error encountered.").body),
          Fault(status=503, body=Refused(503, "The service is currently unavailable.").body),
          Fault(body=b"<html>\x00 not JSON {"), Fault(cut=True))


def tokens(text: str) -> int:
    """What the stand-in counts as tokens: a quarter of the characters, rounded up."""
    return -(-len(text) // 4)


def _texts(content: Mapping[str, Any]) -> str:
    return "".join(part.get("text", "") for part in content.get("parts", ()))
