"""What was said around a fault and what was said of it: `Request <*> failed: timed out again` -> `timed out again`.

The texts have been through the masking of words already.
"""

import re
from typing import NamedTuple

LONGEST = 1200


class Why(NamedTuple):
    """The innermost words."""

    text: str
    exception: str = ""
    """The exception that they name, as printed."""


_CUTS = re.compile(
    r"\(Background on this error at:|\[SQL: |\[parameters: |\nLINE (?:\d+|<\*>):|\nDETAIL:|\nCONTEXT:|\nHINT:"
    r"|For further information visit|\. Retrying in |\. Running in mock mode|\. Message will be |\. If this is a class name"
    r"| ?\[execution_id=|, delivery_attempt=|, input_value=|\nDuring handling|\nTraceback \(most recent")
_DRIVER = re.compile(r"^\(([A-Za-z_][\w.]+)\) ")
_NAMED = re.compile(
    r"^(?:exception: |error: )?((?:[A-Za-z_]\w*\.)*[A-Z_]\w*"
    r"(?:Error|Exception|Exit|Interrupt|Iteration|Timeout|TimedOut|Fault|Denied|NotFound|Unavailable|Exceeded|Exhausted|Unauthenticated|Aborted|Conflict|Cancelled|Warning|Refused|Unauthorized|Forbidden)"
    r"|(?:[a-z_]\w*\.){1,8}[A-Z]\w+): ?(?=\S)")
_TAGGED = re.compile(
    r"^(?:(?:Request|Message|Job|Task|Execution|Lesson|Worker) (?:<\*>|[\w-]*[\d_-][\w-]*): (?=\S)"
    r"|\[(?!Errno|WinError|SSL)(?:[\w.-]|<\*>)+\] ?|(?:ERROR|CRITICAL|FATAL|WARNING)[: ]+(?:- )?)")
_GRPC = re.compile(r"<_?\w+ of RPC that .*?status = StatusCode\.(\w+).*?details = \"([^\"]*)\"", re.DOTALL)
_ORIGINAL = re.compile(r"Original exception was: (?:When initializing mapper [^,]*, )?")
_MAPPER = re.compile(r"^When initializing mapper [^,]*, ")
_FIELD = re.compile(r"\b(?:error|exception|reason|cause|detail)=(?=\S)")
_SENTENCE = re.compile(r"[.;] (?:Error|Reason|Cause): (?=\S)")
_WORK = (
    r"requests?|messages?|worker|jobs?|tasks?|generat\w+|content|stages?|steps?|pipeline|process\w*|extract\w+|attempts?|execut\w+|events?"
    r"|handl\w+|scripts?|images?|videos?|audio|tts|speech|nlu|unexpected|unhandled|uncaught|internal|lesson|render\w*|exception|callback")
_FAILING = r"fail\w*|errors?|crash\w*|exception|abort\w*|could not|couldn't|cannot|unable|not available|raised|died|invalid json"
_WRAPPER = re.compile(
    rf"^(?=[^:\n]{{0,200}}\b(?:{_FAILING})\b)(?=[^:\n]{{0,200}}\b(?:{_WORK}|not available)\b)[^:\n]{{1,200}}: (?=\S)",
    re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NAME_ALONE = re.compile(r"^(['\"])[^'\"\n]{1,100}\1$")
_LISTED = re.compile(r"\[(?:'[^'\]\n]*'|\"[^\"\]\n]*\")(?:, ?(?:'[^'\]\n]*'|\"[^\"\]\n]*\"))*\]")
_VALUES = (
    (re.compile(r"(=)\((?![^)]*<)[^)\n]*\)"), r"\1(<*>)"),
    (re.compile(r"(invalid input syntax for (?:type )?\w+: ).+", re.DOTALL), r"\1<*>"),
    (re.compile(r"(could not convert string to float: |invalid literal for \w+\(\) with base \d+: ).+", re.DOTALL), r"\1<*>"),
    (re.compile(r"(Failing row contains) .*", re.DOTALL), r"\1 <*>"),
    (re.compile(r"<([\w.]+)(?: object)? at <\*>>"), r"<\1>"),
)


def unwrapped(text: str) -> Why:
    """The innermost words of a message, and the exception they name."""
    text, exception = text[:LONGEST].strip(), ""
    for _ in range(8):
        inner, named = _once(text)
        exception = named or exception
        if inner == text:
            break
        text = inner
    return Why(_plain(text), exception)


def _once(text: str) -> tuple[str, str]:
    """One layer less, and the exception that the layer named."""
    if found := _DRIVER.match(text):
        return text[found.end():], found[1]
    if found := _NAMED.match(text):
        return text[found.end():], found[1]
    if found := _TAGGED.match(text):
        return text[found.end():], ""
    for layer in (_ORIGINAL, _MAPPER, _SENTENCE):
        if (found := layer.search(text)) and _says_why(text[found.end():]):
            return text[found.end():], ""
    for found in (_FIELD.search(text, 0, 300), _WRAPPER.match(text)):
        if found and _says_why(text[found.end():]):
            return text[found.end():], ""
    return text, ""


def _says_why(rest: str) -> bool:
    """Whether the words are a cause by themselves: a named exception, a name alone, or three words."""
    return bool(_NAMED.match(rest) or _DRIVER.match(rest) or _NAME_ALONE.match(rest)) or len(_WORDS.findall(rest[:200])) >= 3


def _plain(text: str) -> str:
    if found := _GRPC.search(text):
        text = f"{found[1]} {found[2]}"
    if found := _CUTS.search(text):
        text = text[:found.start()] or text
    text = _LISTED.sub("[<*>]", text)
    for pattern, said in _VALUES:
        text = pattern.sub(said, text)
    return "\n".join(text.strip().splitlines()[:3])
