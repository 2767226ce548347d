"""A film from its scenes: what changed is drawn and encoded on two cores, the rest is reused, all is joined."""

import errno
import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import av

from pipeline.domain import Scene, SceneAudio
from pipeline.errors import StorageFull
from pipeline.ports import Film
from pipeline.providers.embedded.boards import Footer, draw_layers
from pipeline.providers.embedded.film.encoding import encode_scene
from pipeline.providers.embedded.film.joining import Segment, join
from pipeline.providers.embedded.film.motion import RATE, plan
from pipeline.providers.embedded.film.reuse import scene_name, sound_name, sweep
from pipeline.providers.embedded.film.reveals import reveals
from pipeline.providers.embedded.film.sound import encode_sound, seconds_of
from pipeline.whole import whole

WORKERS = max(2, min(4, os.cpu_count() or 2))
LISTEN_SECONDS = 0.1
JOINING_SHARE = 0.03


class _Stopped(Exception):
    """Another part of the film failed or was cancelled."""


@dataclass
class _Clock:
    """How many frames are done; workers ask it at every frame whether to go on."""

    frames: int
    done: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, frames: int = 1) -> None:
        if self.stopped.is_set():
            raise _Stopped
        with self.counting:
            self.done += frames

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.frames) * (1 - JOINING_SHARE)


def save(content: bytes, path: Path) -> None:
    """Write the file whole or not at all. Raises `StorageFull`."""
    with _room(), whole(path) as unfinished:
        unfinished.write_bytes(content)


def make_film(film: Film, height: int, path: Path, progress: Callable[[float], None]) -> float:
    """Write the film at `height` lines to `path`; its length in seconds. What `progress` raises ends the work."""
    with _room():
        for folder in (film.reuse, path.parent):
            sweep(folder)
        frames = _frames(film)
        sound = film.reuse / sound_name(film.soundtrack)
        footers = [Footer(lesson=film.title, index=index, count=len(frames)) for index in range(len(frames))]
        kept = [
            film.reuse / scene_name(scene, audio, footer, height)
            for scene, audio, footer in zip(film.scenes, film.audio, footers, strict=True)
        ]
        clock = _Clock(frames=sum(frames))
        longest_first = sorted(range(len(frames)), key=lambda index: -frames[index])
        jobs = [partial(_sound, film.soundtrack, sound, clock)] + [
            partial(_segment, film.scenes[i], film.audio[i], footers[i], height, frames[i], kept[i], clock)
            for i in longest_first
        ]
        _run(jobs, clock, progress)
        segments = [Segment(path=place, frames=count) for place, count in zip(kept, frames, strict=True)]
        with whole(path) as unfinished:
            join(film.title, segments, sound, film.captions, unfinished)
        progress(1.0)
        return sum(frames) / RATE


def _frames(film: Film) -> list[int]:
    """The frames of each scene: boundaries at the nearest frame, the last scene held until the sound ends."""
    ends = [0.0]
    for audio in film.audio:
        ends.append(ends[-1] + audio.seconds)
    ends[-1] = max(ends[-1], seconds_of(film.soundtrack))
    marks = [round(end * RATE) for end in ends]
    return [after - before for before, after in pairwise(marks)]


def _segment(
    scene: Scene, audio: SceneAudio, footer: Footer, height: int, frames: int, path: Path, clock: _Clock
) -> None:
    """Draw and encode the scene unless that was done before, with a spare frame for rounding."""
    least = max(frames, math.ceil(audio.seconds * RATE) + 1)
    if path.is_file() and _enough(path, frames):
        clock.tell(frames)
        return
    clock.tell(0)
    layers = draw_layers(scene, footer, height=height)
    acts = plan(layers, reveals(scene, audio), audio.seconds, last=footer.index == footer.count - 1)
    with whole(path) as unfinished:
        encode_scene(acts, unfinished, height=height, frames=least, tell=clock.tell)


def _enough(path: Path, frames: int) -> bool:
    with av.open(str(path)) as file:
        return file.streams.video[0].frames >= frames


def _sound(wav: Path, path: Path, clock: _Clock) -> None:
    if not path.is_file():
        with whole(path) as unfinished:
            encode_sound(wav, unfinished, lambda: clock.tell(0))


def _run(jobs: Sequence[Callable[[], None]], clock: _Clock, progress: Callable[[float], None]) -> None:
    """Do the jobs side by side; the caller's `progress` is heard in the caller's own thread."""
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            _listen(futures, clock, progress)
        finally:
            clock.stopped.set()
            pool.shutdown(cancel_futures=True)


def _listen(futures: Sequence[Future[None]], clock: _Clock, progress: Callable[[float], None]) -> None:
    waiting = set(futures)
    while waiting:
        finished, waiting = wait(waiting, timeout=LISTEN_SECONDS)
        for future in finished:
            future.result()
        progress(clock.share)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except (OSError, av.FFmpegError) as fault:
        if fault.errno == errno.ENOSPC:
            raise StorageFull from fault
        raise
