"""Words of students and models as they are: nothing in them may become markup, a picture, a link or a formula."""

import re

JOINER = "\u2060"
"""Takes no space. It parts what Streamlit would still find after escaping: shortcodes, directives, links, arrows."""
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:=\"'^/%@])")
_FOUND_AFTER_ESCAPING = re.compile(r"(?<=[:@])(?=\S)|(?<=\bwww)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def literal(text: str) -> str:
    """Markdown that shows exactly this text, on one line, in any place where Streamlit takes Markdown."""
    parted = _FOUND_AFTER_ESCAPING.sub(JOINER, " ".join(text.split()))
    return _MARKUP.sub(r"\\\1", parted)


def csv_cell(value: object) -> object:
    """The value for a CSV file: a text that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
