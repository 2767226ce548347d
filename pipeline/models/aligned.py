"""A Piper voice -> a copy of it that also tells how long each phoneme lasts. The original is never touched."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import OperatorError
from pipeline.models.store import stamp, stamped
from pipeline.models.wheels import sha256_of
from pipeline.whole import whole

Align = Callable[[Path, Path], None]
"""Reads a voice and writes its aligned copy."""


def aligned(voice: Path, folder: Path, align: Align) -> Path:
    """The aligned copy in `folder`, made now when it is not there, has changed, or is older than the voice."""
    copy = folder / voice.name
    changed = max(Path(path).stat().st_mtime_ns for path in (voice, f"{voice}.json"))
    if copy.is_file() and stamped(copy) and copy.stat().st_mtime_ns >= changed:
        return copy
    folder.mkdir(parents=True, exist_ok=True)
    with whole(Path(f"{copy}.json")) as temporary:
        shutil.copyfile(f"{voice}.json", temporary)
    # Two processes may do this at once: each writes a file of its own, and the results are equal byte for byte.
    with whole(copy) as scratch:
        align(voice, scratch)
    stamp(copy, sha256_of(copy))
    return copy


def align_voice(voice: Path, target: Path) -> None:
    """Mark the tensor of phoneme lengths as an output of the network (what Piper's own patch tool does)."""
    try:
        import onnx
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError as fault:
        raise OperatorError("The voice needs two packages: pip install piper-tts onnx") from fault
    try:
        model = onnx.load(voice)
        if len(model.graph.output) == 1:  # a voice with a second output has been patched already
            add_alignment_output(model)
    except OSError:
        raise
    except Exception as fault:  # protobuf and onnx raise their own kinds for a file that is no network
        raise OperatorError(f"{voice} is not a Piper voice that can tell its word times: {fault}") from fault
    onnx.save(model, target)
