"""A corrected storyboard: what changed, what has to be made again, and which figures nobody vouches for."""

from collections.abc import Sequence

from pydantic import ValidationError

from pipeline.domain import GenerationRequest, Modality, Passage, Scene, Script, Storyboard
from pipeline.errors import BadRequest
from pipeline.visuals import Value
from pipeline.writing import Evidence


class Correction(Value):
    """What an editor wants a scene to say and show. `heading` is None where the board has none."""

    narration: str
    on_screen: str
    heading: str | None = None


def as_it_is(scene: Scene) -> Correction:
    """The scene's words that can be edited."""
    return Correction(
        narration=scene.narration, on_screen=scene.on_screen, heading=getattr(scene.visual, "heading", None)
    )


def corrected(storyboard: Storyboard, corrections: Sequence[Correction]) -> Storyboard:
    """The storyboard with these corrections. Raises `BadRequest` naming the scene that would say or show nothing."""
    scenes = []
    for number, (scene, wanted) in enumerate(zip(storyboard.scenes, corrections, strict=True), start=1):
        try:
            scenes.append(_corrected(scene, wanted))
        except ValidationError as fault:
            raise BadRequest(f"scene {number}", "its narration and its heading need words.") from fault
    return storyboard.model_copy(update={"scenes": tuple(scenes)})


def _corrected(scene: Scene, wanted: Correction) -> Scene:
    if wanted == as_it_is(scene):
        return scene
    visual = scene.visual.model_dump()
    if wanted.heading is not None:
        visual["heading"] = wanted.heading
    return Scene.model_validate(
        scene.model_dump() | {"narration": wanted.narration, "on_screen": wanted.on_screen.strip(), "visual": visual}
    )


def changed(before: Storyboard, after: Storyboard) -> list[int]:
    """The numbers, from 1, of the scenes that differ."""
    pairs = zip(before.scenes, after.scenes, strict=True)
    return [number for number, (old, new) in enumerate(pairs, start=1) if old != new]


def to_be_made(request: GenerationRequest, before: Storyboard, after: Storyboard) -> list[str]:
    """What a request with these corrections makes again, in words; everything else is reused."""
    pairs = list(zip(before.scenes, after.scenes, strict=True))
    spoken = [n for n, (old, new) in enumerate(pairs, start=1) if old.narration != new.narration]
    drawn = [n for n, (old, new) in enumerate(pairs, start=1)
             if (old.visual, old.on_screen) != (new.visual, new.on_screen)]
    lines = []
    if spoken and request.wants(Modality.AUDIO, Modality.VIDEO):
        lines.append(f"the voice of {_scenes(spoken)}")
    if drawn and request.wants(Modality.IMAGES, Modality.VIDEO):
        lines.append(f"the board of {_scenes(drawn)}")
    if (spoken or drawn) and request.wants(Modality.VIDEO):
        lines.append(f"the film of {_scenes(sorted({*spoken, *drawn}))}, and the joining of the whole film")
    return lines


def unsupported(script: Script, before: Scene, after: Scene) -> list[str]:
    """Numbers and equations that the correction brings in and no passage has."""
    evidence = Evidence(text="\n".join(_said(passage) for passage in script.passages) + f"\n{script.article}")
    new = evidence.strange_figures(_shown(after)) - evidence.strange_figures(_shown(before))
    return sorted(new)


def _said(passage: Passage) -> str:
    return f"{passage.title}. {passage.section}. {passage.text}"


def _shown(scene: Scene) -> str:
    return f"{scene.narration} {scene.on_screen} {getattr(scene.visual, 'heading', '')}"


def _scenes(numbers: Sequence[int]) -> str:
    listed = ", ".join(str(number) for number in numbers)
    return f"scene {listed}" if len(numbers) == 1 else f"scenes {listed}"
