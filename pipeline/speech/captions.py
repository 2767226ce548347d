"""Words with times -> captions (WebVTT) and a transcript.

A cue has at most two lines of 42 characters and stays between one and six seconds. It ends where the speaker
pauses, best at the end of a sentence, and never between a number and its unit.
"""

import re
from collections.abc import Sequence

from pipeline.domain import Word
from pipeline.speech.units import unit_words

LINE, LINES = 42, 2
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 6.0
LINKS = frozenset(
    "and or but because so that which who when where while if as than then to of in on at by for from with into about"
    .split()
)
"""A phrase rather begins than ends with one of these."""
FORBIDDEN = 1e6


def web_vtt(words: Sequence[Word]) -> str:
    """The captions as a WebVTT file."""
    cues = [_cue(number, group, until) for number, (group, until) in enumerate(_timed(words), 1)]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def transcript(words: Sequence[Word]) -> str:
    """The text, a line a sentence, each with the time at which it begins."""
    lines: list[str] = []
    sentence: list[Word] = []
    for word in words:
        sentence.append(word)
        if _ends_sentence(word.text):
            lines.append(_line(sentence))
            sentence = []
    return "".join([*lines, *([_line(sentence)] if sentence else [])])


def _line(sentence: Sequence[Word]) -> str:
    minutes, seconds = divmod(int(sentence[0].start), 60)
    return f"[{minutes:02}:{seconds:02}] {' '.join(word.text for word in sentence)}\n"


def _timed(words: Sequence[Word]) -> list[tuple[Sequence[Word], float]]:
    """The groups, each with the time until which it is shown: a second at least, unless the next needs the place."""
    groups = _grouped(words)
    shown: list[tuple[Sequence[Word], float]] = []
    for place, group in enumerate(groups):
        until = max(group[-1].end, group[0].start + SHORTEST_SECONDS)
        if place + 1 < len(groups):
            until = min(until, groups[place + 1][0].start)
        shown.append((group, max(until, group[0].start + 0.001)))
    return shown


def _grouped(words: Sequence[Word]) -> list[Sequence[Word]]:
    """The cheapest way to cut the words into cues, found from the end backwards."""
    best: list[tuple[float, int]] = [(0.0, len(words))] * (len(words) + 1)
    for start in reversed(range(len(words))):
        options = []
        for stop in range(start + 1, len(words) + 1):
            if stop > start + 1 and not _fits(words[start:stop]):
                break
            options.append((_cost(words, start, stop) + best[stop][0], stop))
        best[start] = min(options)
    groups, place = [], 0
    while place < len(words):
        groups.append(words[place:best[place][1]])
        place = best[place][1]
    return groups


def _fits(group: Sequence[Word]) -> bool:
    return group[-1].end - group[0].start <= LONGEST_SECONDS and len(_lines(group)) <= LINES


def _cost(words: Sequence[Word], start: int, stop: int) -> float:
    """How bad a cue from `start` to `stop` is: a little for each cue, more for a short one or a poor place to break."""
    group = words[start:stop]
    following = words[stop].start if stop < len(words) else float("inf")
    seconds = max(group[-1].end, min(group[0].start + SHORTEST_SECONDS, following)) - group[0].start
    too_short = 40.0 * max(0.0, SHORTEST_SECONDS - seconds)
    return 4.0 + too_short + (_break_cost(words[stop - 1].text, words[stop].text) if stop < len(words) else 0.0)


def _break_cost(before: str, after: str) -> float:
    """How bad a break between two words is."""
    if _belongs_together(before, after):
        return FORBIDDEN
    if _ends_sentence(before):
        return 0.0
    if before.rstrip("”\"'’)").endswith((",", ";", ":", "—")):
        return 3.0
    return 6.0 if after.lower() in LINKS and before.lower() not in LINKS else 14.0 if before.lower() in LINKS else 10.0


def _belongs_together(before: str, after: str) -> bool:
    """A number and its unit, the parts of a unit or of a grouped number, a sign and its neighbours."""
    unit = after.rstrip(".,;:!?)")
    if re.search(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹½¼¾]$", before):
        return unit_words(unit, plural=True) is not None or re.match(r"\d{3}\b", after) is not None
    if unit_words(before, plural=True) and unit_words(unit, plural=True):
        return True
    return re.fullmatch(r"[=≈×÷·<>≤≥±+−→]", before) is not None or re.fullmatch(r"[×÷·±^]", after) is not None


def _ends_sentence(text: str) -> bool:
    return text.rstrip("”\"'’)").endswith((".", "!", "?", "…"))


def _lines(group: Sequence[Word]) -> list[str]:
    """The cue in lines of at most 42 characters; two lines are cut where it reads best and looks even."""
    texts = [word.text for word in group]
    if len(" ".join(texts)) <= LINE:
        return [" ".join(texts)]
    halves = [(" ".join(texts[:cut]), " ".join(texts[cut:]), cut) for cut in range(1, len(texts))]
    fitting = [half for half in halves if max(len(half[0]), len(half[1])) <= LINE]
    if not fitting:
        return texts if len(texts) > LINES else [" ".join(texts)]
    first, second, _ = min(fitting, key=lambda half: (
        _break_cost(texts[half[2] - 1], texts[half[2]]) + abs(len(half[0]) - len(half[1])) / 4
    ))
    return [first, second]


def _cue(number: int, group: Sequence[Word], until: float) -> str:
    text = "\n".join(_escaped(line) for line in _lines(group))
    return f"{number}\n{_clock(group[0].start)} --> {_clock(until)}\n{text}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
