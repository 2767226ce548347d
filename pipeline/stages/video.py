"""Storyboard and narration -> video: one film at two sizes, and its poster."""

import shutil
from decimal import Decimal

from pipeline.bill import Bill
from pipeline.domain import Frames, Narration, Storyboard, Unit, Usage, Video
from pipeline.ports import Artifacts, Film, Paid, Renderer
from pipeline.store import needed
from pipeline.whole import whole

SIZES = (1080, 720)


def film(spend: Bill, storyboard: Storyboard, narration: Narration, frames: Frames, *, renderer: Renderer,
         store: Artifacts, folder: str) -> Video:
    """The video. Scenes filmed before with the same words and pictures are reused."""
    for scene in narration.scenes:
        needed(store, scene.wav)
    request = Film(
        title=storyboard.title, scenes=storyboard.scenes, audio=narration.scenes,
        soundtrack=needed(store, f"{_folder_of(narration)}/soundtrack.wav"), captions=needed(store, narration.captions),
        folder=store.path("parts").parent, reuse=store.path("parts/film"),
    )
    seconds = 0.0
    for number, height in enumerate(SIZES):
        def heard(fraction: float, before: int = number) -> None:
            spend.check()
            spend.journal.progress((before + fraction) / len(SIZES))

        seconds = renderer.film(request, height, store.path(f"{folder}/video-{height}.mp4"), heard)
        store.publish(f"{folder}/video-{height}.mp4")
    with whole(store.path(f"{folder}/poster.png")) as unfinished:
        shutil.copyfile(needed(store, frames.images[0]), unfinished)
    store.publish(f"{folder}/poster.png")
    made = Usage(provider=renderer.family, model=renderer.name, unit=Unit.VIDEO_SECOND,
                 quantity=Decimal(str(round(seconds, 2))))
    spend(Paid(value=None, usage=(made,)))
    return Video(
        video=f"{folder}/video-1080.mp4", video_720=f"{folder}/video-720.mp4", poster=f"{folder}/poster.png",
        seconds=seconds,
    )


def _folder_of(narration: Narration) -> str:
    """Where the narration was made: another run's folder, when this one goes on from it."""
    return narration.audio.rpartition("/")[0]
