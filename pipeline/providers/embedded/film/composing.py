"""Painting frames in 4:2:0 planes: only the rectangles that changed are painted again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.providers.embedded.boards import Layer
from pipeline.providers.embedded.film.motion import FULL, Act, Stance

Plane = NDArray[np.uint8]
Wide = NDArray[np.uint16]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom; even numbers."""
SOFT = 10
"""Width of the soft front of a wipe, in 255ths of the way."""


@dataclass(frozen=True)
class Paint:
    """A layer as planes: luma and the two colour differences with their opacity, and the order in which it comes."""

    layer: Layer

    @cached_property
    def planes(self) -> list[tuple[Wide, Wide]]:
        """(values, opacity) for Y, U and V, as 16-bit numbers in 0…255 so that products fit."""
        rgb = self.layer.pixels[..., :3].astype(np.float32)
        alpha = self.layer.pixels[..., 3]
        y = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        weight = _quarters(alpha.astype(np.float32))
        planes = [(_wide(16 + y * (219 / 255)), alpha.astype(np.uint16))]
        for channel, span in ((2, 1.8556), (0, 1.5748)):
            difference = _quarters((rgb[..., channel] - y) * alpha) / np.maximum(weight, 1e-3)
            planes.append((_wide(128 + difference * (224 / 255 / span)), _wide(weight)))
        return planes

    @cached_property
    def order(self) -> NDArray[np.int16]:
        """When each pixel comes, 0…255; one row or one column where that is enough."""
        high, wide = self.layer.pixels.shape[:2]
        across = np.linspace(0, FULL, wide, dtype=np.int16)[None, :]
        down = np.linspace(0, FULL, high, dtype=np.int16)[:, None]
        if self.layer.motion in ("turn", "drain"):
            angle = np.arctan2(np.arange(wide)[None, :] - wide / 2 + 0.5, high / 2 - 0.5 - np.arange(high)[:, None])
            return ((angle / (2 * np.pi)) % 1 * FULL).astype(np.int16)
        return {"left": across[:, ::-1], "down": down, "up": down[::-1]}.get(self.layer.motion, across)

    def box(self, stance: Stance) -> Box:
        """The rectangle that the layer covers."""
        high, wide = self.layer.pixels.shape[:2]
        return stance.x, stance.y, stance.x + wide, stance.y + high

    def changed(self, old: Stance | None, new: Stance | None) -> list[Box]:
        """The rectangles to paint again: a strip where a front moved on, else the old and the new place."""
        if old and new and (old.x, old.y, old.opaque) == (new.x, new.y, new.opaque) and min(self.order.shape) == 1:
            return [self._strip(old, new)]
        return [self.box(stance) for stance in (old, new) if stance]

    def _strip(self, old: Stance, new: Stance) -> Box:
        left, top, right, bottom = self.box(new)
        order = self.order.ravel()
        low, high = sorted((_front(old.come), _front(new.come)))
        touched = np.flatnonzero((order >= low - SOFT - 1) & (order <= high + 1))
        first, last = (int(touched[0]) // 2 * 2, int(touched[-1]) // 2 * 2 + 2) if touched.size else (0, 0)
        if self.order.shape[0] == 1:
            return left + first, top, min(right, left + last), bottom
        return left, top + first, right, min(bottom, top + last)

    def paint(self, canvas: Sequence[Plane], box: Box, stance: Stance) -> None:
        """Blend the part of the layer inside `box` into the canvas."""
        mine = self.box(stance)
        left, top = max(box[0], mine[0], 0), max(box[1], mine[1], 0)
        right, bottom = min(box[2], mine[2], canvas[0].shape[1]), min(box[3], mine[3], canvas[0].shape[0])
        if left >= right or top >= bottom:
            return
        cover = self._cover(stance, (left - mine[0], top - mine[1], right - mine[0], bottom - mine[1]))
        for plane, (values, alpha), half in zip(canvas, self.planes, (1, 2, 2), strict=True):
            here = np.s_[(top - mine[1]) // half : (bottom - mine[1]) // half, (left - mine[0]) // half : (right - mine[0]) // half]
            share = alpha[here] if cover is None else _byte(alpha[here] * cover[::half, ::half])
            spot = plane[top // half : bottom // half, left // half : right // half]
            spot[:] = _byte(spot * (FULL - share) + values[here] * share)

    def _cover(self, stance: Stance, part: Box) -> Wide | None:
        """How much of the layer's own opacity counts, or None for all of it."""
        whole = stance.come == FULL if self.layer.motion != "drain" else stance.come == 0
        if whole:
            return None if stance.opaque == FULL else np.full((1, 1), stance.opaque, np.uint16)
        left, top, right, bottom = part
        order = self.order[
            slice(None) if self.order.shape[0] == 1 else slice(top, bottom),
            slice(None) if self.order.shape[1] == 1 else slice(left, right),
        ]
        seen = np.clip((_front(stance.come) - order) * (FULL // SOFT), 0, FULL)
        if self.layer.motion == "drain":
            seen = FULL - seen
        return (seen.astype(np.uint16) * stance.opaque // FULL)


class Canvas:
    """One frame that is repainted in place. The encoder copies what it is given, so that the same frame serves always."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self._acts = [(act, Paint(act.layer)) for act in acts[1:]]
        self._ground = [values.astype(np.uint8) for values, _ in Paint(acts[0].layer).planes]
        self._stances: list[Stance | None] = [None] * len(self._acts)
        high, wide = self._ground[0].shape
        self.frame = av.VideoFrame(wide, high, "yuv420p")
        self._planes = [_view(plane, shape.shape) for plane, shape in zip(self.frame.planes, self._ground, strict=True)]
        for plane, ground in zip(self._planes, self._ground, strict=True):
            plane[:] = ground

    def show(self, time: float) -> bool:
        """Paint what changed since the last call; whether anything did."""
        stances = [act.stance(time) for act, _ in self._acts]
        boxes = list(self._changes(stances))
        self._stances = stances
        for box in boxes:
            self._repaint(box)
        return bool(boxes)

    def _changes(self, stances: Sequence[Stance | None]) -> Iterator[Box]:
        for (_, paint), old, new in zip(self._acts, self._stances, stances, strict=True):
            if old != new:
                yield from paint.changed(old, new)

    def _repaint(self, box: Box) -> None:
        left, top, right, bottom = (max(0, edge) for edge in box)
        for plane, ground, half in zip(self._planes, self._ground, (1, 2, 2), strict=True):
            here = np.s_[top // half : bottom // half, left // half : right // half]
            plane[here] = ground[here]
        for (_, paint), stance in zip(self._acts, self._stances, strict=True):
            if stance:
                paint.paint(self._planes, (left, top, right, bottom), stance)


def _view(plane: av.video.plane.VideoPlane, shape: tuple[int, ...]) -> Plane:
    rows: Plane = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: shape[0], : shape[1]]


def _quarters(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of every square of four pixels."""
    return (values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]) / 4


def _front(come: int) -> int:
    return come + come * SOFT // FULL


def _wide(values: NDArray[np.float32]) -> Wide:
    return values.round().astype(np.uint16)


def _byte(product: Wide) -> Wide:
    """Products of two bytes divided by 255, rounded, without leaving 16 bits."""
    product += 128
    product += product >> 8
    product >>= 8
    return product
