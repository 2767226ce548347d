"""The Piper voice keeps what is written and when it is said. Needs the pulled voice; skipped without it."""

import numpy as np
import pytest

from pipeline.config import read_settings
from pipeline.domain import Unit
from pipeline.errors import MissingWeights, OperatorError
from pipeline.models import find_voice
from pipeline.providers.embedded.voice import PiperVoice

TEXT = "Push on a wall with 50 N — it pushes back. RuBisCO takes CO₂ out of the air (about 0.04 %) in the leaf."


@pytest.fixture(scope="module")
def voice() -> PiperVoice:
    pytest.importorskip("piper")
    try:
        return PiperVoice(find_voice(read_settings()))
    except MissingWeights as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def paid(voice):
    return voice.speak(TEXT)


def test_every_written_word_is_there_in_order(paid):
    assert [word.text for word in paid.value.words] == TEXT.split()


def test_times_increase_and_cover_the_sound(paid):
    words, seconds = paid.value.words, len(paid.value.samples) / paid.value.rate
    assert all(before.end <= after.start + 1e-9 for before, after in zip(words, words[1:], strict=False))
    assert all(word.end > word.start for word in words if word.text != "—")
    assert words[0].start < 0.1 and seconds - words[-1].end < 0.2
    assert max(after.start - before.end for before, after in zip(words, words[1:], strict=False)) < 0.8


def test_the_sound_is_neither_clipped_nor_silent(paid):
    assert 0.2 < np.abs(paid.value.samples).max() < 1.0
    assert paid.value.samples.dtype == np.float32


def test_sentences_are_parted_by_a_breath(voice):
    words = voice.speak("One. Two.").value.words
    assert 0.2 < words[1].start - words[0].end < 0.45


def test_characters_are_billed_as_written(paid):
    [usage] = paid.usage
    assert (usage.unit, usage.quantity, usage.provider) == (Unit.CHARACTER, len(TEXT), "embedded")


def test_a_text_without_words_is_silence(voice):
    speech = voice.speak("— … —").value
    assert len(speech.samples) == 0 and [word.text for word in speech.words] == ["—", "…", "—"]


def test_a_voice_that_tells_no_times_is_refused(voice):
    plain = read_settings().models / "en_US-joe-medium" / "en_US-joe-medium.onnx"
    if not plain.is_file():
        pytest.skip("the voice was not pulled here")
    with pytest.raises(OperatorError, match="find_voice"):
        PiperVoice(plain).speak("Hello.")


def test_an_absent_voice_says_what_to_run(tmp_path):
    pytest.importorskip("piper")
    with pytest.raises(MissingWeights, match="models pull"):
        PiperVoice(tmp_path / "none.onnx").speak("Hello.")
