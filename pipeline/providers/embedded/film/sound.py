"""The soundtrack as AAC, in a file of its own so that both sizes of a film share it."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

RATE = 48_000
BITS_PER_SECOND = 160_000
FRAME = 1024
OPTIONS = {"aac_coder": "fast", "aac_tns": "0", "aac_pns": "0"}
"""At this rate the quick search sounds like the thorough one, at half its cost."""


def encode_sound(wav: Path, path: Path, tell: Callable[[], None]) -> None:
    """Write the WAV as mono AAC in an MP4 container. `tell` is called now and then and may raise."""
    with av.open(str(wav)) as source, av.open(str(path), "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=RATE, layout="mono", options=OPTIONS)
        stream.bit_rate = BITS_PER_SECOND
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE, frame_size=FRAME)
        for decoded in source.decode(audio=0):
            tell()
            for frame in resampler.resample(decoded):
                file.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def seconds_of(wav: Path) -> float:
    """The length of the sound."""
    with av.open(str(wav)) as source:
        stream = source.streams.audio[0]
        return float((stream.duration or 0) * (stream.time_base or Fraction(0)))
