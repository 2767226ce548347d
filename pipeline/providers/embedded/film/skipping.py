"""Frames in which nothing moves, without encoding them.

H.264 has a picture that says "like the one before" in a few dozen bytes. The encoder writes one once, and copies of it
stand for every still frame. Each picture of the stream carries a counter, `frame_num` (H.264, 7.3.3), which is set
anew in each packet. This holds for streams of one slice per picture, without B-frames, with order count type 2.
"""

import re
from dataclasses import dataclass

START = re.compile(rb"\x00\x00\x00?\x01")
IDR, SLICE, PARAMETERS = 5, 1, 7


@dataclass(frozen=True)
class Counter:
    """Sets `frame_num` in packets of one stream. `bits` is its width in that stream."""

    bits: int

    def numbered(self, packet: bytes, number: int) -> bytes:
        """The packet as picture `number` since the last key picture."""
        start = next(found.end() for found in START.finditer(packet) if packet[found.end()] & 31 == SLICE)
        content = packet[start:].replace(b"\x00\x00\x03", b"\x00\x00")
        edited = self._set(content, number % (1 << self.bits))
        return packet[:start] + re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", edited)

    def _set(self, content: bytes, number: int) -> bytes:
        head, rest = int.from_bytes(content[:8]), content[8:]
        reader = _Bits(head, position=8)
        for _ in range(3):  # first macroblock, slice type, picture parameter set
            reader.golomb()
        shift = 64 - reader.position - self.bits
        mask = ((1 << self.bits) - 1) << shift
        return ((head & ~mask) | (number << shift)).to_bytes(8) + rest


def counter_of(extradata: bytes) -> Counter:
    """The counter of the stream that has these parameter sets (Annex B, High profile)."""
    start = next(found.end() for found in START.finditer(extradata) if extradata[found.end()] & 31 == PARAMETERS)
    content = extradata[start : start + 24].replace(b"\x00\x00\x03", b"\x00\x00")[:16].ljust(16, b"\x00")
    reader = _Bits(int.from_bytes(content), position=32, length=128)
    for _ in range(4):  # the set's number, chroma format, luma and chroma depth
        reader.golomb()
    reader.take(2)  # lossless flag, scaling matrices
    return Counter(bits=reader.golomb() + 4)


class _Bits:
    """Reads bits from the front of a number."""

    def __init__(self, value: int, *, position: int, length: int = 64) -> None:
        self._value = value
        self._length = length
        self.position = position

    def take(self, count: int) -> int:
        self.position += count
        return (self._value >> (self._length - self.position)) & ((1 << count) - 1)

    def golomb(self) -> int:
        """An unsigned Exp-Golomb number (H.264, 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)
