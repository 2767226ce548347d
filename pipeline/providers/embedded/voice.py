"""Text -> speech by Piper on this machine, with the time of each written word."""

import threading
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.domain import Unit, Usage
from pipeline.errors import MissingWeights, OperatorError
from pipeline.ports import Paid, Speech
from pipeline.speech import Samples, Sound, Spoken, align, join, respelled, sentences, spoken_words, timed, trimmed

if TYPE_CHECKING:
    from piper import AudioChunk
    from piper import PiperVoice as Piper

PACE = 1.25
"""Length of the sounds against the voice's own, which hurries: about 160 spoken words a minute suit a class."""
SENTENCE_GAP_SECONDS = 0.25


class PiperVoice:
    """A Piper voice, loaded at the first word. `path` is the aligned .onnx that `find_voice` answers."""

    family = "embedded"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # the phonemiser keeps its text in one place for the whole process
        self._piper: Piper | None = None
        self._phonemes = lru_cache(maxsize=4096)(self._phonemise)

    def speak(self, text: str) -> Paid[Speech]:
        """One paragraph read aloud. Raises `MissingWeights` or `OperatorError` when the voice cannot be used."""
        with self._turn:
            speech = join([self._sentence(tokens) for tokens in sentences(spoken_words(text))], SENTENCE_GAP_SECONDS)
        usage = Usage(provider=self.family, model=self.name, unit=Unit.CHARACTER, quantity=Decimal(len(text)))
        return Paid(value=speech, usage=(usage,))

    def _sentence(self, tokens: Sequence[Spoken]) -> Speech:
        """One sentence, cut close, with its written words."""
        piper = self._loaded()
        samples, sounds = self._synthesised(piper, _for_the_phonemiser(tokens))
        words = [respelled(word) for token in tokens for word in token.words]
        spans = align([self._phonemes(word) for word in words], sounds)
        rate = piper.config.sample_rate
        return trimmed(Speech(samples=samples, rate=rate, words=timed(tokens, spans)))

    def _synthesised(self, piper: "Piper", text: str) -> tuple[Samples, list[Sound]]:
        """The sound of a text and its phonemes on the clock."""
        from piper.config import SynthesisConfig

        # Loudness is set once for the whole narration; scaling each sentence to full level would make them uneven.
        style = SynthesisConfig(length_scale=piper.config.length_scale * PACE, normalize_audio=False)
        parts: list[Samples] = []
        sounds: list[Sound] = []
        clock = 0.0
        for chunk in piper.synthesize(text, style, include_alignments=True) if text else ():
            sounds += _sounds(piper, chunk, clock)
            parts.append(chunk.audio_float_array)
            clock += len(chunk.audio_float_array) / chunk.sample_rate
        return np.concatenate(parts or [np.zeros(0, np.float32)]), sounds

    def _phonemise(self, word: str) -> tuple[str, ...]:
        return tuple(chain.from_iterable(self._loaded().phonemize(word)))

    def _loaded(self) -> "Piper":
        with self._lock:
            if self._piper is None:
                self._piper = _load(self.path)
            return self._piper


def _load(path: Path) -> "Piper":
    try:
        from piper import PiperVoice as Piper
    except ImportError as fault:
        raise OperatorError("The embedded voice needs Piper: pip install piper-tts") from fault
    if not path.is_file():
        raise MissingWeights(f"The voice {path} is not there: run `python -m pipeline models pull`.")
    return Piper.load(path)


def _for_the_phonemiser(tokens: Sequence[Spoken]) -> str:
    """The words as eSpeak shall see them. A mark stays at the word before it, also behind a dash."""
    text = ""
    for token in tokens:
        for word in token.words:
            text += f" {respelled(word)}"
        if text and text[-1].isalnum():
            text += token.pause
    return text.strip()


def _sounds(piper: "Piper", chunk: "AudioChunk", clock: float) -> list[Sound]:
    """The phonemes of a chunk with their times, counted from the samples that the network gave each phoneme id."""
    from piper.const import BOS, EOS

    if chunk.phoneme_id_samples is None:
        raise OperatorError("This voice does not tell its word times: use the path that `find_voice` answers.")
    ids = piper.config.phoneme_id_map
    lengths = np.concatenate([[0], np.cumsum(chunk.phoneme_id_samples)]) / chunk.sample_rate + clock
    sounds: list[Sound] = []
    place = 0
    for symbol in chain([BOS], chunk.phonemes, [EOS]):
        if symbol not in ids:  # the network does not know it and left it out
            continue
        stop = min(place + len(ids[symbol]) + (symbol != EOS), len(lengths) - 1)  # a pad follows each but the last
        sounds.append(Sound(symbol=symbol, start=float(lengths[place]), end=float(lengths[stop])))
        place = stop
    return sounds
