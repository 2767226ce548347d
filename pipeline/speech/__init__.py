"""Speech around a voice: text as spoken words, word times, loudness, files, captions.

Knows nothing of any engine: a voice (`pipeline.ports.Voice`) brings phonemes and sound. Needs numpy and PyAV, and
never the network.
"""

from pipeline.speech.align import Sound, Span, align
from pipeline.speech.audio import Samples, encode_m4a, join, read_wav, shifted, trimmed, write_wav
from pipeline.speech.captions import transcript, web_vtt
from pipeline.speech.loudness import loudness, normalise_loudness, true_peak
from pipeline.speech.pronunciation import respelled
from pipeline.speech.scene import speak_scene
from pipeline.speech.spoken import Spoken, sentences, spoken_words
from pipeline.speech.timing import timed

__all__ = [
    "Samples", "Sound", "Span", "Spoken", "align", "encode_m4a", "join", "loudness", "normalise_loudness", "read_wav",
    "respelled", "sentences", "shifted", "speak_scene", "spoken_words", "timed", "transcript", "trimmed", "true_peak",
    "web_vtt", "write_wav",
]
