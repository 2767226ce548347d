"""What people type, as it may be kept: plain text on one line, or one sentence that names the field and the limit."""

import unicodedata

from pipeline.errors import BadRequest

REFUSED = ("Cc", "Cs")
"""Control characters and half characters, which databases and terminals do not take."""


def is_plain(value: object) -> bool:
    """Whether it is text without control characters and half characters."""
    return isinstance(value, str) and not any(unicodedata.category(character) in REFUSED for character in value)


def one_line(field: str, value: object, least: int, most: int) -> str:
    """The text with single spaces, of `least` to `most` characters; new lines and tabs count as spaces."""
    if not isinstance(value, str):
        raise BadRequest(field, "must be text.")
    if not is_plain(value.translate(dict.fromkeys(map(ord, "\n\t\r"), " "))):
        raise BadRequest(field, "must be plain text without control characters.")
    line = " ".join(value.split())
    if not least <= len(line) <= most:
        raise BadRequest(field, f"must have {least} to {most} characters; it has {len(line)}.")
    return line
