"""Patterns in RE2's syntax, which are matched in time that grows with the text and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import re2

Patterns = Mapping[str, Any]
"""What a pattern means, and the pattern; the first that is found counts."""


def compiled(*alternatives: str, caseless: bool = False) -> Any:
    """One pattern of several."""
    options = re2.Options()
    options.case_sensitive, options.log_errors = not caseless, False
    return re2.compile("|".join(f"(?:{each})" for each in alternatives), options)


def first(patterns: Patterns, texts: Sequence[str]) -> str | None:
    """The meaning of the first pattern that stands in any of the texts."""
    return next((meaning for meaning, pattern in patterns.items() if any(pattern.search(text) for text in texts)), None)
