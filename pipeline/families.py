"""Settings -> what each part of lessons is made by: this machine's models or a Google project's. Loaded when it is chosen."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline import models
from pipeline.batches import Batches
from pipeline.config import FAMILIES, Settings
from pipeline.errors import OperatorError
from pipeline.ports import Embedder, Store, TextModel, Voice
from pipeline.store import LocalStore

if TYPE_CHECKING:
    from pipeline.providers.google.account import Account
    from pipeline.providers.google.experiments import VertexExperiments
    from pipeline.providers.google.judge import EvaluationService

GOOGLE = "google"
WORKING = "working"
"""Where in `home` copies of a bucket's files stand."""


def text_models(settings: Settings) -> tuple[TextModel, Callable[[str], TextModel]]:
    """What reads and writes, and any other model of its family by id. Raises `OperatorError`."""
    load = _gemini(settings) if _family(settings, "text") == GOOGLE else _local(settings)
    usual = load("")
    return usual, models.EachOnce[TextModel](load, **{usual.name: usual})


def language_models(settings: Settings) -> tuple[str, ...]:
    """The ids of the language models that lessons can be made with here, the usual one first."""
    if settings.family_of("text") == GOOGLE:
        return tuple(dict.fromkeys((settings.google_model, *settings.google_models.values())))
    return models.language_models(settings)


def stage_models(settings: Settings) -> dict[str, str]:
    """What is not done by the usual language model -> the id of the one that does it."""
    if settings.family_of("text") != GOOGLE:
        return {}
    return {stage: model for stage, model in sorted(settings.google_models.items()) if model != settings.google_model}


def judging_model(settings: Settings) -> TextModel:
    """What judges. Raises `OperatorError`."""
    usual, load = text_models(settings)
    other = stage_models(settings).get("judge")
    return load(other) if other else usual


def batches(settings: Settings) -> Batches:
    """What judges in batches, at half the price. Raises `OperatorError`."""
    if _family(settings, "text") != GOOGLE:
        raise OperatorError("Only the google family answers in batches: set VIVIDLY_PARTS=text=google, or leave --batch out.")
    if not settings.google_batch:
        raise OperatorError("A batch goes through a bucket: set VIVIDLY_GOOGLE_BATCH=gs://BUCKET/FOLDER.")
    from pipeline.providers.google.batch import MarginBatches

    model = stage_models(settings).get("judge", settings.google_model)
    return MarginBatches(account(settings), model, settings.google_batch)


def voice(settings: Settings) -> Voice:
    """What reads aloud. Raises `OperatorError`."""
    if _family(settings, "voice") == GOOGLE:
        from pipeline.providers.google.voice import CloudVoice

        return CloudVoice(account(settings), settings.google_voice)
    from pipeline.providers.embedded.voice import PiperVoice

    return PiperVoice(models.find_voice(settings))


def embedder(settings: Settings) -> Embedder:
    """What embeds; a model of this machine is loaded at the first text. Raises `OperatorError`."""
    if _family(settings, "embedder") == GOOGLE:
        from pipeline.providers.google.embedder import VertexEmbedder

        return VertexEmbedder(account(settings), settings.google_embedder)
    from pipeline.providers.embedded.embedder import LocalEmbedder

    folder = models.find_embedder(settings)
    return models.EmbedderOnce(
        lambda: LocalEmbedder(folder, threads=settings.threads), family="embedded", name=folder.name)


def store(settings: Settings) -> Store:
    """Where lessons' files are kept: a bucket where one is set, else a folder of this machine. Raises `OperatorError`."""
    if not settings.artifacts:
        return LocalStore(settings.store)
    from pipeline.providers.google.storage import BucketStore

    return BucketStore(account(settings), settings.artifacts, settings.home / WORKING)


def experiments(settings: Settings) -> "VertexExperiments":
    """Another record of evaluations. Raises `OperatorError`."""
    _check_aiplatform()
    from pipeline.providers.google.experiments import VertexExperiments
    from pipeline.providers.google.region import regional

    return VertexExperiments(regional(account(settings), settings.vertex_region), settings.vertex_experiment)


def evaluation_service(settings: Settings) -> "EvaluationService":
    """A judge of pairs besides the language model here. Raises `OperatorError`."""
    if not settings.vertex_judge:
        raise OperatorError("No model judges on Vertex AI: set VIVIDLY_VERTEX_JUDGE, for example gemini-3.5-flash.")
    _check_aiplatform()
    from pipeline.providers.google.judge import EvaluationService
    from pipeline.providers.google.region import regional

    return EvaluationService(regional(account(settings), settings.vertex_region), settings.vertex_judge)


def account(settings: Settings) -> "Account":
    """Who asks Google. Raises `OperatorError` where the settings name no project."""
    from pipeline.providers.google.account import Account

    return Account(project=settings.google_project, location=settings.google_location, endpoint=settings.google_endpoint,
                   impersonate=settings.google_impersonate)


def _check_aiplatform() -> None:
    """Its modules take a second and 50 MB: they are looked for here, and loaded where experiments or judging are on."""
    if find_spec("google.cloud.aiplatform_v1") is None:
        raise OperatorError("google-cloud-aiplatform is not installed: run `pip install -r requirements.txt`.")


def _family(settings: Settings, part: str) -> str:
    family = settings.family_of(part)
    if family not in FAMILIES:
        raise OperatorError(f"There is no family {family!r}: set VIVIDLY_FAMILY to {' or '.join(FAMILIES)}.")
    return family


def _gemini(settings: Settings) -> Callable[[str], TextModel]:
    from pipeline.providers.google.language import GeminiModel

    asking = account(settings)
    return lambda model_id: GeminiModel(
        asking, model_id or settings.google_model, cache_minutes=settings.google_cache_minutes)


def _local(settings: Settings) -> Callable[[str], TextModel]:
    from pipeline.providers.embedded.language import LocalLanguageModel

    return lambda model_id: LocalLanguageModel(
        models.find_language_model(settings, model_id or None), threads=settings.threads)
