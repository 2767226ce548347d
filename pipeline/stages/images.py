"""Storyboard -> frames: one finished board per scene. A board drawn before is taken from the store and not billed."""

import hashlib
import os
import shutil
import threading
from decimal import Decimal

from pipeline.bill import Bill
from pipeline.domain import Frames, Scene, Storyboard, Unit, Usage
from pipeline.ports import Artifacts, Paid, Renderer
from pipeline.store import needed
from pipeline.whole import whole


def draw(spend: Bill, storyboard: Storyboard, *, renderer: Renderer, store: Artifacts, folder: str) -> Frames:
    """A 1920×1080 PNG per scene, in order."""
    images = []
    for number, scene in enumerate(storyboard.scenes, start=1):
        spend.check()
        name = f"{folder}/scene-{number}.png"
        _copy(store, _drawn(spend, scene, renderer, store), name)
        store.publish(name)
        images.append(name)
        spend.journal.progress(number / len(storyboard.scenes))
    return Frames(images=tuple(images))


def _drawn(spend: Bill, scene: Scene, renderer: Renderer, store: Artifacts) -> str:
    shown = f"{renderer.name}|{scene.visual.model_dump_json()}|{scene.on_screen}"
    name = f"parts/board-{hashlib.sha256(shown.encode()).hexdigest()[:32]}.png"
    if store.fetch(name) is None:
        path = store.path(name)
        fresh = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.png")
        renderer.still(scene, fresh)
        os.replace(fresh, path)
        image = Usage(provider=renderer.family, model=renderer.name, unit=Unit.IMAGE, quantity=Decimal(1))
        spend(Paid(value=None, usage=(image,)))
        store.publish(name)
    return name


def _copy(store: Artifacts, source: str, target: str) -> None:
    with whole(store.path(target)) as unfinished:
        shutil.copyfile(needed(store, source), unfinished)
