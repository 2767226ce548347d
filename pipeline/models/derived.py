"""A pulled file -> a copy of it that is better suited, made once on this machine. The original is never touched."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.models.store import stamp, stamped
from pipeline.models.wheels import sha256_of
from pipeline.whole import whole

Make = Callable[[Path, Path], None]
"""Reads a file and writes its copy."""


def derived(source: Path, beside: Path, folder: Path, make: Make) -> Path:
    """The copy in `folder`, made now when it is not there, has changed, or is older than `source` or the file `beside` it,
    which goes along as it is.
    """
    copy = folder / source.name
    changed = max(path.stat().st_mtime_ns for path in (source, beside))
    if copy.is_file() and stamped(copy) and copy.stat().st_mtime_ns >= changed:
        return copy
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / beside.name) as temporary:
        shutil.copyfile(beside, temporary)
    # Two processes may do this at once: each writes a file of its own, and the results are equal byte for byte.
    with whole(copy) as scratch:
        make(source, scratch)
    stamp(copy, sha256_of(copy))
    return copy
