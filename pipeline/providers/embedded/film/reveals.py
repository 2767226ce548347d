"""When each part of a board appears: cues of the visual matched with the spoken words. Seconds on the scene's clock.

Parts are counted as the boards count them: in reading order, an equation, a key idea or a curve itself being part 0
before its terms or points, a problem before its steps, and for a question: the question, the pause, the answer.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.domain import Scene, SceneAudio, Word
from pipeline.visuals import (
    Comparison,
    Curve,
    Equation,
    KeyIdea,
    Part,
    Question,
    Recap,
    Title,
    Value,
    WorkedExample,
)

LEAD = 0.4
"""A part that nothing announces comes this long after the scene begins."""
TAIL = 1.5
"""Parts without a cue at the end are spread until this long before the scene ends."""
TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What is said, as one string of bare words, with the time and the place in the string of each."""

    text: str
    offsets: tuple[int, ...]
    words: tuple[Word, ...]
    seconds: float

    def find(self, cue: str, after: float = 0.0) -> float | None:
        """When the first word of the cue is spoken: the first time not before `after`, else the first time at all."""
        wanted = " ".join(_tokens(cue))
        found = [self._time(place) for place in _places(self.text, wanted)] if wanted else []
        return next((time for time in found if time >= after), found[0] if found else None)

    def token(self, index: int) -> Word | None:
        """The word that holds the token of this number."""
        return self.words[index] if 0 <= index < len(self.words) else None

    def _time(self, place: int) -> float:
        return self.words[bisect_right(self.offsets, place) - 1].start


def reveals(scene: Scene, audio: SceneAudio) -> list[float]:
    """The time at which each part of the scene's visual appears, none before the part above it."""
    spoken = _spoken(audio)
    match scene.visual:
        case Title():
            return []
        case WorkedExample() as example:
            return _in_order(_worked(example, scene, spoken), audio.seconds)
        case Question() as question:
            return _question(question, scene, spoken)
        case Recap() as recap:
            return _in_order(_recap(recap, scene, spoken), audio.seconds)
        case Comparison() as comparison:
            return _comparison(comparison, spoken)
        case visual:
            return _in_order(_found(_cues(visual), spoken), audio.seconds)


def _cues(visual: Value) -> list[str]:
    own = [visual.cue] if isinstance(visual, Equation | KeyIdea | Curve) else []
    parts = [part for name in type(visual).model_fields for part in _parts(getattr(visual, name))]
    return own + [part.cue for part in parts]


def _parts(value: object) -> list[Part]:
    return [part for part in value if isinstance(part, Part)] if isinstance(value, tuple) else []


def _found(cues: Sequence[str], spoken: Spoken) -> list[float | None]:
    """The time of each cue; one that sounds several times counts where it follows the part above."""
    times: list[float | None] = []
    latest = 0.0
    for cue in cues:
        time = spoken.find(cue, latest)
        latest = max(latest, time or 0.0)
        times.append(time)
    return times


def _in_order(times: Sequence[float | None], seconds: float) -> list[float]:
    """Never before the part above; parts without a time are spread evenly between their neighbours."""
    known = [(-1, 0.0)]
    for index, time in enumerate(times):
        if time is not None:
            known.append((index, max(time, known[-1][1])))
    known.append((len(times), max(known[-1][1], seconds - TAIL)))
    if times and times[0] is None:
        known.insert(1, (0, min(LEAD, known[1][1])))
    filled = []
    for index in range(len(times)):
        left = max(pair for pair in known if pair[0] <= index)
        right = min(pair for pair in known if pair[0] >= index)
        share = (index - left[0]) / (right[0] - left[0]) if right[0] > left[0] else 0.0
        filled.append(left[1] + share * (right[1] - left[1]))
    return filled


def _comparison(visual: Comparison, spoken: Spoken) -> list[float]:
    """Columns keep their own order: a text may go to and fro between the two sides."""
    columns = [[item.cue for item in column.items] for column in (visual.left, visual.right)]
    found = [_found(cues, spoken) for cues in columns]
    if any(time is None for times in found for time in times):
        return _in_order(_found([*columns[0], *columns[1]], spoken), spoken.seconds)
    return [time for times in found for time in _in_order(times, spoken.seconds)]


def _worked(visual: WorkedExample, scene: Scene, spoken: Spoken) -> list[float | None]:
    starts = _paragraphs(scene, spoken)
    if len(starts) == len(visual.steps) + 1:
        return list(starts)
    return [starts[0] if starts else None, *_found([step.say for step in visual.steps], spoken)]


def _recap(visual: Recap, scene: Scene, spoken: Spoken) -> list[float | None]:
    starts = _paragraphs(scene, spoken)
    surplus = len(starts) - len(visual.points)
    if surplus in (0, 1):
        return list(starts[surplus:])
    return _found([point.cue or point.text for point in visual.points], spoken)


def _question(visual: Question, scene: Scene, spoken: Spoken) -> list[float]:
    """Question, pause and answer; the pause lies between the last word before the answer and its first word."""
    starts = _paragraphs(scene, spoken)
    last = starts[-1] if len(starts) > 1 else None
    answer = last or spoken.find(visual.answer) or max(LEAD, spoken.seconds / 2)
    before = [word.end for word in spoken.words if word.start < answer]
    pause = min(answer, max(before, default=answer - scene.pause_seconds))
    return [min(LEAD, pause), pause, answer]


def _paragraphs(scene: Scene, spoken: Spoken) -> list[float]:
    """When each paragraph of the narration begins."""
    sizes = [len(_tokens(paragraph)) for paragraph in scene.narration.split("\n") if _tokens(paragraph)]
    firsts = [spoken.token(start) for start in accumulate(sizes[:-1], initial=0)]
    return [word.start for word in firsts if word is not None]


def _spoken(audio: SceneAudio) -> Spoken:
    pairs = [(token, word) for word in audio.words for token in _tokens(word.text)]
    offsets = accumulate((len(token) + 1 for token, _ in pairs[:-1]), initial=1)
    return Spoken(
        text=" " + " ".join(token for token, _ in pairs) + " ", offsets=tuple(offsets),
        words=tuple(word for _, word in pairs), seconds=audio.seconds,
    )


def _places(text: str, wanted: str) -> list[int]:
    """Where the wanted words stand as whole words, else where they stand inside words."""
    whole = [found.start() + 1 for found in re.finditer(rf"(?= {re.escape(wanted)} )", text)]
    return whole or [found.start() for found in re.finditer(f"(?={re.escape(wanted)})", text)]


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in TOKEN.findall(text)]
