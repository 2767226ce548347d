"""Painting a scene frame by frame: only what changed is painted again, over a picture of all that rests."""

from collections.abc import Iterable, Sequence

import av
import numpy as np
from av.video.plane import VideoPlane

from pipeline.providers.embedded.film.motion import Act, Stance
from pipeline.providers.embedded.film.painting import HALVES, Box, Paint, Plane, meet, window

Stances = Sequence[Stance | None]


class Canvas:
    """One frame that is repainted in place. The encoder copies what it is given, so one frame serves throughout."""

    def __init__(self, acts: Sequence[Act], height: int) -> None:
        """`acts` from the lowest to the highest layer; the first is a tile of the ground."""
        self._acts = [(act, Paint(act.layer)) for act in acts[1:]]
        self._colours = [int(values[0, 0]) for values, _ in Paint(acts[0].layer).planes]
        self._stances: Stances = [None] * len(self._acts)
        self._resting: frozenset[int] = frozenset()
        self._size = height * 16 // 9, height
        self.frame = av.VideoFrame(*self._size, "yuv420p")
        self._planes = [_view(plane) for plane in self.frame.planes]
        for plane, colour in zip(self._planes, self._colours, strict=True):
            plane[:] = colour
        self._rest = [plane.copy() for plane in self._planes]

    def show(self, time: float) -> bool:
        """Paint what changed since the last call; whether anything did."""
        stances = [act.stance(time) for act, _ in self._acts]
        if stances == self._stances:
            return False
        boxes = [
            box
            for (_, paint), old, new in zip(self._acts, self._stances, stances, strict=True) if old != new
            for box in paint.changed(old, new)
        ]
        self._settle(stances)
        self._stances = stances
        moving = [index for index in range(len(stances)) if index not in self._resting]
        for box in boxes:
            self._repaint(box, moving)
        return True

    def _settle(self, stances: Stances) -> None:
        """Bring the picture of what rests up to date. A layer above one that moves does not count as resting."""
        before, loose = self._resting, self._loose(stances)
        self._resting = frozenset(
            index for index, (act, _) in enumerate(self._acts) if stances[index] == act.rest and index not in loose
        )
        for index in before ^ self._resting:
            act, paint = self._acts[index]
            box = self._inside(paint.box(act.rest))
            for plane, colour, half in zip(self._rest, self._colours, HALVES, strict=True):
                plane[window(box, half)] = colour
            self._paint(self._rest, box, [act.rest for act, _ in self._acts], sorted(self._resting))

    def _loose(self, stances: Stances) -> set[int]:
        """The layers that move, and those that lie upon them."""
        loose: set[int] = set()
        boxes: list[Box] = []
        for index, (act, paint) in enumerate(self._acts):
            stance = stances[index]
            if stance is None:
                continue
            box = paint.box(stance)
            if stance != act.rest or any(meet(box, other) for other in boxes):
                loose.add(index)
                boxes.append(box)
        return loose

    def _repaint(self, box: Box, moving: Sequence[int]) -> None:
        box = self._inside(box)
        for plane, rest, half in zip(self._planes, self._rest, HALVES, strict=True):
            plane[window(box, half)] = rest[window(box, half)]
        self._paint(self._planes, box, self._stances, moving)

    def _paint(self, planes: Sequence[Plane], box: Box, stances: Stances, chosen: Iterable[int]) -> None:
        for index in chosen:
            stance = stances[index]
            if stance:
                self._acts[index][1].paint(planes, box, stance)

    def _inside(self, box: Box) -> Box:
        wide, high = self._size
        return max(0, box[0]), max(0, box[1]), min(wide, box[2]), min(high, box[3])


def _view(plane: VideoPlane) -> Plane:
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
