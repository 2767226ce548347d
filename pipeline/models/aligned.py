"""A Piper voice -> a copy of it that also tells how long each phoneme lasts."""

from pathlib import Path

from pipeline.errors import OperatorError
from pipeline.models.derived import Make, derived


def aligned(voice: Path, folder: Path, align: Make) -> Path:
    """The aligned copy in `folder`, its .json beside it."""
    return derived(voice, Path(f"{voice}.json"), folder, align)


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
