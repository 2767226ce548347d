"""Counts the tokens of a prompt as the local model will, from the tokeniser in its GGUF file; the weights stay unread."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

from pipeline.errors import OperatorError
from pipeline.ports import Prompt
from pipeline.providers.embedded.gguf import read_facts

KINDS: Mapping[str, str] = {
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}
"""How a kind of tokeniser parts text before it looks for words. Source: llama.cpp, src/llama-vocab.cpp, which does not
normalise the text first."""
CHATML = "<|im_start|>{role}\n{content}<|im_end|>\n"
ANSWER = "<|im_start|>assistant\n"
CONTROL, USER_DEFINED = 3, 4
"""Types of words that text never runs into."""


class GgufCounter:
    """`pipeline.prompts.Counter` for a GGUF model that talks in ChatML. Raises `OperatorError` for another one."""

    def __init__(self, path: Path) -> None:
        self.name = f"the tokeniser of {path.stem}"
        self._tokenizer = _tokenizer(path)

    def count(self, prompt: Prompt) -> int:
        """The tokens of the whole prompt."""
        said = "".join(CHATML.format(role=role, content=content)
                       for role, content in (("system", prompt.system), ("user", prompt.user)))
        return len(self._tokenizer.encode(said + ANSWER, add_special_tokens=False).ids)


def _tokenizer(path: Path) -> Tokenizer:
    facts = read_facts(path)
    kind = str(facts.get("tokenizer.ggml.pre"))
    if kind not in KINDS or "<|im_start|>" not in str(facts.get("tokenizer.chat_template")):
        raise OperatorError(f"The tokens of {path.name} cannot be counted: its tokeniser is of the kind {kind!r}, and "
                            f"{', '.join(KINDS)} with ChatML is known.")
    words = cast(list[str], facts["tokenizer.ggml.tokens"])
    merges = [cast(tuple[str, str], tuple(pair.split(" ", 1))) for pair in cast(list[str], facts["tokenizer.ggml.merges"])]
    tokenizer = Tokenizer(BPE({word: number for number, word in enumerate(words)}, merges))
    tokenizer.pre_tokenizer = Sequence([
        Split(Regex(KINDS[kind]), behavior="isolated"), ByteLevel(add_prefix_space=False, use_regex=False)])
    types = cast(list[int], facts["tokenizer.ggml.token_type"])
    tokenizer.add_special_tokens([word for word, kind in zip(words, types, strict=True) if kind in (CONTROL, USER_DEFINED)])
    return tokenizer
