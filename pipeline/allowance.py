"""A request under the switches of its student: what is made of it, and what is not and why."""

from collections.abc import Mapping, Sequence

from pipeline.domain import GenerationRequest, Modality, Stage
from pipeline.errors import OperatorError
from pipeline.switches import Switch, Switches
from pipeline.visuals import Value


class Allowance(Value):
    """The request as it will be served."""

    request: GenerationRequest
    """With the modalities that remain; the text where none does, because that is what a lesson always has."""
    switched_off: Mapping[Modality, str] = {}
    """The modalities that were asked for and are not made, each with the reason."""
    uses_shelf: bool = True
    """Whether a lesson made before may be handed out, and this one kept."""


def allow(request: GenerationRequest, switches: Switches, *, family: str) -> Allowance:
    """What the switches leave. Raises `OperatorError` when they ask for a family that this installation is not."""
    if switches.google.on and family != "google":
        raise OperatorError(
            f"The flag google_family is {switches.google.why}, and this installation makes lessons with the {family} "
            "family: turn the flag off for this student, or set up the Google family here.")
    off = {
        modality: f"{name} is switched off for this student ({switch.why})."
        for modality, name, switch in _governed(request, switches) if not switch.on
    }
    uses_shelf = switches.cache.on and not request.fresh and request.language_model is None
    if not off:
        return Allowance(request=request, uses_shelf=uses_shelf)
    left = tuple(modality for modality in request.requested_modalities if modality not in off) or (Modality.TEXT,)
    preferred = request.preferred_modality if request.preferred_modality in left else left[0]
    fewer = request.model_copy(update={"requested_modalities": left, "preferred_modality": preferred})
    return Allowance(request=fewer, switched_off=off, uses_shelf=uses_shelf)


def plan(request: GenerationRequest) -> list[Stage]:
    """The stages that the requested modalities need, in order."""
    stages = [Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT]
    if request.wants(Modality.AUDIO, Modality.VIDEO):
        stages.append(Stage.TTS)
    if request.wants(Modality.IMAGES, Modality.VIDEO):
        stages.append(Stage.IMAGES)
    if request.wants(Modality.VIDEO):
        stages.append(Stage.VIDEO)
    return stages


def _governed(request: GenerationRequest, switches: Switches) -> Sequence[tuple[Modality, str, Switch]]:
    """The asked-for modalities that have a flag of their own. A film draws its boards whatever the images flag says."""
    flags = ((Modality.VIDEO, "Video", switches.video), (Modality.IMAGES, "Images", switches.images))
    return [(modality, name, switch) for modality, name, switch in flags if request.wants(modality)]
