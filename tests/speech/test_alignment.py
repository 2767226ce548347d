"""Words find their sounds by likeness, never by count."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.speech import Sound, Spoken, align, timed

PHONEMES = "aeioubdfgklmnprstvz"


def sounds(phonemes: str, seconds: float = 0.1) -> list[Sound]:
    """A sound of equal length for each sign; a blank is a gap."""
    return [
        Sound(symbol=sign, start=place * seconds, end=(place + 1) * seconds) for place, sign in enumerate(phonemes)
    ]


def heard(words: list[str], phonemes: str) -> list[str]:
    """The phonemes under each word's span."""
    return ["".join(phonemes[round(span.start * 10): round(span.end * 10)]) for span in align(words, sounds(phonemes))]


def test_words_take_their_own_sounds():
    assert heard(["hiː", "sˈɛd"], "^hiː sˈɛd.$") == ["hiː", "sˈɛd"]


def test_words_that_the_voice_joins_are_parted_again():
    assert heard(["ʌv", "ðə", "bɑks"], "^ʌvðə bɑks$") == ["ʌv", "ðə", "bɑks"]


def test_a_word_that_the_voice_splits_stays_one():
    assert heard(["ɹubɪsko", "ɪz", "ɐ"], "ɹu bɪs ko ɪz ɐ") == ["ɹu bɪs ko", "ɪz", "ɐ"]


def test_joined_and_split_words_in_one_sentence_do_not_cancel_out():
    assert heard(["ɪn", "ðə", "ɹubɪsko", "sɛl"], "ɪnðə ɹu bɪsko sɛl") == ["ɪn", "ðə", "ɹu bɪsko", "sɛl"]


def test_a_word_said_otherwise_than_alone_keeps_its_place():
    assert heard(["eɪ", "fɔɹs"], "ɐ fɔɹs") == ["ɐ", "fɔɹs"]


def test_a_swallowed_word_shares_the_time_of_its_neighbour():
    spans = align(["to", "u", "to"], sounds("to to"))
    assert all(span.end > span.start for span in spans)
    assert spans[-1].end == 0.5


@given(st.lists(st.text(PHONEMES, min_size=1, max_size=6), min_size=1, max_size=8), st.data())
def test_times_increase_whatever_was_heard(words, data):
    phonemes = data.draw(st.text(PHONEMES + "  ˈː.", min_size=1, max_size=40))
    spans = align(words, sounds(phonemes))

    assert len(spans) == len(words)
    assert all(span.start <= span.end for span in spans)
    assert all(before.end <= after.start + 1e-9 for before, after in zip(spans, spans[1:], strict=False))
    assert spans[0].start >= 0 and spans[-1].end <= len(phonemes) * 0.1 + 1e-9


@given(st.lists(st.text(PHONEMES, min_size=1, max_size=6), min_size=1, max_size=8))
def test_clear_speech_is_covered_from_end_to_end(words):
    spans = align(words, sounds(" ".join(words)))

    assert [round((span.end - span.start) * 10) for span in spans] == [len(word) for word in words]


def test_each_written_token_gets_the_time_of_all_its_words_and_a_dash_none():
    tokens = [Spoken(written="20", words=("twenty",)), Spoken(written="—", words=()),
              Spoken(written="°C.", words=("degrees", "Celsius"), pause=".")]
    words = timed(tokens, align(["abc", "def", "kin"], sounds("abc def kin")))

    assert [(word.text, round(word.start, 1), round(word.end, 1)) for word in words] == [
        ("20", 0.0, 0.3), ("—", 0.3, 0.3), ("°C.", 0.4, 1.1),
    ]


def test_a_text_without_any_word_has_no_time():
    assert [word.end for word in timed([Spoken(written="—", words=())], [])] == [0.0]
