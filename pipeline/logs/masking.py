"""A message -> the same message with what varies from call to call replaced by `<*>`.

Two readings of one rule. `mask` is for any log: numbers, times, addresses, ids, paths. The other is for the text of a
fault, where a file, a host or a status code is why it happened: there only what names one call, row or object goes.
"""

import re
from collections.abc import Callable
from functools import lru_cache

WILD = "<*>"
LONGEST = 4000
"""Characters that are looked at; what is behind them says no more about the cause."""
MOST_WORDS, LONGEST_WORD = 60_000, 20
"""How many words are remembered, and of how many characters those may be that vary."""
LONGEST_NAME = 253
"""Characters of a host's name at most: what is longer is content."""
_PARTS = re.compile(r"""([\s=:,;()\[\]{}"'`<>|!?#]+|\.{2,})""")
_ADDRESS = re.compile(r"""://[^\s'"<>\])},;]*""")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+")
_SENTENCE_QUOTED = re.compile(r"""(?<![\w])(['"`])(?=[^'"`\n]*\s)[^'"`\n]{3,400}?\1(?!\w)""")
_UNITS = (
    "(?:[kmgt]?i?b(?:ytes|/s)?|bytes?|ns|us|µs|ms|msecs?|millis|milliseconds?|microseconds?|nanoseconds?|s|secs?|seconds?"
    "|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|hz|khz|mhz|ghz|fps|px|pt|pct|percent|tokens?)"
)
_RUNS = re.compile(rf"[<>~$€£+-]?<\*>(?:[:,.;/x×*-]? ?[<$]?<\*>| ?(?:%|{_UNITS}\b)(?!=)| (?:AM|PM|UTC|GMT)\b)*", re.IGNORECASE)
_DATED = re.compile(
    r"(?:\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? +)?"
    r"(?:<\*> +)?\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6},? +<\*>(?:,? (?:<\*>|[A-Z]{3,4}\b))*")
_CODES = re.compile(
    r"(?:\bHTTP|\bstatus(?:[ _]code)?|\bcode|\breturned|error) ?[=:#]? ?[#\"'(]?(\d{2,4})\b"
    r"|^(\d{3})(?= [A-Z])|(?<![\w.-])(\d{2,4})\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_HOST = re.compile(
    r"(?i)(?:[a-z0-9-]+\.)+"
    r"(?:com|org|net|edu|gov|mil|int|io|cn|de|uk|fr|jp|ru|hk|tw|kr|br|in|it|nl|local|localdomain|internal|lan)")
_NAME = re.compile(
    r"(?![0-9a-f]+$)[A-Za-z$]{3,}\d[A-Za-z$]+|[A-Z]{0,2}[a-z]{2,}[A-Z][A-Za-z]*\d|[A-Za-z]\w*_v\d{1,2}|[A-Z]{3,}\d")
"""A name that has a digit for good: Slf4jLogger, HttpServer2, monitoring_v3."""
_PAIRS = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}|<\*>)?(?=[^\s]{0,20}<\*>)(?::{1,2}(?:[0-9A-Fa-f]{1,4}\b|<\*>)){2,7}(?![\w:])")
"""Numbers joined by colons, some of which have letters only: addresses of network cards, of the sixth protocol."""
_TECHNICAL = re.compile(
    r"(?i)utf-?(?:8|16|32)|latin-?1|iso-8859-\d+|cp\d+|base(?:16|32|64)|sha-?\d+|md5|https?/\d(?:\.\d)?|http2?|ipv[46]|mp[34]|m4a"
    r"|h26[45]|s3|ec2|k8s|l10n|i18n|oauth2?|x86(?:_64)?|x64|amd64|arm64|u?int\d+|float\d+|psycopg[23]?|python[23]?|py[23]"
    r"|log4j\d?|slf4j|neo4j|p\d\d|v\d{1,2}|tls[\d.v]*|ssh[12]|sqlite3|boto3?|urllib3|jinja2|h5py|onnx2?|2xx|4xx|5xx|[a-z]+-\d\.\d-[a-z]+")


def mask(text: str) -> str:
    """The text of a line of any log with everything that varies as `<*>`."""
    return _in_a_run(_by_word(text, _general))


def words_of_a_fault(text: str) -> str:
    """The first half, word by word: quick, and mostly the same for lines with the same cause."""
    return _by_word(text, _faulty)


def in_a_fault(text: str) -> str:
    """The second half: sentences in quotes are somebody's words; a short number is kept where it is a code."""
    text = _SENTENCE_QUOTED.sub(WILD, text)
    return _in_a_run(_CODES.sub(lambda found: WILD if found[3] else found[0], text))


class _Words(dict[str, str]):
    """Words that were seen, with what they become; long ones that vary are ids, seen once and not remembered."""

    def __init__(self, become: Callable[[str], str]) -> None:
        super().__init__()
        self._become = become

    def __missing__(self, word: str) -> str:
        said = "".join(map(self._become, _PARTS.split(word)))
        if len(word) <= LONGEST_WORD or WILD not in said:
            if len(self) > MOST_WORDS:
                self.clear()
            self[word] = said
        return said


def _by_word(text: str, words: _Words) -> str:
    text = text[:LONGEST]
    if "://" in text:
        text = _ADDRESS.sub(f"://{WILD}", text)
    return " ".join(map(words.__getitem__, text.split(" ")))


@lru_cache(maxsize=50_000)
def _in_a_run(text: str) -> str:
    """Numbers that stand together, with their units and months, as one."""
    if WILD not in text:
        return text
    return _RUNS.sub(WILD, _DATED.sub(WILD, _RUNS.sub(WILD, _PAIRS.sub(WILD, text))))


def _any_log(word: str) -> str:
    """A word of any log: what has a digit, a path or a host's name varies."""
    body = word.rstrip(".")
    if len(body) > LONGEST_NAME:
        return WILD
    if not _DIGIT.search(body):
        varies = _is_path(body) or bool(_HOST.fullmatch(body) or _MAIL.fullmatch(body))
    else:
        varies = not (_TECHNICAL.fullmatch(body) or _NAME.fullmatch(body))
    return WILD + word[len(body):] if varies else word


def _is_path(word: str) -> bool:
    signs = word.replace("\\", "/")
    return len(word) > 2 and (signs.startswith(("/", "~/", "./")) or signs.count("/") > 1)


def _fault(word: str) -> str:
    """A word of a fault: a segment of a path, or a whole word, with digits in it varies; a version or a file's place does not."""
    body = word.rstrip(".")
    if not _DIGIT.search(body):
        return WILD if _MAIL.fullmatch(body) else word
    if body.isdigit() and 1 < len(body) < 5:
        return word  # `in_a_fault` sees what stands before it
    if "/" in body and not _TECHNICAL.fullmatch(body):
        return "/".join(map(_fault, body.split("/"))) + word[len(body):]
    names = body.split(".") if not body[0].isdigit() else [body]
    known = _TECHNICAL.fullmatch(body) or all(map(_is_a_name, names))
    return word if known else WILD + word[len(body):]


def _is_a_name(word: str) -> bool:
    """Whether it is a name of the code: `errors`, `psycopg2`, `monitoring_v3`."""
    if _DIGIT.search(word):
        return bool(_TECHNICAL.fullmatch(word) or _NAME.fullmatch(word))
    return word.isidentifier()


_general, _faulty = _Words(_any_log), _Words(_fault)
