"""What a GGUF file says about itself, before its weights: names and values, among them the tokeniser's words.

Source of the layout: github.com/ggml-org/ggml, docs/gguf.md. The `gguf` package reads the same, in a minute instead of a
second, because it wraps each of the 300,000 words in an array.
"""

import mmap
import struct
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import DamagedWeights

MAGIC = b"GGUF"
NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
"""Kinds of numbers, by their code in the file."""
STRING, ARRAY = 8, 9
COUNT = struct.Struct("<Q")
KIND = struct.Struct("<I")


def read_facts(path: Path) -> Mapping[str, object]:
    """Every name and value; lists for arrays. Raises `DamagedWeights` for a file that is no GGUF."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _Reader(content).facts()
    except (OSError, ValueError, KeyError, struct.error) as fault:
        raise DamagedWeights(f"{path} could not be read as GGUF ({fault}): run `python -m pipeline models pull`.") from fault


class _Reader:
    """Goes through the head of the file."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._at = len(MAGIC) + KIND.size + COUNT.size  # after the version of the format and the number of tensors

    def facts(self) -> dict[str, object]:
        if self._content[:len(MAGIC)] != MAGIC:
            raise ValueError("it does not begin with GGUF")
        return {self._text(): self._value(self._number(KIND)) for _ in range(self._number(COUNT))}

    def _value(self, kind: int) -> object:
        if kind == STRING:
            return self._text()
        if kind == ARRAY:
            inner, length = self._number(KIND), self._number(COUNT)
            return [self._text() for _ in range(length)] if inner == STRING else self._numbers(inner, length)
        return self._numbers(kind, 1)[0]

    def _numbers(self, kind: int, length: int) -> list[int | float | bool]:
        shape = struct.Struct(f"<{length}{NUMBERS[kind][1]}")
        found = shape.unpack_from(self._content, self._at)
        self._at += shape.size
        return list(found)

    def _text(self) -> str:
        length = self._number(COUNT)
        begin, self._at = self._at, self._at + length
        return self._content[begin:self._at].decode("utf-8")

    def _number(self, shape: struct.Struct) -> int:
        number: int = shape.unpack_from(self._content, self._at)[0]
        self._at += shape.size
        return number
