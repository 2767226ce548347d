"""SQL text in one spelling: PostgreSQL rewrites what it stores and SQLite keeps it verbatim, so texts are compared as words."""

import re
from collections.abc import Sequence

TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[\w$]+(?:\.\d+)?|::|<>|!=|==|<=|>=|\|\||->>|->|\S""")
SAME = {"!=": "<>", "==": "="}
NOISE = frozenset("( ) [ ] , = :: in any array text character varying varchar".split())
"""What stands around the members of a list, in the spelling of either database."""


def tokens(sql: str) -> list[str]:
    """The words of the text: names without quotes, everything else but literals in lower case."""
    return [_word(token) for token in TOKEN.findall(sql)]


def _word(token: str) -> str:
    if token[0] == "'":
        return token
    return token[1:-1] if token[0] in '"`' else SAME.get(token, token.lower())


def normal(sql: str) -> str:
    """The text in one spelling, without brackets around the whole."""
    return " ".join(bare(tokens(sql)))


def bare(words: Sequence[str]) -> Sequence[str]:
    """Without the brackets around the whole."""
    while words and words[0] == "(" and closing(words, 0) == len(words) - 1:
        words = words[1:-1]
    return words


def closing(words: Sequence[str], opened: int) -> int:
    """Where the bracket closes that opens at this place."""
    depth = 0
    for place in range(opened, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place], 0)
        if depth == 0:
            return place
    return len(words) - 1


def literal(value: str) -> str:
    """A default in one spelling: SQLite stores true and '1' and 1 alike in a column of numbers."""
    words = bare(tokens(value))
    text = " ".join(words)
    if len(words) == 1 and text.startswith("'"):
        text = text[1:-1]
    return {"true": "1", "false": "0"}.get(text.lower(), text)


def members(sql: str, column: str) -> frozenset[str] | None:
    """The members of `column IN ('a', 'b')`, however the database spells it; None for any other condition."""
    words = [word for word in tokens(sql) if word not in NOISE or word == column]
    literals = [word for word in words if word.startswith("'")]
    others = [word for word in words if not word.startswith("'") and not word.isdigit()]
    if not literals or others != [column]:
        return None
    return frozenset(word[1:-1].replace("''", "'") for word in literals)
