"""Scene -> pictures: the finished board as a PNG, or its layers as pixels with their place and motion."""

import io
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import typst
from numpy.typing import NDArray
from PIL import Image

from pipeline.domain import Scene
from pipeline.providers.embedded.boards.content import Data, board_data
from pipeline.providers.embedded.boards.fonts import fonts

TEMPLATES = Path(__file__).parent / "templates"
POINTS_HIGH = 1080
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Footer:
    """Where a scene stands in its lesson, for the line at the foot of the board."""

    lesson: str = ""
    index: int = 0
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A drawn part: RGBA pixels at (x, y), the part of the narration it belongs to, and how it comes and goes."""

    x: int
    y: int
    pixels: Pixels
    part: int
    motion: str
    delay: float = 0.0
    until: int | None = None
    path: tuple[tuple[float, float], ...] = ()


def draw_still(scene: Scene) -> bytes:
    """The board with everything revealed, as a 1920 × 1080 PNG."""
    compiler = _compiled(scene, Footer(), whole=True)
    return _pages(compiler, POINTS_HIGH)[0]


def draw_layers(scene: Scene, footer: Footer, *, height: int) -> list[Layer]:
    """The layers of the board for a film of `height` lines, lowest first; the first is a tile of the ground."""
    compiler = _compiled(scene, footer, whole=False)
    notes = json.loads(compiler.query("<layer>", field="value"))
    scale = height / POINTS_HIGH
    return [_layer(note, page, scale) for note, page in zip(notes, _pages(compiler, height), strict=True)]


def _layer(note: dict[str, object], page: bytes, scale: float) -> Layer:
    measured = _Note(**note)  # type: ignore[arg-type]
    pixels = np.asarray(Image.open(io.BytesIO(page)).convert("RGBA"))
    whole = 0, 0, pixels.shape[1], pixels.shape[0]
    left, top, right, bottom = _inked(pixels) if measured.motion in ("rise", "fade", "stay") else whole
    return Layer(
        x=round(measured.x * scale) + left, y=round(measured.y * scale) + top, pixels=pixels[top:bottom, left:right],
        part=measured.part, motion=measured.motion, delay=measured.delay, until=measured.until,
        path=tuple((x * scale, y * scale) for x, y in measured.path or ()),
    )


def _inked(pixels: Pixels) -> tuple[int, int, int, int]:
    """The box, on even pixels, outside of which nothing is drawn."""
    seen = pixels[..., 3] > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return 0, 0, 2, 2
    return (
        int(columns[0]) // 2 * 2, int(rows[0]) // 2 * 2, (int(columns[-1]) + 2) // 2 * 2, (int(rows[-1]) + 2) // 2 * 2
    )


@dataclass(frozen=True)
class _Note:
    """What a template says about a layer, in points."""

    x: float
    y: float
    part: int
    motion: str
    delay: float
    until: int | None
    path: list[tuple[float, float]] | None


def _compiled(scene: Scene, footer: Footer, *, whole: bool) -> typst.Compiler:
    """A compiler that has laid out the board; mathematics that Typst cannot set is replaced by its plain form."""
    frame: Data = {"lesson": footer.lesson.split(), "index": footer.index, "count": footer.count, "whole": whole}
    compiler = _compiler(board_data(scene, _hopeful) | frame)
    try:
        compiler.query("<layer>")
        return compiler
    except RuntimeError:  # what a query raises; `TypstError` is one too
        return _compiler(board_data(scene, can_be_set) | frame)


def _compiler(data: Data) -> typst.Compiler:
    return typst.Compiler(
        TEMPLATES / "board.typ", root=TEMPLATES, font_paths=fonts(), sys_inputs={"board": json.dumps(data)},
        ignore_system_fonts=True,
    )


def _pages(compiler: typst.Compiler, height: int) -> list[bytes]:
    pages = compiler.compile(format="png", ppi=72.0 * height / POINTS_HIGH)
    if pages is None:
        raise TypeError("Typst wrote no picture")
    return pages if isinstance(pages, list) else [pages]


def _hopeful(math: str) -> bool:
    return True


@lru_cache(maxsize=512)
def can_be_set(math: str) -> bool:
    """Whether Typst sets this checked mathematics (brackets may not close, a function may lack an argument)."""
    try:
        typst.compile(
            TEMPLATES / "probe.typ", root=TEMPLATES, font_paths=fonts(), sys_inputs={"math": math}, format="png",
            ppi=10.0,
        )
    except typst.TypstError:
        return False
    return True
