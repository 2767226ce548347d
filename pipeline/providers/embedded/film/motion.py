"""How layers come, move and go: a layer and the times of its scene -> where it stands in a given frame."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.providers.embedded.boards import Layer

FULL = 255
RATE = 24
LEAVING = 0.3
"""How long the last picture of a scene takes to fade, and a layer that gives way to the next."""
ALWAYS = -10.0
TICK = 2.0
"""The progress line moves this often: a picture that changes in every frame could not be reused."""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """A way to appear: how long it takes, how far it rises (lines of a 1080-line board), its easing."""

    seconds: float
    rise: float = 0.0
    even: bool = False


MOTIONS: Mapping[str, Motion] = {
    "ground": Motion(seconds=0.0),
    "rise": Motion(seconds=0.45, rise=24.0),
    "fade": Motion(seconds=0.4),
    "right": Motion(seconds=0.45),
    "left": Motion(seconds=0.45),
    "up": Motion(seconds=0.45),
    "down": Motion(seconds=0.45),
    "grow": Motion(seconds=0.7),
    "sweep": Motion(seconds=1.2),
    "stay": Motion(seconds=0.0),
    "draw": Motion(seconds=2.5, even=True),
    "pen": Motion(seconds=2.5, even=True),
    "travel": Motion(seconds=0.7),
    "drain": Motion(seconds=0.0),
    "progress": Motion(seconds=0.0),
}


@dataclass(frozen=True, kw_only=True)
class Stance:
    """A layer in one frame: its corner, how much of it has come (0…255), how opaque it is (0…255)."""

    x: int
    y: int
    come: int
    opaque: int


@dataclass(frozen=True, kw_only=True)
class Act:
    """A layer with the times at which it comes and goes."""

    layer: Layer
    start: float
    leave: float
    leaving: float

    def stance(self, time: float) -> Stance | None:
        """Where the layer stands, or None while it cannot be seen."""
        if self._settled <= time < self.leave:
            return self.rest
        if time < self.start or time >= self.leave + self.leaving:
            return None
        motion = MOTIONS[self.layer.motion]
        share = min(1.0, (time - self.start) / motion.seconds) if motion.seconds else 1.0
        come = round(FULL * (share if motion.even else 1 - (1 - share) ** 3))
        opaque = FULL if time < self.leave else round(FULL * (1 - (time - self.leave) / self.leaving))
        return self._placed(time, share=share, come=come, opaque=opaque)

    @cached_property
    def _settled(self) -> float:
        """From when on the layer rests until it leaves."""
        moving = self.layer.motion in ("drain", "progress", "pen", "travel")
        return math.inf if moving else self.start + MOTIONS[self.layer.motion].seconds

    @cached_property
    def rest(self) -> Stance:
        """Where the layer stands once it has come and until it leaves."""
        return Stance(x=self.layer.x, y=self.layer.y, come=FULL, opaque=FULL)

    def _placed(self, time: float, *, share: float, come: int, opaque: int) -> Stance | None:
        layer, motion = self.layer, MOTIONS[self.layer.motion]
        if layer.motion in ("pen", "travel"):
            return self._on_path(share, even=motion.even, opaque=opaque)
        if layer.motion in ("drain", "progress"):
            step = TICK if layer.motion == "progress" else 2 / RATE
            share = math.floor((time - self.start) / step) * step / max(step, self.leave - self.start)
            return Stance(x=layer.x, y=layer.y, come=round(FULL * min(1.0, share)), opaque=FULL)
        fades = layer.motion in ("rise", "fade")
        lift = 2 * round(motion.rise * (1 - come / FULL) / 2)
        return Stance(
            x=layer.x, y=layer.y + lift, come=FULL if fades else come, opaque=opaque * come // FULL if fades else opaque
        )

    def _on_path(self, share: float, *, even: bool, opaque: int) -> Stance | None:
        """The sprite's place: a pen keeps an even pace from left to right, a traveller eases along its way."""
        path = self.layer.path
        if not path:
            return None
        if even:
            x = path[0][0] + share * (path[-1][0] - path[0][0])
            place = path[min(len(path) - 1, bisect_left(path, x, key=lambda p: p[0]))]
        else:
            place = path[round((share * share * (3 - 2 * share)) * (len(path) - 1))]
        return Stance(
            x=2 * round((place[0] + self.layer.x) / 2), y=2 * round((place[1] + self.layer.y) / 2), come=FULL,
            opaque=opaque,
        )


def plan(layers: Sequence[Layer], starts: Sequence[float], seconds: float, *, last: bool) -> list[Act]:
    """When every layer comes and goes. At the end the picture fades, except in the film's last scene."""
    end = seconds if last else seconds - LEAVING
    return [_act(layer, starts, end, last=last, seconds=seconds) for layer in layers]


def _act(layer: Layer, starts: Sequence[float], end: float, *, last: bool, seconds: float) -> Act:
    at = starts[layer.part] if 0 <= layer.part < len(starts) else 0.0
    earliest = starts[layer.part - 1] if 0 < layer.part < len(starts) and layer.delay < 0 else 0.0
    # A title card has no parts to wait for: it stands from the first frame, which is what a player shows before play.
    start = max(earliest, at + layer.delay, 0.0) if starts else ALWAYS
    if layer.motion in ("ground", "stay", "progress"):
        return Act(layer=layer, start=0.0, leave=seconds, leaving=math.inf)
    if layer.motion in ("pen", "travel"):
        return Act(layer=layer, start=start, leave=start + MOTIONS[layer.motion].seconds, leaving=0.2)
    given_up = layer.until is not None and layer.until < len(starts)
    leave = max(start, starts[layer.until or 0] - LEAVING) if given_up else end
    return Act(layer=layer, start=start, leave=leave, leaving=math.inf if last and leave == end else LEAVING)
