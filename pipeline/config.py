"""Settings: where things are kept and which family makes the lessons. Environment variables win over the defaults."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from pipeline.errors import OperatorError

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
FAMILIES = ("embedded", "google")
PARTS = ("text", "voice", "embedder")
TEXT_STAGES = ("nlu", "script", "judge")
"""What language models do here: read questions, write, and judge what was found or written."""
MODEL = re.compile(r"[a-z0-9][a-z0-9.@_-]{0,80}")
IN_A_BUCKET = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
GOOGLE_MODEL, GOOGLE_EMBEDDER, GOOGLE_VOICE = "gemini-3.5-flash-lite", "gemini-embedding-001", "en-US-Neural2-F"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs from one installation to another."""

    home: Path
    """Database, made lessons, index: `VIVIDLY_HOME`, by default the user's data folder."""
    models: Path
    """Model weights: `VIVIDLY_MODELS`, by default the user's cache folder."""
    data: Path
    """What ships: corpus, interests, prompts, prices: `VIVIDLY_DATA`."""
    family: str
    """Who makes lessons, `embedded` (this machine, the default) or `google` (a Google project): `VIVIDLY_FAMILY`."""
    parts: Mapping[str, str]
    """Parts that another family makes: `VIVIDLY_PARTS`, for example `voice=embedded`. Parts are text, voice and embedder.
    The embedder is this machine's unless it is named here: how sure a reading is was fitted on its vectors."""
    google_project: str
    """The Google project that makes lessons: `GOOGLE_CLOUD_PROJECT`."""
    google_location: str
    """Where Vertex AI does it: `GOOGLE_CLOUD_LOCATION`, by default global."""
    google_impersonate: str
    """The service account to act as there, by e-mail address: `VIVIDLY_GOOGLE_IMPERSONATE`, by default whoever is signed in."""
    google_endpoint: str
    """A stand-in for Google's services on this machine: `VIVIDLY_GOOGLE_ENDPOINT`."""
    google_model: str
    """The Gemini model that reads questions and writes: `VIVIDLY_GOOGLE_MODEL`."""
    google_models: Mapping[str, str]
    """Other ones for some of it: `VIVIDLY_GOOGLE_MODELS`, for example `nlu=gemini-3.1-flash-lite,judge=gemini-2.5-pro`. It is
    nlu (reads questions), script (writes) and judge (judges what was found or written)."""
    google_cache_minutes: float
    """For how long Vertex AI keeps what stands unchanged before prompts, where it has 2,048 tokens or more: none that ships
    has; `VIVIDLY_GOOGLE_CACHE_MINUTES`, by default 0, which keeps nothing. Keeping it is billed by the token and the hour."""
    google_batch: str
    """Where batches for Vertex AI go through: `VIVIDLY_GOOGLE_BATCH`, as gs://BUCKET/FOLDER."""
    google_embedder: str
    """The embedding model: `VIVIDLY_GOOGLE_EMBEDDER`."""
    google_voice: str
    """A voice of Cloud Text-to-Speech that takes marks: `VIVIDLY_GOOGLE_VOICE`."""
    artifacts: str
    """Where lessons' files are kept: `VIVIDLY_ARTIFACTS`, as gs://BUCKET/FOLDER; by default a folder in `home`."""
    vertex_region: str
    """The region of what Vertex AI keeps or does in a region only, experiments and judging: `VIVIDLY_VERTEX_REGION`, by default
    `GOOGLE_CLOUD_LOCATION`, which is one unless it is global."""
    vertex_experiment: str
    """The experiment of Vertex AI that evaluations are told to: `VIVIDLY_VERTEX_EXPERIMENT`, by default none."""
    vertex_judge: str
    """The Gemini model with which the Gen AI evaluation service judges: `VIVIDLY_VERTEX_JUDGE`, by default none."""
    profile: str
    """Which local language model: `standard` (1.5B) or `small` (0.5B): `VIVIDLY_PROFILE`."""
    language_model: Path | None
    """Your own GGUF file: `VIVIDLY_LANGUAGE_MODEL`."""
    voice: Path | None
    """Your own Piper voice, an .onnx with its .onnx.json beside it: `VIVIDLY_VOICE`."""
    embedder: Path | None
    """Your own sentence-embedding model, a folder with model.onnx and tokenizer.json: `VIVIDLY_EMBEDDER`."""
    database_url: str
    """The record, SQLite or `postgresql+psycopg2://…`: `DATABASE_URL`, by default SQLite in `home`."""
    database_is_default: bool
    """Whether the database is the one in `home`: that one is upgraded without asking."""
    threads: int
    """Threads for the language model: `VIVIDLY_THREADS`, by default the cores of this machine, at most 8."""
    deadline_factor: float
    """How many times longer than planned a stage may take here: `VIVIDLY_DEADLINE_FACTOR`; 0 is no limit. By default 3
    where this machine does the work itself, because the plan is that of providers who answer from elsewhere; else 1."""
    rates: Mapping[str, float]
    """Stages a minute that a worker asks of a family's providers: `VIVIDLY_RATES`, for example `google=60`."""
    limits: Mapping[str, tuple[int, int, int]]
    """How often models may be asked, over all workers: `VIVIDLY_LIMITS`, as MODEL=calls a minute/tokens a minute/at once,
    for example `gemini-3.5-flash-lite=300/1000000/8`; 0 is no limit."""
    subscription: str
    """Where the bridge pulls from: `VIVIDLY_SUBSCRIPTION`, as projects/PROJECT/subscriptions/NAME."""
    push_secret: str = field(repr=False)
    """What a push may show as `?token=` or bearer: `VIVIDLY_PUSH_SECRET`."""
    push_audience: str
    """The audience of pushes that Google signs: `VIVIDLY_PUSH_AUDIENCE`; with it goes `push_account`."""
    push_account: str
    """The service account that they are signed for, by e-mail address: `VIVIDLY_PUSH_ACCOUNT`."""
    proxy_header: str
    """The header in which a proxy in front of the console says who is there, by e-mail address:
    `VIVIDLY_PROXY_HEADER`, by default none. The proxy must remove this header from what the browser sends."""
    proxy_secret: str = field(repr=False)
    """What that proxy sends in `X-Vividly-Proxy-Secret` to show that it is the one: `VIVIDLY_PROXY_SECRET`.
    Without it the header is believed only where the console listens on a loopback address."""

    log: tuple[str, ...]
    """Where processes write what they say: `VIVIDLY_LOG`, of file (lines in `home`, the default), stdout and cloud (Google
    Cloud Logging), several with commas."""
    log_project: str
    """The Google project whose Cloud Logging keeps the logs: `VIVIDLY_LOG_PROJECT`, else `GOOGLE_CLOUD_PROJECT`."""
    log_endpoint: str
    """Another address of Cloud Logging, private or a stand-in: `VIVIDLY_LOG_ENDPOINT`, by default Google's own."""
    otlp_endpoint: str
    """Where traces go, by OTLP over HTTP: `VIVIDLY_OTLP_ENDPOINT`, for example http://localhost:4318; by default nowhere."""
    otlp_content: bool
    """Whether they hold what was asked and answered, redacted: `VIVIDLY_OTLP_CONTENT`, 1 or 0 (the default)."""
    second_person: bool
    """Whether somebody else has to agree before a version of a prompt goes into production: `VIVIDLY_SECOND_PERSON`, 1 or 0
    (the default)."""
    signing_key: str = field(repr=False)
    """What links to lessons' files are signed with: `VIVIDLY_SIGNING_KEY`, by default a key that is made in `home`."""

    def family_of(self, part: str) -> str:
        """Which family makes a part of lessons."""
        return self.parts.get(part, "embedded" if part == "embedder" else self.family)

    @property
    def store(self) -> Path:
        """The folder of made lessons."""
        return self.home / "lessons"


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process."""
    env = os.environ if env is None else env
    home = _path(env, "VIVIDLY_HOME") or user_data_path("vividly", appauthor=False)
    return Settings(
        home=home,
        models=_path(env, "VIVIDLY_MODELS") or user_cache_path("vividly", appauthor=False) / "models",
        data=_path(env, "VIVIDLY_DATA") or DATA,
        family=_family(env.get("VIVIDLY_FAMILY") or "embedded", "VIVIDLY_FAMILY"),
        parts=_parts(env.get("VIVIDLY_PARTS", "")),
        google_project=env.get("GOOGLE_CLOUD_PROJECT", "").strip(),
        google_location=env.get("GOOGLE_CLOUD_LOCATION", "").strip() or "global",
        google_impersonate=env.get("VIVIDLY_GOOGLE_IMPERSONATE", "").strip(),
        google_endpoint=env.get("VIVIDLY_GOOGLE_ENDPOINT", "").strip(),
        google_model=env.get("VIVIDLY_GOOGLE_MODEL", "").strip() or GOOGLE_MODEL,
        google_models=_models(env.get("VIVIDLY_GOOGLE_MODELS", "")),
        google_cache_minutes=_number(env, "VIVIDLY_GOOGLE_CACHE_MINUTES", least=0) or 0.0,
        google_batch=_folder(env, "VIVIDLY_GOOGLE_BATCH"),
        google_embedder=env.get("VIVIDLY_GOOGLE_EMBEDDER", "").strip() or GOOGLE_EMBEDDER,
        google_voice=env.get("VIVIDLY_GOOGLE_VOICE", "").strip() or GOOGLE_VOICE,
        artifacts=_folder(env, "VIVIDLY_ARTIFACTS"),
        vertex_region=(env.get("VIVIDLY_VERTEX_REGION") or env.get("GOOGLE_CLOUD_LOCATION") or "").strip(),
        vertex_experiment=env.get("VIVIDLY_VERTEX_EXPERIMENT", "").strip(),
        vertex_judge=env.get("VIVIDLY_VERTEX_JUDGE", "").strip(),
        profile=env.get("VIVIDLY_PROFILE") or "standard",
        language_model=_path(env, "VIVIDLY_LANGUAGE_MODEL"),
        voice=_path(env, "VIVIDLY_VOICE"),
        embedder=_path(env, "VIVIDLY_EMBEDDER"),
        database_url=env.get("DATABASE_URL") or f"sqlite:///{home / 'vividly.sqlite'}",
        database_is_default=not env.get("DATABASE_URL"),
        threads=int(_number(env, "VIVIDLY_THREADS", least=1) or min(8, os.cpu_count() or 1)),
        deadline_factor=_deadline_factor(env),
        rates=_rates(env.get("VIVIDLY_RATES", "")),
        limits=_limits(env.get("VIVIDLY_LIMITS", "")),
        subscription=env.get("VIVIDLY_SUBSCRIPTION", "").strip(),
        push_secret=env.get("VIVIDLY_PUSH_SECRET", ""),
        push_audience=env.get("VIVIDLY_PUSH_AUDIENCE", "").strip(),
        push_account=env.get("VIVIDLY_PUSH_ACCOUNT", "").strip(),
        proxy_header=env.get("VIVIDLY_PROXY_HEADER", "").strip(),
        proxy_secret=env.get("VIVIDLY_PROXY_SECRET", ""),
        log=_places(env.get("VIVIDLY_LOG") or "file"),
        log_project=(env.get("VIVIDLY_LOG_PROJECT") or env.get("GOOGLE_CLOUD_PROJECT") or "").strip(),
        log_endpoint=env.get("VIVIDLY_LOG_ENDPOINT", "").strip(),
        otlp_endpoint=_web_address(env, "VIVIDLY_OTLP_ENDPOINT"),
        otlp_content=_switch(env, "VIVIDLY_OTLP_CONTENT"),
        second_person=_switch(env, "VIVIDLY_SECOND_PERSON"),
        signing_key=env.get("VIVIDLY_SIGNING_KEY", ""),
    )


def _family(said: str, name: str) -> str:
    """Raises `OperatorError`."""
    if said not in FAMILIES:
        raise OperatorError(f"{name} has {said[:40]!r}: there is {' and '.join(FAMILIES)}.")
    return said


def _parts(said: str) -> dict[str, str]:
    """`voice=embedded,text=google` as a table. Raises `OperatorError`."""
    parts = {}
    for pair in (pair for pair in said.split(",") if pair.strip()):
        part, _, family = (word.strip() for word in pair.partition("="))
        if part not in PARTS:
            raise OperatorError(
                f"VIVIDLY_PARTS has {pair.strip()[:40]!r}: write it as voice=embedded; parts are {', '.join(PARTS)}.")
        parts[part] = _family(family, "VIVIDLY_PARTS")
    return parts


def _models(said: str) -> dict[str, str]:
    """`nlu=MODEL,script=MODEL` as a table. Raises `OperatorError`."""
    found = {}
    for pair in (pair for pair in said.split(",") if pair.strip()):
        stage, _, model = (word.strip() for word in pair.partition("="))
        if stage not in TEXT_STAGES or not MODEL.fullmatch(model):
            raise OperatorError(f"VIVIDLY_GOOGLE_MODELS has {pair.strip()[:60]!r}: write it as nlu=gemini-3.1-flash-lite; a "
                                f"language model is asked in {', '.join(TEXT_STAGES)}.")
        if stage in found:
            raise OperatorError(f"VIVIDLY_GOOGLE_MODELS names {stage} twice: leave one of the two.")
        found[stage] = model
    return found


def _folder(env: Mapping[str, str], name: str) -> str:
    """Raises `OperatorError`."""
    said = env.get(name, "").strip().rstrip("/")
    if said and not IN_A_BUCKET.fullmatch(said):
        raise OperatorError(f"{name} is {said[:60]!r}: write it as gs://BUCKET/FOLDER.")
    return said


def _places(said: str) -> tuple[str, ...]:
    """Raises `OperatorError`."""
    places = tuple(dict.fromkeys(place.strip() for place in said.split(",") if place.strip()))
    if not places or not {"file", "stdout", "cloud"}.issuperset(places):
        raise OperatorError(f"VIVIDLY_LOG is {said[:40]!r}: it must be of file, stdout and cloud, with commas between.")
    return places



def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).expanduser().absolute() if env.get(name) else None


def _deadline_factor(env: Mapping[str, str]) -> float:
    said = _number(env, "VIVIDLY_DEADLINE_FACTOR", least=0)
    if said is not None:
        return said
    return 3.0 if (env.get("VIVIDLY_FAMILY") or "embedded") == "embedded" else 1.0


def _number(env: Mapping[str, str], name: str, *, least: float) -> float | None:
    """The number that the variable holds; None where it is not set. Raises `OperatorError`."""
    said = env.get(name)
    if not said:
        return None
    number = _float(said)
    if number is None or number < least:
        raise OperatorError(f"{name} is {said[:40]!r}: it must be a number, at least {least:g}.")
    return number


def _web_address(env: Mapping[str, str], name: str) -> str:
    """Raises `OperatorError`."""
    said = env.get(name, "").strip()
    if said and not said.startswith(("http://", "https://")):
        raise OperatorError(f"{name} is {said[:40]!r}: it must begin with http:// or https://.")
    return said


def _switch(env: Mapping[str, str], name: str) -> bool:
    """Raises `OperatorError`."""
    said = env.get(name, "").strip()
    if said not in ("", "0", "1"):
        raise OperatorError(f"{name} is {said[:40]!r}: it must be 1 or 0.")
    return said == "1"


def _rates(said: str) -> dict[str, float]:
    """`google=60,other=5` as a table. Raises `OperatorError`."""
    rates = {}
    for pair in (pair for pair in said.split(",") if pair.strip()):
        family, _, rate = pair.partition("=")
        number = _float(rate)
        if number is None or number <= 0 or not family.strip():
            raise OperatorError(f"VIVIDLY_RATES has {pair.strip()[:40]!r}: write it as google=60, stages a minute.")
        rates[family.strip()] = number
    return rates


def _limits(said: str) -> dict[str, tuple[int, int, int]]:
    """Raises `OperatorError`."""
    limits = {}
    for pair in (pair for pair in said.split(",") if pair.strip()):
        model, _, numbers = pair.strip().rpartition("=")
        parts = [part.strip() for part in numbers.split("/")]
        if not model or len(parts) != 3 or not all(part.isdecimal() for part in parts):
            raise OperatorError(f"VIVIDLY_LIMITS has {pair.strip()[:60]!r}: write it as gemini-3.5-flash-lite=300/1000000/8, "
                                "calls a minute, tokens a minute, and calls at once; 0 is no limit.")
        calls, tokens, at_once = map(int, parts)
        limits[model.strip()] = (calls, tokens, at_once)
    return limits


def _float(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if isfinite(number) else None
