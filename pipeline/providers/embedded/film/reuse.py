"""What has been made is kept by the hash of everything it was made from, and written whole or not at all."""

import hashlib
import time
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from pipeline.domain import Scene, SceneAudio
from pipeline.providers.embedded.boards import TEMPLATES, Footer

LEFT_OVER_SECONDS = 3600


def scene_name(scene: Scene, audio: SceneAudio, footer: Footer, height: int) -> str:
    """The name of a scene's segment: the same when nothing that can be seen has changed."""
    told = "".join(word.model_dump_json() for word in audio.words)
    parts = (scene.model_dump_json(), told, repr(audio.seconds), repr(footer), str(height), drawing_version())
    return f"scene-{_digest(*(part.encode() for part in parts))}.mp4"


def sound_name(wav: Path) -> str:
    """The name of an encoded soundtrack."""
    return f"sound-{_digest(wav.read_bytes(), drawing_version().encode())}.m4a"


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """The version of everything that draws and films: these two packages and the libraries beneath them."""
    boards, film = TEMPLATES.parent, Path(__file__).parent
    sources = sorted([*TEMPLATES.glob("*.typ"), *boards.glob("*.py"), *film.glob("*.py")])
    libraries = [f"{name} {version(name)}".encode() for name in ("typst", "av")]
    return _digest(*(path.read_bytes() for path in sources), *libraries)


def sweep(folder: Path) -> None:
    """Remove what a killed run left half written. Younger files may belong to a run that is going on."""
    for leftover in folder.glob(".*.part"):
        if time.time() - leftover.stat().st_mtime > LEFT_OVER_SECONDS:
            leftover.unlink(missing_ok=True)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()[:32]
