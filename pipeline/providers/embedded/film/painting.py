"""One layer as planes of 4:2:0 colour: where it changes the picture, and how it is blended into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.providers.embedded.boards import Layer
from pipeline.providers.embedded.film.motion import FULL, Stance

Plane = NDArray[np.uint8]
Wide = NDArray[np.uint16]
Real = NDArray[np.floating[Any]]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom; even numbers."""
HALVES = (1, 2, 2)
"""By how much Y, U and V are smaller than the picture, each way."""
LUMA = (np.float32(0.2126), np.float32(0.7152), np.float32(0.0722))
"""BT.709."""
SOFT = 10
"""Width of the soft front of a wipe, in 255ths of the way."""


@dataclass(frozen=True)
class Paint:
    """A layer that can be painted, at any stance."""

    layer: Layer

    @cached_property
    def planes(self) -> list[tuple[Wide, Wide]]:
        """(values, opacity) for Y, U and V, as 16-bit numbers in 0…255 so that products fit."""
        red, green, blue, alpha = (channel.astype(np.float32) for channel in np.moveaxis(self.layer.pixels, -1, 0))
        y = red * LUMA[0] + green * LUMA[1] + blue * LUMA[2]
        weight = _quarters(alpha)
        planes = [(_wide(16 + y * (219 / 255)), alpha.astype(np.uint16))]
        for channel, span in ((blue, 1.8556), (red, 1.5748)):
            difference = _quarters((channel - y) * alpha) / np.maximum(weight, 1e-3)
            planes.append((_wide(128 + difference * (224 / 255 / span)), _wide(weight)))
        return planes

    @cached_property
    def order(self) -> NDArray[np.int16]:
        """When each pixel comes, 0…255; one row or one column where that is enough."""
        high, wide = self.layer.pixels.shape[:2]
        across = np.linspace(0, FULL, wide, dtype=np.int16)[None, :]
        down = np.linspace(0, FULL, high, dtype=np.int16)[:, None]
        if self.layer.motion == "drain":
            right, up = np.arange(wide)[None, :] - wide / 2 + 0.5, high / 2 - 0.5 - np.arange(high)[:, None]
            share: Real = (np.arctan2(right, up) / (2 * np.pi)) % 1
            return np.asarray(share * FULL, np.int16)
        return {"left": across[:, ::-1], "down": down, "up": down[::-1]}.get(self.layer.motion, across)

    def box(self, stance: Stance) -> Box:
        """The rectangle that the layer covers."""
        high, wide = self.layer.pixels.shape[:2]
        return stance.x, stance.y, stance.x + wide, stance.y + high

    def changed(self, old: Stance | None, new: Stance | None) -> list[Box]:
        """The rectangles to paint again: a strip where a front moved on, else the old and the new place."""
        if old and new and (old.x, old.y, old.opaque) == (new.x, new.y, new.opaque) and min(self.order.shape) == 1:
            return [self._strip(old, new)]
        boxes = [self.box(stance) for stance in (old, new) if stance]
        return [around(*boxes)] if len(boxes) == 2 and meet(*boxes) else boxes

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
        common = max(box[0], mine[0]), max(box[1], mine[1]), min(box[2], mine[2]), min(box[3], mine[3])
        if common[0] >= common[2] or common[1] >= common[3]:
            return
        inner = common[0] - mine[0], common[1] - mine[1], common[2] - mine[0], common[3] - mine[1]
        cover = self._cover(stance, inner)
        for plane, (values, alpha), half in zip(canvas, self.planes, HALVES, strict=True):
            here = window(inner, half)
            share = alpha[here] if cover is None else _byte(alpha[here] * cover[::half, ::half])
            spot = plane[window(common, half)]
            spot[:] = _byte(spot * (FULL - share) + values[here] * share)

    def _cover(self, stance: Stance, part: Box) -> Wide | None:
        """How much of the layer's own opacity counts, or None for all of it."""
        whole = stance.come == FULL if self.layer.motion != "drain" else stance.come == 0
        if whole:
            return None if stance.opaque == FULL else np.full((1, 1), stance.opaque, np.uint16)
        rows, columns = window(part, 1)
        one_row, one_column = (size == 1 for size in self.order.shape)
        order = self.order[slice(None) if one_row else rows, slice(None) if one_column else columns]
        seen = np.clip((_front(stance.come) - order) * (FULL // SOFT), 0, FULL)
        if self.layer.motion == "drain":
            seen = FULL - seen
        return seen.astype(np.uint16) * stance.opaque // FULL


def meet(box: Box, other: Box) -> bool:
    """Whether two boxes overlap."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def around(box: Box, other: Box) -> Box:
    """The smallest box around both."""
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])


def window(box: Box, half: int) -> tuple[slice, slice]:
    """The rows and columns of the box in a plane."""
    left, top, right, bottom = box
    return slice(top // half, bottom // half), slice(left // half, right // half)


def _front(come: int) -> int:
    return come + come * SOFT // FULL


def _quarters(values: Real) -> Real:
    """The mean of every square of four pixels."""
    return (values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]) / 4


def _wide(values: Real) -> Wide:
    return values.round().astype(np.uint16)


def _byte(product: Wide) -> Wide:
    """Products of two bytes divided by 255, rounded, without leaving 16 bits."""
    product += 128
    product += product >> 8
    product >>= 8
    return product
