"""Sound is measured, levelled, joined and written without loss."""

import math

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import Word
from pipeline.ports import Paid, Speech
from pipeline.speech import (
    encode_m4a,
    join,
    loudness,
    normalise_loudness,
    read_wav,
    speak_scene,
    trimmed,
    true_peak,
    write_wav,
)

RATE = 22_050


def tone(hertz: float, seconds: float, level: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize(("dbfs", "lufs"), [(0, -3.01), (-23, -26.01), (-36, -39.01)])
def test_a_tone_of_997_hertz_has_the_loudness_of_the_standard(rate, dbfs, lufs):
    # EBU Tech 3341: in one channel a 997 Hz sine of x dBFS is x − 3.01 LUFS.
    assert loudness(tone(997, 5, 10 ** (dbfs / 20), rate), rate) == pytest.approx(lufs, abs=0.05)


def test_silence_between_words_does_not_make_speech_quieter():
    sound = tone(997, 3, 0.1)
    with_pauses = np.concatenate([sound, np.zeros(5 * RATE, np.float32), sound])
    assert loudness(with_pauses, RATE) == pytest.approx(loudness(sound, RATE), abs=0.3)


def test_a_peak_between_two_samples_is_seen():
    # A quarter of the rate at 45°: every sample lies at 0.707 of a peak that falls between them.
    sound = np.sin(2 * np.pi * np.arange(4000) / 4 + np.pi / 4).astype(np.float32)
    assert np.abs(sound).max() < 0.71
    assert true_peak(sound[100:-100]) == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("level", [0.01, 0.1, 0.9])
def test_speech_is_brought_to_the_target_under_the_ceiling(level):
    rng = np.random.default_rng(1)
    bursts = np.repeat(rng.choice([0.05, 0.3, 1.0], 60, p=[0.5, 0.45, 0.05]), RATE // 10)
    sound = (level * bursts * rng.standard_normal(len(bursts)) / 4).astype(np.float32)

    levelled = normalise_loudness(sound, RATE)

    assert loudness(levelled, RATE) == pytest.approx(-16.0, abs=0.2)
    assert true_peak(levelled) <= -1.49


def test_silence_stays_silence():
    assert not normalise_loudness(np.zeros(RATE, np.float32), RATE).any()
    assert math.isinf(loudness(np.zeros(10, np.float32), RATE))


def test_a_wav_comes_back_as_it_was_written(tmp_path):
    sound = tone(440, 0.5, 0.8)
    write_wav(tmp_path / "a.wav", sound, RATE)
    back, rate = read_wav(tmp_path / "a.wav")

    assert rate == RATE
    assert np.abs(back - sound).max() < 1 / 32_000
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    write_wav(tmp_path / "a.wav", tone(440, 0.1), RATE)
    before = (tmp_path / "a.wav").read_bytes()

    with pytest.raises(Exception, match="rate"):
        write_wav(tmp_path / "a.wav", tone(440, 0.2), -1)

    assert (tmp_path / "a.wav").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_an_m4a_has_its_title_and_its_length(tmp_path):
    encode_m4a(tmp_path / "a.m4a", tone(440, 2.0, 0.5), RATE, title="Newton’s <third> law")

    with av.open(str(tmp_path / "a.m4a")) as file:
        stream = file.streams.audio[0]
        assert stream.codec_context.name == "aac"
        assert file.metadata["title"] == "Newton’s <third> law"
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=0.1)


def speech(seconds: float, *texts: str) -> Speech:
    step = seconds / max(1, len(texts))
    words = tuple(Word(text=text, start=n * step, end=(n + 1) * step) for n, text in enumerate(texts))
    return Speech(samples=tone(300, seconds, 0.5), rate=RATE, words=words)


def test_trimming_takes_the_silence_and_moves_the_words():
    sound = np.concatenate([np.zeros(RATE, np.float32), tone(300, 1, 0.5), np.zeros(RATE, np.float32)])
    cut = trimmed(Speech(samples=sound, rate=RATE, words=(Word(text="one", start=1.0, end=2.0),)))

    assert len(cut.samples) / RATE == pytest.approx(1.09, abs=0.01)
    assert cut.words[0].start == pytest.approx(0.03, abs=0.002)


@given(st.lists(st.floats(0.01, 0.3), min_size=1, max_size=5), st.floats(0, 0.5))
def test_joined_parts_keep_their_words_on_one_clock(lengths, gap):
    whole = join([speech(seconds, "one", "two") for seconds in lengths], gap)

    assert len(whole.samples) / RATE == pytest.approx(sum(lengths) + gap * (len(lengths) - 1), abs=0.001)
    starts = [word.start for word in whole.words]
    assert starts == sorted(starts) and len(starts) == 2 * len(lengths)
    assert whole.words[-1].end == pytest.approx(len(whole.samples) / RATE, abs=0.001)


class Recorder:
    """A voice that says a tone for every paragraph."""

    family, name = "fake", "tone"

    def __init__(self) -> None:
        self.heard: list[str] = []

    def speak(self, text: str) -> Paid[Speech]:
        self.heard.append(text)
        return Paid(value=speech(1.0, *text.split()))


def test_paragraphs_of_a_scene_are_parted_by_its_silence():
    voice = Recorder()
    paid = speak_scene(voice, "One two.\n\n  Three four.\n", 0.5)

    assert voice.heard == ["One two.", "Three four."]
    assert [word.start for word in paid.value.words] == pytest.approx([0, 0.5, 1.5, 2.0], abs=0.001)
    gap = paid.value.samples[RATE + 1: int(1.5 * RATE) - 1]
    assert not gap.any()
