"""Which interest a question names or a student has, in the catalogue's terms."""

import re
from collections.abc import Sequence

import numpy as np

from pipeline.corpus.interests import Interest
from pipeline.ports import Embedder
from pipeline.visuals import Value

CLOSE_ENOUGH = 0.45
"""Cosine at which a free-text interest counts as one of the catalogue."""
_LEAD = (
    r"(?:using|use|with|through|via|by using|in terms of|as in|like in|like|for an?|i love|i like|i'm into|i am into|"
    r"i play|i do|my hobby is|fan of|"
    r"big on|on the|for my|i post on|into|thinking about|related to|relate it to|based on|example from|examples? from|"
    r"from the world of|when (?:playing|doing)|in)"
)
_FILLER = r"(?:\s+(?:my|the|a|an|some|playing|examples?|about|from|of))*"


class InterestFound(Value):
    """An interest, and the question without the words that named it."""

    interest: Interest | None
    question: str
    warning: str = ""


def find_interest(
    question: str, given: str | None, interests: Sequence[Interest], embedder: Embedder
) -> InterestFound:
    """The student's interest: the one given, else one that the question names ("using basketball", "I love chess")."""
    named, rest = _named(question, interests)
    if not given or not given.strip():
        return InterestFound(interest=named, question=rest)
    known = _by_name(given, interests) or _nearest(given, interests, embedder)
    if known:
        return InterestFound(interest=known, question=rest)
    return InterestFound(
        interest=named, question=rest,
        warning=f"No situations are known for the interest “{given.strip()}”, so the lesson uses an everyday one.",
    )


def _named(question: str, interests: Sequence[Interest]) -> tuple[Interest | None, str]:
    for interest in interests:
        for name in sorted((interest.name, *interest.aliases), key=len, reverse=True):
            pattern = rf"[,;.]?\s*\b{_LEAD}{_FILLER}\s+{re.escape(name)}\b(?:\s+(?:game|player|players|fan|team|example))?"
            found = re.search(pattern, question, re.IGNORECASE)
            if found:
                rest = f"{question[:found.start()]} {question[found.end():]}"
                rest = " ".join(rest.split()).strip(" ,;:")
                return interest, rest if len(rest) >= 3 else question
    return None, question


def _by_name(given: str, interests: Sequence[Interest]) -> Interest | None:
    wanted = _plain(given)
    return next((i for i in interests if wanted in {_plain(name) for name in (i.name, i.interest_id, *i.aliases)}), None)


def _nearest(given: str, interests: Sequence[Interest], embedder: Embedder) -> Interest | None:
    names = [(interest, name) for interest in interests for name in (interest.name, *interest.aliases)]
    vectors = embedder.embed([given, *(name for _, name in names)])
    cosines = vectors[1:] @ vectors[0]
    best = int(np.argmax(cosines))
    return names[best][0] if cosines[best] >= CLOSE_ENOUGH else None


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
