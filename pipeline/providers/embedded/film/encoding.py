"""A scene -> a segment of H.264: frames that move are encoded, frames that do not are repeated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from pipeline.providers.embedded.film.composing import Canvas
from pipeline.providers.embedded.film.motion import RATE, Act
from pipeline.providers.embedded.film.skipping import Counter, counter_of

KEY_FRAMES = 8 * RATE
"""A new key picture at the first movement after this many frames, for seeking."""
BT709 = 1
LIMITED = 1
# Boards are flat areas and sharp edges: a constant fine quantiser with intra partitions, and no search, filter or
# look-ahead, gives 54 dB in 3 ms a frame at 720 lines where `veryfast` needs 5. Nothing is held back, so each frame
# gives its packet at once.
OPTIONS = {
    "preset": "ultrafast",
    "profile": "high",
    "qp": "19",
    "forced-idr": "1",
    "x264-params": (
        "keyint=infinite:scenecut=0:bframes=0:ref=1:weightp=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:force-cfr=1:"
        "slices=1:stitchable=1:cabac=1:8x8dct=1:partitions=i4x4,i8x8:me=dia"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Still:
    """The packets that repeat the picture before them, by `frame_num`, and the counter that the other packets need."""

    packets: Sequence[bytes]
    counter: Counter

    def packet(self, number: int) -> bytes:
        """The repeat that is picture `number` since the last key picture."""
        return self.packets[number % len(self.packets)]


def encode_scene(
    acts: Sequence[Act], path: Path, *, height: int, frames: int, tell: Callable[[], None]
) -> None:
    """Write `frames` frames as an MP4 without sound. `tell` is called at every frame and may raise."""
    canvas = Canvas(acts, height)
    wide, high = canvas.frame.width, canvas.frame.height
    with av.open(str(path), "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=RATE)
        encoder = _prepared(stream.codec_context, wide, high)
        still = still_of(wide, high)
        key = 0
        for index in range(frames):
            tell()
            moved = canvas.show(index / RATE)
            if index == 0 or (moved and index - key >= KEY_FRAMES):
                key = index
            if not moved and index:
                content = still.packet(index - key)
            else:
                content = _encoded(encoder, canvas.frame, index, key == index)
                content = content if key == index else still.counter.numbered(content, index - key)
            file.mux(_packet(content, stream, index, key == index))


def _packet(content: bytes, stream: av.VideoStream, index: int, key: bool) -> "av.Packet[Stream]":
    packet = av.Packet(content)
    packet.stream = stream
    packet.time_base = Fraction(1, RATE)
    packet.pts = packet.dts = index
    packet.duration = 1
    packet.is_keyframe = key
    return packet


def _encoded(encoder: VideoCodecContext, frame: av.VideoFrame, index: int, key: bool) -> bytes:
    """The frame's packet, which this encoder gives at once because nothing looks ahead."""
    frame.pts = index
    frame.time_base = Fraction(1, RATE)
    frame.pict_type = PictureType.I if key else PictureType.NONE
    (packet,) = encoder.encode(frame)
    return bytes(packet)


def _prepared(encoder: VideoCodecContext, wide: int, high: int) -> VideoCodecContext:
    encoder.width, encoder.height, encoder.pix_fmt = wide, high, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, RATE), Fraction(RATE)
    encoder.thread_count = 1
    encoder.color_primaries = encoder.color_trc = encoder.colorspace = BT709
    encoder.color_range = LIMITED
    encoder.flags |= av.codec.context.Flags.global_header
    encoder.options = OPTIONS
    encoder.open()
    return encoder


@lru_cache(maxsize=4)
def still_of(wide: int, high: int) -> Still:
    """Encode a grey picture twice: the second packet says nothing but "as before"."""
    encoder = _prepared(av.CodecContext.create("libx264", "w"), wide, high)
    frame = av.VideoFrame(wide, high, "yuv420p")
    for plane in frame.planes:
        np.frombuffer(memoryview(plane), np.uint8)[:] = 128
    _encoded(encoder, frame, 0, True)
    packet = _encoded(encoder, frame, 1, False)
    counter = counter_of(encoder.extradata or b"")
    return Still(packets=[counter.numbered(packet, number) for number in range(1 << counter.bits)], counter=counter)
