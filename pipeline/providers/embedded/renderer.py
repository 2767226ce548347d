"""The renderer of this machine: boards drawn by Typst, filmed with PyAV."""

from collections.abc import Callable
from pathlib import Path

from pipeline.domain import Scene
from pipeline.ports import Film
from pipeline.providers.embedded.boards import draw_still
from pipeline.providers.embedded.film import drawing_version, make_film, save


class BoardRenderer:
    """Draws boards and films them, without a network and without a graphics card."""

    family = "embedded"

    def __init__(self) -> None:
        self.name = f"boards-{drawing_version()[:8]}"

    def still(self, scene: Scene, path: Path) -> None:
        """The scene with everything revealed, as a 1920×1080 PNG at `path`. Raises `StorageFull`."""
        save(draw_still(scene), path)

    def film(self, request: Film, height: int, path: Path, progress: Callable[[float], None]) -> float:
        """The film at 720 or 1080 lines as an MP4; its length in seconds. `progress` hears 0…1 and may raise."""
        return make_film(request, height, path, progress)
