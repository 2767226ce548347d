"""Lines of any log -> a label each, so that the lines of one template have one label; one configuration for every log.

All lines are seen before any is judged, so neither their order nor how often one is repeated matters.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.logs.cause import cause
from pipeline.logs.entry import Entry
from pipeline.logs.masking import WILD, mask
from pipeline.logs.slots import together

_VALUES = re.compile(
    r"""(?<![=!<>])=(?!=)(?:"[^"]*"|'[^']*'|[^\s,;=()\[\]{}<>"']*(?:\{[^{}]*\}|\([^()]*\)|\[[^\[\]]*\])|[^\s,;=()\[\]{}"']+)""")
"""What stands right behind an equals sign is a value."""
_BRACES = re.compile(r"\{[^{}]*[:=,][^{}]*\}")
_LISTS = re.compile(r"\[(?:[^\[\],]*,[^\[\]]*|'[^']*'|\"[^\"]*\")\]")
_NOBODY = re.compile(r"(?<=\s)\(\s*\)")
_EMPTY = re.compile(r"(?<=\s)\[\s*\]|''|\"\"")
_STATES = re.compile(r"\b(?:true|false|True|False|TRUE|FALSE)\b|(?<=[:=] )(?:null|none|None|nil|undefined)\b")
_LEVEL = re.compile(r"\b(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE|TRACE)\b[\]\s:|-]*(?=.)")
_MOST_OF_A_HEAD, _MOST_NAMED_IN_A_HEAD = 120, 2
"""Characters before the text, and names among them: a logger and a thread."""
_TRACEBACK = "Traceback (most recent call last)"
_INSIDE = ("jsonPayload", "exception", "error")
_SAID_IN = ("message", "msg", "textPayload", "log", "event")


def group(lines: Sequence[str]) -> Sequence[str]:
    """A label for each line, in their order: its template, or the cause's fingerprint where it holds a traceback."""
    forms = [_form(line) for line in lines]
    labels = together(set(forms))
    return [labels[form] for form in forms]


def _form(line: str) -> str:
    """The line without what can be known to vary by its own looks."""
    line = line.strip()
    words, trace = _in_json(line) if line.startswith("{") else (line, "")
    if not trace and _TRACEBACK in words:
        start = words.index(_TRACEBACK)
        words, trace = words[:start], words[start:]
    if trace:
        return f"fault {cause(Entry('', 0.0, '', words, trace)).fingerprint}"
    return _without_values(mask(words))


def _in_json(line: str) -> tuple[str, str]:
    """What a line of JSON says, and its traceback; the line itself when it is none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return line, ""
    told = dict(_told(said))
    trace = next((text for text in told.values() if _TRACEBACK in text), "")
    words = next((told[name] for name in _SAID_IN if name in told), "")
    return words or " ".join(f"{name}={WILD}" for name in sorted(told)), trace


def _told(said: object) -> Iterator[tuple[str, str]]:
    """Every name in an object with what it says, those of its payload and its exception too."""
    for name, value in said.items() if isinstance(said, dict) else ():
        if name in _INSIDE:
            yield from _told(value)
        else:
            yield name, value if isinstance(value, str) else ""


def _without_head(text: str) -> str:
    """What a line says begins behind when, who and how grave; only a line that begins with something masked has such a head."""
    found = _LEVEL.search(text, 0, _MOST_OF_A_HEAD)
    if found is None or not text.startswith(WILD, 1 if text[:1] in "[(" else 0):
        return text
    named = [word for word in text[:found.start()].split() if WILD not in word and word.strip("[]()|:-")]
    return text[found.end():] if len(named) <= _MOST_NAMED_IN_A_HEAD else text


@lru_cache(maxsize=50_000)
def _without_values(text: str) -> str:
    text = _NOBODY.sub(f"({WILD})", text)
    text = _EMPTY.sub(WILD, _STATES.sub(WILD, _without_head(text)))
    while (inner := _BRACES.sub(WILD, text)) != text:
        text = inner
    return " ".join(_VALUES.sub(f"={WILD}", _LISTS.sub(WILD, text)).split())
