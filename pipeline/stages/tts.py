"""Storyboard -> narration: every scene spoken at one loudness, with word times and captions.

A scene that was spoken before with the same words, voice and pauses is taken from the store and not billed.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.bill import Bill
from pipeline.domain import Narration, Scene, SceneAudio, Storyboard, Word
from pipeline.ports import Artifacts, Paid, Speech, Voice
from pipeline.speech import (
    encode_m4a,
    loudness,
    normalise_loudness,
    read_wav,
    shifted,
    speak_scene,
    web_vtt,
    write_wav,
)
from pipeline.store import needed

FORMAT = "1"
LEAD_SECONDS = 0.3
TAIL_SECONDS = 0.7
"""Silence around each scene, so that a board can be seen before and after it is spoken of."""


def narrate(spend: Bill, storyboard: Storyboard, *, voice: Voice, store: Artifacts, folder: str) -> Narration:
    """The narration; sound and captions stand in `folder` of the store."""
    scenes = []
    for number, scene in enumerate(storyboard.scenes):
        scenes.append(_spoken(spend, scene, voice, store))
        spend.journal.progress((number + 1) / len(storyboard.scenes))
    heard, rate = _joined(scenes, store)
    write_wav(store.path(f"{folder}/soundtrack.wav"), heard, rate)
    encode_m4a(store.path(f"{folder}/audio.m4a"), heard, rate, title=storyboard.title)
    store.publish(f"{folder}/soundtrack.wav")
    store.publish(f"{folder}/audio.m4a")
    store.put(f"{folder}/captions.vtt", web_vtt(_on_one_clock(scenes)).encode())
    return Narration(
        scenes=tuple(scenes), audio=f"{folder}/audio.m4a", captions=f"{folder}/captions.vtt",
        seconds=len(heard) / rate, loudness_lufs=round(loudness(heard, rate), 1),
    )


def _joined(scenes: Sequence[SceneAudio], store: Artifacts) -> tuple[NDArray[np.float32], int]:
    pieces = [read_wav(needed(store, scene.wav)) for scene in scenes]
    return np.concatenate([samples for samples, _ in pieces]), pieces[0][1]


def _on_one_clock(scenes: Sequence[SceneAudio]) -> list[Word]:
    words: list[Word] = []
    before = 0.0
    for scene in scenes:
        words += shifted(scene.words, before)
        before += scene.seconds
    return words


def _spoken(spend: Bill, scene: Scene, voice: Voice, store: Artifacts) -> SceneAudio:
    said = f"{FORMAT}|{voice.name}|{scene.pause_seconds}|{scene.narration}"
    name = f"parts/voice-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
    kept = store.fetch(f"{name}.json")
    if kept and store.fetch(f"{name}.wav"):
        return SceneAudio.model_validate_json(kept.read_bytes())
    speech: Speech = spend(speak_scene(_Metered(voice, spend), scene.narration, scene.pause_seconds))
    lead, tail = (np.zeros(int(seconds * speech.rate), dtype=np.float32) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    sound = np.concatenate([lead, normalise_loudness(speech.samples, speech.rate), tail])
    write_wav(store.path(f"{name}.wav"), sound, speech.rate)
    store.publish(f"{name}.wav")
    audio = SceneAudio(
        wav=f"{name}.wav", seconds=len(sound) / speech.rate, words=shifted(speech.words, LEAD_SECONDS)
    )
    store.put(f"{name}.json", audio.model_dump_json().encode())
    return audio


class _Metered:
    """The voice, its bill kept paragraph by paragraph and its breath held when the bill says so."""

    def __init__(self, voice: Voice, spend: Bill) -> None:
        self.family, self.name = voice.family, voice.name
        self._voice = voice
        self._spend = spend

    def speak(self, text: str) -> Paid[Speech]:
        paid = self._spend.heed(lambda: self._voice.speak(text))
        self._spend.usage += paid.usage
        return Paid(value=paid.value)
