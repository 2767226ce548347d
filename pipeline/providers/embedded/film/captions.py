"""The WebVTT sidecar as a caption track inside the MP4 (3GPP timed text)."""

import html
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

MILLISECONDS = Fraction(1, 1000)
STYLES = b"[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Sans,18\n[Events]\nFormat: Layer, Text\n"
TAG = re.compile(r"<[^<>]*>")


def add_captions(file: av.container.OutputContainer) -> SubtitleStream:
    """A caption track, in English."""
    stream = file.add_stream("mov_text")
    stream.codec_context.subtitle_header = STYLES
    stream.codec_context.time_base = MILLISECONDS
    stream.metadata["language"] = "eng"
    return stream


def caption_packets(path: Path, stream: SubtitleStream) -> "Iterator[av.Packet[Stream]]":
    """The cues of the sidecar, in order."""
    with av.open(str(path), format="webvtt") as source:
        for cue in source.demux(subtitles=0):
            if cue.pts is None:
                continue
            text = html.unescape(TAG.sub("", bytes(cue).decode())).encode()
            packet = av.Packet(len(text).to_bytes(2) + text)
            packet.stream = stream
            packet.time_base = MILLISECONDS
            packet.pts = packet.dts = cue.pts
            packet.duration = cue.duration
            yield packet
