"""A traceback as text -> the exception at the root of it, and the innermost place in our own code.

What a library raised and raised again inside itself is one fault; what our code wraps is the fault inside the wrapper.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_CAUSED = "The above exception was the direct cause of the following exception"
_MEANWHILE = "During handling of the above exception, another exception occurred"
_AND_THEN = re.compile(rf"\n *({_CAUSED}|{_MEANWHILE}):")
_FRAME = re.compile(r'^ *File "([^"\n]+)"(?:, line \d+)?(?:, in ([^\n]+))?\n?((?: {4,}[^\n]*\n?)?)', re.MULTILINE)
_LINE = re.compile(r", line \d+")
_UNINDENTED = re.compile(r"\n(?=[^\s\[])")
_RAISED = re.compile(r"([A-Za-z_][\w.]*)(?:: ?(.*))?", re.DOTALL)
_MARGIN = re.compile(r"^ *[|+]-*(?: |$)", re.MULTILINE)
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "\\lib\\", "<frozen", "<string>", "/usr/lib/")
_LAST_FRAME = '\n  File "'

Place = tuple[str, str]
"""Module and function."""


class Raised(NamedTuple):
    """One exception of a chain."""

    exception: str
    """Its type as printed, with the module."""
    message: str
    places: Sequence[Place]
    """Own code it went through, the innermost last, recursion once."""
    source: str = ""
    """The line of code that raised it, where the text has it."""


def root(trace: str) -> Raised | None:
    """The exception that the others only passed on, or nothing when the text holds none."""
    if "  |" in trace:
        trace = _MARGIN.sub("", trace)
    pieces = _AND_THEN.split(trace) if _CAUSED in trace or _MEANWHILE in trace else [trace]
    chain: list[Raised] = []
    for number in range(0, len(pieces), 2):
        raised = _read(pieces[number])
        if raised is None:
            continue
        if chain and pieces[number - 1] == _MEANWHILE and not _passes_on(raised, chain[-1]):
            chain.clear()  # a new fault inside the handler of another
        chain.append(raised)
    ours = (raised for raised in chain if raised.places)
    return next(ours, chain[-1] if chain else None)


def _passes_on(raised: Raised, earlier: Raised) -> bool:
    """Whether it was raised on purpose by the function that caught the earlier one."""
    on_purpose = not raised.source or raised.source.startswith("raise")
    return on_purpose and bool(raised.places) and raised.places[-1] in earlier.places


def _read(piece: str) -> Raised | None:
    """The exception of one traceback: behind its last frame, the first line that is not indented."""
    last = piece.rfind(_LAST_FRAME)
    behind = _UNINDENTED.search(piece, last + 1) if last >= 0 else None
    if behind is None:
        return None if last >= 0 else _frameless(piece)
    found = _RAISED.match(piece, behind.end())
    if found is None:
        return None
    places, source = _known_places(piece[:behind.start()])
    return Raised(found[1], (found[2] or "").strip(), places, source)


def _frameless(piece: str) -> Raised | None:
    """`Type: message`, alone or under a first line of a traceback."""
    found = _RAISED.fullmatch(piece.removeprefix("Traceback (most recent call last):").strip())
    return Raised(found[1], (found[2] or "").strip(), ()) if found else None


@lru_cache(maxsize=4_000)
def _known_places(frames: str) -> tuple[Sequence[Place], str]:
    """Of one build, the frames of a fault are the same to the letter; of all builds, but for the numbers of the lines."""
    return _places(_LINE.sub("", frames))


@lru_cache(maxsize=4_000)
def _places(frames: str) -> tuple[Sequence[Place], str]:
    """Own code among the frames, and the last line of source."""
    places: list[Place] = []
    source = ""
    for frame in _FRAME.finditer(frames):
        place, source = (module_of(frame[1]), (frame[2] or "").strip()), frame[3].strip()
        if place not in places[-2:] and not any(sign in frame[1] for sign in _FOREIGN):
            places.append(place)
    return tuple(places), source


def module_of(path: str) -> str:
    """The file as a module, without where the project happens to lie: its last two names."""
    names = [name for name in re.split(r"[/\\]", path.removesuffix(".py")) if name and name != "__init__"]
    return ".".join(names[-2:])
