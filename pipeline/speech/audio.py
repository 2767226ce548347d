"""Sound as arrays and files: cut, join, WAV in and out, AAC out. Every file appears whole or not at all."""

import wave
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.domain import Word
from pipeline.ports import Speech
from pipeline.whole import whole

Samples = NDArray[np.float32]
FULL_SCALE = 32767
SILENCE = 0.01
"""Below −40 dBFS a voice of this level is silent."""
LEAD_SECONDS, TAIL_SECONDS = 0.03, 0.06
AAC_BITS_PER_SECOND = 128_000


def trimmed(speech: Speech) -> Speech:
    """The speech without the silence at its ends, but for a breath that keeps the first and last sound soft."""
    sounding = np.flatnonzero(np.abs(speech.samples) > SILENCE)
    if not len(sounding):
        return speech
    begin = max(0, int(sounding[0] - LEAD_SECONDS * speech.rate))
    end = min(len(speech.samples), int(sounding[-1] + TAIL_SECONDS * speech.rate))
    words = shifted(speech.words, -begin / speech.rate, limit=(end - begin) / speech.rate)
    return Speech(samples=speech.samples[begin:end], rate=speech.rate, words=words)


def join(parts: Sequence[Speech], gap_seconds: float) -> Speech:
    """The parts in a row with silence between those that sound; the words on the common clock."""
    rate = parts[0].rate if parts else 22_050
    pieces: list[Samples] = []
    words: list[Word] = []
    length = 0
    for part in parts:
        if length and len(part.samples):
            pieces.append(np.zeros(int(gap_seconds * rate), np.float32))
            length += len(pieces[-1])
        words += shifted(part.words, length / rate)
        pieces.append(part.samples)
        length += len(part.samples)
    return Speech(samples=np.concatenate([np.zeros(0, np.float32), *pieces]), rate=rate, words=tuple(words))


def shifted(words: Sequence[Word], seconds: float, *, limit: float = float("inf")) -> tuple[Word, ...]:
    """The words later (or earlier) by some seconds, kept within 0…limit."""
    return tuple(
        Word(
            text=word.text, start=min(max(word.start + seconds, 0.0), limit),
            end=min(max(word.end + seconds, 0.0), limit),
        )
        for word in words
    )


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """A 16-bit mono WAV."""
    pcm = np.round(np.clip(samples, -1, 1) * FULL_SCALE).astype("<i2")
    with whole(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())


def read_wav(path: Path) -> tuple[Samples, int]:
    """The samples in −1…1 and the rate of a 16-bit mono WAV. Raises `ValueError` for another kind."""
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise ValueError(f"{path} is not 16-bit mono")
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return pcm.astype(np.float32) / np.float32(FULL_SCALE), file.getframerate()


def encode_m4a(path: Path, samples: Samples, rate: int, *, title: str) -> None:
    """An AAC file at 128 kb/s with its title, ready to be streamed."""
    options = {"movflags": "+faststart"}
    with whole(path) as temporary, av.open(str(temporary), "w", format="mp4", options=options) as out:
        out.metadata["title"] = title
        stream = out.add_stream("aac", rate=rate, layout="mono", bit_rate=AAC_BITS_PER_SECOND)
        frame = av.AudioFrame.from_ndarray(np.clip(samples, -1, 1)[np.newaxis, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
