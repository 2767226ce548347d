"""Painting a scene frame by frame: only the rectangles that changed are painted again."""

from collections.abc import Iterator, Sequence

import av
import numpy as np
from av.video.plane import VideoPlane

from pipeline.providers.embedded.film.motion import Act, Stance
from pipeline.providers.embedded.film.painting import HALVES, Box, Paint, Plane, window


class Canvas:
    """One frame that is repainted in place. The encoder copies what it is given, so one frame serves throughout."""

    def __init__(self, acts: Sequence[Act]) -> None:
        """`acts` from the lowest to the highest layer; the first is the opaque ground."""
        self._acts = [(act, Paint(act.layer)) for act in acts[1:]]
        self._ground = [values.astype(np.uint8) for values, _ in Paint(acts[0].layer).planes]
        self._stances: list[Stance | None] = [None] * len(self._acts)
        high, wide = self._ground[0].shape
        self.frame = av.VideoFrame(wide, high, "yuv420p")
        self._planes = [_view(plane, half.shape) for plane, half in zip(self.frame.planes, self._ground, strict=True)]
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
        high, wide = self._ground[0].shape
        box = max(0, box[0]), max(0, box[1]), min(wide, box[2]), min(high, box[3])
        for plane, ground, half in zip(self._planes, self._ground, HALVES, strict=True):
            plane[window(box, half)] = ground[window(box, half)]
        for (_, paint), stance in zip(self._acts, self._stances, strict=True):
            if stance:
                paint.paint(self._planes, box, stance)


def _view(plane: VideoPlane, shape: tuple[int, ...]) -> Plane:
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: shape[0], : shape[1]]
