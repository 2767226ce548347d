"""Tokens are counted from the head of a GGUF file; a small one is written here by hand."""

import struct
from pathlib import Path

import pytest

from pipeline.errors import DamagedWeights, OperatorError
from pipeline.ports import Prompt
from pipeline.providers.embedded.counter import GgufCounter
from pipeline.providers.embedded.gguf import read_facts

BYTES = [*range(33, 127), *range(161, 173), *range(174, 256)]
"""What the byte-level alphabet writes as itself; the others begin at 256."""
LETTERS = [chr(b) for b in BYTES] + [chr(256 + n) for n in range(256 - len(BYTES))]
WORDS = [*LETTERS, "he", "ll", "hell", "hello", "<|im_start|>", "<|im_end|>"]
MERGES = ["h e", "l l", "he ll", "hell o"]


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(path: Path, **changes: object) -> Path:
    """A model without weights."""
    facts: dict[str, object] = {
        "tokenizer.ggml.pre": "qwen2", "tokenizer.chat_template": "<|im_start|>", "some.number": 7,
        "tokenizer.ggml.tokens": WORDS, "tokenizer.ggml.merges": MERGES,
        "tokenizer.ggml.token_type": [3 if word.startswith("<|") else 1 for word in WORDS], **changes}
    body = b""
    for name, value in facts.items():
        body += text(name)
        if isinstance(value, str):
            body += struct.pack("<I", 8) + text(value)
        elif isinstance(value, int):
            body += struct.pack("<II", 4, value)
        elif isinstance(value, list) and isinstance(value[0], str):
            body += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        elif isinstance(value, list):
            body += struct.pack("<IIQ", 9, 5, len(value)) + struct.pack(f"<{len(value)}i", *value)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(facts)) + body)
    return path


def prompt(system: str, user: str) -> Prompt:
    return Prompt(name="x", version="x", system=system, user=user, max_tokens=1)


def test_words_are_joined_by_the_models_own_merges(tmp_path: Path):
    counter = GgufCounter(gguf(tmp_path / "tiny.gguf"))
    format_alone = counter.count(prompt("", ""))
    assert counter.count(prompt("", "hello")) == format_alone + 1
    assert counter.count(prompt("hello", "hell")) == format_alone + 2
    assert counter.count(prompt("", "é")) == format_alone + 2  # two bytes, no merge
    assert counter.count(prompt("", "e\u0301")) == format_alone + 3  # nor is text normalised first
    assert counter.name == "the tokeniser of tiny"


def test_every_kind_of_value_is_read(tmp_path: Path):
    facts = read_facts(gguf(tmp_path / "tiny.gguf"))
    assert facts["some.number"] == 7 and facts["tokenizer.ggml.merges"] == MERGES


@pytest.mark.parametrize("content", [b"", b"GGUF", b"PK\x03\x04 something else entirely, and long enough"])
def test_what_is_no_gguf_is_refused_with_the_way_out(tmp_path: Path, content: bytes):
    file = tmp_path / "broken.gguf"
    file.write_bytes(content)
    with pytest.raises(DamagedWeights, match="could not be read as GGUF"):
        GgufCounter(file)


@pytest.mark.parametrize("changes", [{"tokenizer.ggml.pre": "llama-bpe"}, {"tokenizer.chat_template": "[INST]"}])
def test_another_kind_of_tokeniser_is_not_guessed(tmp_path: Path, changes: dict[str, object]):
    with pytest.raises(OperatorError, match="cannot be counted"):
        GgufCounter(gguf(tmp_path / "other.gguf", **changes))
