from decimal import Decimal

import numpy as np
import pytest

from pipeline.domain import Unit
from pipeline.errors import OperatorError, ProviderUnavailable, UnusableOutput
from pipeline.providers.google.voice import MOST_BYTES, CloudVoice
from pipeline.testing.cloud_faults import Fault, refusal
from tests.providers.google.conftest import Cloud

VOICE = "en-US-Neural2-F"


@pytest.fixture
def voice(cloud: Cloud) -> CloudVoice:
    return CloudVoice(cloud.account, VOICE)


def test_every_written_word_has_its_time_in_order(cloud: Cloud, voice: CloudVoice):
    text = "Light travels 300,000 km/s. Why? Because — it <does> & must!"
    speech = voice.speak(text).value
    assert [word.text for word in speech.words] == text.split()
    times = [at for word in speech.words for at in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] == 0.0 and times[-1] <= len(speech.samples) / speech.rate
    assert next(word for word in speech.words if word.text == "—").start == next(
        word for word in speech.words if word.text == "—").end, "a dash is not said"
    assert float(np.abs(speech.samples).max()) > 0.05


def test_what_is_billed_is_what_the_service_counts(cloud: Cloud, voice: CloudVoice):
    (usage,) = voice.speak("Light travels fast. So does heat & sound.").usage
    assert (usage.provider, usage.model, usage.unit) == ("google", VOICE, Unit.CHARACTER)
    assert usage.quantity == Decimal(cloud.google.billed[VOICE, "character"])


def test_a_long_paragraph_is_spoken_in_calls_within_the_limit(cloud: Cloud, voice: CloudVoice):
    text = " ".join(f"Sentence number {n} is about light and matter." for n in range(60)) + " word" * 300 + "."
    paid = voice.speak(text)
    sizes = [len(body["input"]["ssml"].encode()) for _, _, body in cloud.google.asked]
    assert len(sizes) > 2 and max(sizes) <= MOST_BYTES
    assert [word.text for word in paid.value.words] == text.split()
    assert sum(row.quantity for row in paid.usage) == cloud.google.billed[VOICE, "character"]


def test_what_was_spoken_before_a_fault_is_paid(cloud: Cloud, voice: CloudVoice):
    cloud.google.faults += [None, refusal(503)]
    with pytest.raises(ProviderUnavailable) as told:
        voice.speak("This sentence is long enough. " * 80)
    assert sum(row.quantity for row in told.value.usage) == cloud.google.billed[VOICE, "character"] > 0


def test_a_voice_that_is_not_there_is_named(cloud: Cloud):
    with pytest.raises(OperatorError, match="does not exist"):
        CloudVoice(cloud.account, "xx-XX-None").speak("Hello.")


@pytest.mark.parametrize("answer", [
    b'{"audioContent": "AAAA", "timepoints": []}', b'{}', b'{"audioContent": ""}',
])
def test_an_answer_without_sound_is_not_used(cloud: Cloud, voice: CloudVoice, answer: bytes):
    cloud.google.faults.append(Fault(body=answer))
    with pytest.raises(UnusableOutput, match="no sound"):
        voice.speak("Hello.")


def test_a_voice_that_does_not_tell_its_times_is_not_used(cloud: Cloud, voice: CloudVoice):
    speak = cloud.google.speak
    cloud.google.speak = lambda body: {**speak(body), "timepoints": []}
    with pytest.raises(UnusableOutput, match="takes marks"):
        voice.speak("Hello there.")
