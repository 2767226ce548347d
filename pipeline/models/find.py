"""Settings -> where each model is. A path in the settings wins; otherwise it is what was pulled."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.errors import DamagedWeights, MissingWeights, OperatorError
from pipeline.models.aligned import align_voice, aligned
from pipeline.models.catalogue import Kind, Model, catalogue, of_profile
from pipeline.models.derived import Make
from pipeline.models.fused import fuse_network, fused
from pipeline.models.store import State, clear_faults, state_of

USABLE = (State.PRESENT, State.YOUR_OWN)
EMBEDDER_FILES = ("model.onnx", "tokenizer.json")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model as `models list` shows it; `size` in bytes."""

    id: str
    kind: Kind
    profile: str
    licence: str
    origin: str
    size: int
    state: State
    path: Path


def listing(settings: Settings, *, verify: bool = False) -> tuple[Row, ...]:
    """Every model of the catalogue, and your own. `verify` hashes all files again."""
    rows = [
        Row(
            id=model.id, kind=model.kind, profile=model.profile or "all", licence=model.licence, origin=model.origin,
            size=model.size, state=state_of(settings.models, model, again=verify), path=settings.models / model.id,
        )
        for model in catalogue(settings)
    ]
    return (*rows, *_own_rows(settings))


def language_models(settings: Settings) -> tuple[str, ...]:
    """The ids of the language models that are on this machine, the installation's own first."""
    own = settings.language_model.stem if settings.language_model else _of_kind(settings, Kind.LANGUAGE_MODEL).id
    there = [row.id for row in listing(settings) if row.kind is Kind.LANGUAGE_MODEL and row.state in USABLE]
    return tuple(sorted(dict.fromkeys(there), key=lambda model_id: model_id != own))


def find_language_model(settings: Settings, model_id: str | None = None) -> Path:
    """The GGUF file of the installation's own model, or of this one. Raises `MissingWeights` or `DamagedWeights`, and
    `OperatorError` for an id that nobody knows.
    """
    own = settings.language_model
    if own and model_id in (None, own.stem):
        return _own(own, "VIVIDLY_LANGUAGE_MODEL")
    if model_id is None:
        return _pulled(settings, _of_kind(settings, Kind.LANGUAGE_MODEL))
    known = [model for model in catalogue(settings) if model.kind is Kind.LANGUAGE_MODEL]
    found = next((model for model in known if model.id == model_id), None)
    if found is None:
        raise OperatorError(f"There is no language model {model_id!r}: there are {', '.join(model.id for model in known)}.")
    return _pulled(settings, found)


def find_embedder(settings: Settings, *, fuse: Make = fuse_network) -> Path:
    """The folder with model.onnx and tokenizer.json: your own as they are, ours fused. Raises `MissingWeights` or
    `DamagedWeights`.
    """
    if settings.embedder:
        for name in EMBEDDER_FILES:
            _own(settings.embedder / name, "VIVIDLY_EMBEDDER")
        return settings.embedder
    network = _pulled(settings, _of_kind(settings, Kind.EMBEDDER))
    with clear_faults(settings.models):
        return fused(network, settings.models / "fused" / network.parent.name, fuse).parent


def find_voice(settings: Settings, *, align: Make = align_voice) -> Path:
    """The .onnx of the voice that tells its word times, its .onnx.json beside it. Your own is copied, not touched."""
    if settings.voice:
        voice = _own(settings.voice, "VIVIDLY_VOICE")
        _own(Path(f"{voice}.json"), "VIVIDLY_VOICE")
        folder = settings.models / "aligned" / hashlib.sha256(str(voice).encode()).hexdigest()[:16]
    else:
        voice = _pulled(settings, _of_kind(settings, Kind.VOICE))
        folder = settings.models / "aligned" / voice.parent.name
    with clear_faults(settings.models):
        return aligned(voice, folder, align)


def _own(path: Path, variable: str) -> Path:
    if not path.is_file():
        raise MissingWeights(f"{variable} needs {path}, which is not there: correct the variable or unset it.")
    return path


def _pulled(settings: Settings, model: Model) -> Path:
    """The first file of the model."""
    state = state_of(settings.models, model)
    verb = f"python -m pipeline models pull --profile {model.profile or settings.profile}"
    if state is State.MISSING:
        raise MissingWeights(f"{model.id} is not on this machine: run `{verb}`.")
    if state is State.DAMAGED:
        raise DamagedWeights(f"{settings.models / model.id} does not have the expected SHA-256: run `{verb}`.")
    return settings.models / model.id / model.files[0].name


def _of_kind(settings: Settings, kind: Kind) -> Model:
    for model in of_profile(catalogue(settings), settings.profile):
        if model.kind is kind:
            return model
    raise OperatorError(f"{settings.data / 'models.toml'} has no {kind} for the profile “{settings.profile}”.")


def _own_rows(settings: Settings) -> tuple[Row, ...]:
    paths = {
        Kind.LANGUAGE_MODEL: settings.language_model, Kind.EMBEDDER: settings.embedder, Kind.VOICE: settings.voice,
    }
    return tuple(_own_row(kind, path) for kind, path in paths.items() if path)


def _own_row(kind: Kind, path: Path) -> Row:
    files = [path / name for name in EMBEDDER_FILES] if kind is Kind.EMBEDDER else [path]
    there = all(file.is_file() for file in files)
    return Row(
        id=path.stem, kind=kind, profile="all", licence="as its maker says", origin="set by you",
        size=sum(file.stat().st_size for file in files) if there else 0,
        state=State.YOUR_OWN if there else State.MISSING, path=path,
    )
