"""A whitespace-separated piece of text -> its core, its pause mark, and whether a remark in brackets opens with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.speech import symbols as table

OPENING, CLOSING = "“\"'‘([{*_`„«", "”\"'’)]}.,;:!?…*_`»"
PAUSES = (".", "!", "?", ";", ":", ",")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A piece of text without its outer punctuation."""

    written: str
    core: str
    pause: str
    opens: bool


def token_of(written: str) -> Token:
    """The token of a written piece."""
    bare = written.strip("“”\"'‘’([{*_`)]}").rstrip(",;:")
    if bare in table.ABBREVIATIONS:
        ends = bare in table.ENDING_ABBREVIATIONS and written.endswith((",", ";", ":"))
        return Token(written=written, core=bare, pause="," if ends else "", opens=False)
    core = written.lstrip(OPENING)
    opens = re.match(r"\([^\W\d]+[),.]*$", written) is not None
    core = core.rstrip(CLOSING)
    tail = written[written.rfind(core) + len(core):] if core else ""
    if core.count("(") > core.count(")") and tail.startswith(")"):
        core, tail = f"{core})", tail[1:]
    pause = next((mark for mark in PAUSES if mark in tail.replace("…", ".")), "," if ")" in tail else "")
    return Token(written=written, core=core, pause=pause, opens=opens)


def core_at(tokens: Sequence[Token], place: int) -> str:
    """The core of a token, or nothing beyond the ends."""
    return tokens[place].core if 0 <= place < len(tokens) else ""
