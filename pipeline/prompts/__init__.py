"""Prompts are data: texts with declared variables, rendered in a sandbox. Knows no database and no label.

A missing or unknown variable is an error before any model is called.
"""

from pipeline.prompts.book import PromptBook
from pipeline.prompts.check import CONTEXT_TOKENS, ByteBound, Counter, Fault, check, refuse
from pipeline.prompts.diff import Change, PartDiff, Piece, diff, diff_prompts, parts
from pipeline.prompts.files import as_toml, read_prompts, read_text, read_texts
from pipeline.prompts.rendering import filled, plain
from pipeline.prompts.slots import SLOTS, Slot
from pipeline.prompts.split import Arm, Shares, assign
from pipeline.prompts.text import PromptText

__all__ = [
    "CONTEXT_TOKENS", "SLOTS", "Arm", "ByteBound", "Change", "Counter", "Fault", "PartDiff", "Piece", "PromptBook",
    "PromptText", "Shares", "Slot", "as_toml", "assign", "check", "diff", "diff_prompts", "filled", "parts", "plain",
    "read_prompts", "read_text", "read_texts", "refuse",
]
