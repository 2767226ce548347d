"""The sound that the stand-in for Text-to-Speech makes: a tone for each word, and where the marks of the markup fall."""

import io
import wave
from xml.etree import ElementTree

import numpy as np

from pipeline.testing.cloud_faults import Refused


def read_markup(markup: str) -> tuple[int, list[tuple[str, int]]]:
    """How many words the markup says, and before how many of them each mark stands. Raises `Refused`."""
    try:
        spoken = ElementTree.fromstring(markup)  # noqa: S314  a stand-in reads what tests send
    except ElementTree.ParseError as fault:
        raise Refused(400, f"Invalid SSML: {fault}") from fault
    words, marks = len((spoken.text or "").split()), []
    for mark in spoken:
        marks.append((mark.attrib["name"], words))
        words += len((mark.tail or "").split())
    return words, marks


def tone(seconds: float, rate: int) -> bytes:
    """A WAV of one channel and 16 bits."""
    samples = np.sin(np.arange(int(seconds * rate)) / 20) * 3_000
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(samples.astype("<i2").tobytes())
    return held.getvalue()
