"""The doctor's looks at our own models and database, at another package, and at uploaded files, kept until asked anew."""

import re
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from console.foundation.unpacking import Upload, unpack
from console.loaders import visitor
from pipeline.checkup import check_own
from pipeline.config import read_settings
from pipeline.database import State, told_plainly
from pipeline.doctor import CannotLook, Examination, examine_models
from pipeline.organisation import Permission, require

SECONDS = 20
"""How long a package that is imported may be silent."""
TARGET_CHARACTERS = 300
_KEPT = 30
_OLD = timedelta(hours=1)
"""Our own database changes without a word: after this time it is looked at again."""
_OWN = ""
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class Kind(StrEnum):
    """What was examined."""

    OWN = "own"
    PACKAGE = "package"
    UPLOAD = "upload"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One examination: of what, when, and what it told."""

    kind: Kind
    target: str
    """The package or path, or the names of the uploaded files; empty for our own models."""
    examination: Examination
    state: State | None
    """Where the migrations of our own database stand; None for others, and where there is no database."""
    at: datetime


_LOOKS: dict[str, Look] = {}
"""Shared by everybody, since examining takes seconds and a link should open at once. Not a cache of Streamlit: those are
emptied when the database fails, which is when the looks are needed most."""
_TURNS: dict[str, threading.Lock] = {}
"""Two people who ask for the same look wait for one."""


def own() -> Look:
    """Our own models and the live database; at most an hour old."""
    require(visitor.actor(), Permission.VIEW)
    known = _LOOKS.get(_OWN)
    if known and datetime.now(UTC) - known.at > _OLD:
        forget()
    return _kept(_OWN, _look_at_own)


def seen(target: str) -> Look | None:
    """The kept examination of a package or path; None when it was not examined since the last `forget`."""
    require(visitor.actor(), Permission.EXAMINE)
    return _LOOKS.get(target)


def examine(target: str) -> Look:
    """A package or path of this machine, imported in a child process. Raises `CannotLook`, `NotAllowed`."""
    require(visitor.actor(), Permission.EXAMINE)
    return _kept(target, lambda: _look(Kind.PACKAGE, target, examine_models(_place(target), seconds=SECONDS)))


def examine_upload(uploads: Sequence[Upload]) -> Look:
    """Uploaded files, read and never run; they are deleted before this returns. Raises `CannotLook`, `NotAllowed`."""
    require(visitor.actor(), Permission.EXAMINE)
    with tempfile.TemporaryDirectory(prefix="vividly-upload-") as temporary:
        folder = Path(temporary) / "upload"
        folder.mkdir()
        try:
            found = examine_models(unpack(uploads, folder), run=False)
        except CannotLook as fault:
            raise CannotLook(str(fault).replace(f"{folder}/", "").replace(str(folder), "The upload")) from None
    return _look(Kind.UPLOAD, ", ".join(upload.name for upload in uploads), found)


def forget(target: str = _OWN) -> None:
    """Have the next look at this package, or at our own models, made afresh."""
    require(visitor.actor(), Permission.EXAMINE if target else Permission.VIEW)
    _LOOKS.pop(target, None)


def _look_at_own() -> Look:
    with told_plainly():
        checkup = check_own(read_settings())
    return _look(Kind.OWN, _OWN, checkup.examination, checkup.state)


def _look(kind: Kind, target: str, examination: Examination, state: State | None = None) -> Look:
    return Look(kind=kind, target=target, examination=examination, state=state, at=datetime.now(UTC))


def _place(target: str) -> str | Path:
    """A dotted name as it is; everything else is a path."""
    if not target.isprintable() or len(target) > TARGET_CHARACTERS:
        raise CannotLook("This is neither the name of a package nor a path.")
    if _DOTTED.fullmatch(target):
        return target
    try:
        return Path(target).expanduser()
    except RuntimeError as fault:
        raise CannotLook("The home folder in this path cannot be found: write the path out.") from fault


def _kept(target: str, make: Callable[[], Look]) -> Look:
    with _TURNS.setdefault(target, threading.Lock()):
        if target not in _LOOKS:
            _LOOKS[target] = make()
            for oldest in list(_LOOKS)[:-_KEPT]:
                _LOOKS.pop(oldest, None)
        return _LOOKS[target]
