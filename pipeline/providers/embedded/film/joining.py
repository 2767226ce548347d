"""Segments + sound + captions -> one MP4, by copying packets: nothing is encoded again."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av

from pipeline.providers.embedded.film.captions import add_captions, caption_packets
from pipeline.providers.embedded.film.motion import RATE

Packet: TypeAlias = "av.Packet[Any]"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A scene's file and how many of its frames the film shows."""

    path: Path
    frames: int


def join(title: str, segments: Sequence[Segment], sound: Path, captions: Path, path: Path) -> None:
    """Write the film with its title, its sound and its captions."""
    with (
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file,
        av.open(str(segments[0].path)) as first,
        av.open(str(sound)) as heard,
    ):
        file.metadata["title"] = title
        picture = file.add_stream_from_template(first.streams.video[0])
        voice = file.add_stream_from_template(heard.streams.audio[0])
        lines = add_captions(file)
        tracks = (_pictures(segments, picture), _sounds(heard, voice), caption_packets(captions, lines))
        for packet in heapq.merge(*tracks, key=_seconds):
            file.mux(packet)


def _seconds(packet: Packet) -> float:
    return float((packet.dts or 0) * packet.time_base)


def _pictures(segments: Sequence[Segment], stream: av.VideoStream) -> "Iterator[Packet]":
    shown = 0
    for segment in segments:
        with av.open(str(segment.path)) as source:
            for index, packet in enumerate(source.demux(video=0)):
                if index == segment.frames:
                    break
                packet.stream = stream
                packet.time_base = Fraction(1, RATE)
                packet.pts = packet.dts = shown + index
                packet.duration = 1
                yield packet
        shown += segment.frames


def _sounds(source: av.container.InputContainer, stream: av.AudioStream) -> "Iterator[Packet]":
    for packet in source.demux(audio=0):
        if packet.dts is not None:
            packet.stream = stream
            yield packet
