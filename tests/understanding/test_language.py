"""Plain English passes; signs, other scripts and noise are declined with a sentence to the student."""

import pytest

from pipeline.understanding import Vocabulary, unreadable

VOCABULARY = Vocabulary(["photosynthesis chlorophyll newton quadratic formula force", "basketball rebound"])


@pytest.mark.parametrize("question", [
    "Explain photosynthesis",
    "Explain Newton's Third Law using basketball",
    "What is a force?",
    "photosynthesis",
    "quadratic formulas",       # a plural of a known word
    "How do forces push?",
    "Why is the naïve answer wrong?",
    "What is F = m a?",
])
def test_plain_english_passes(question: str):
    assert unreadable(question, VOCABULARY) is None


@pytest.mark.parametrize(("question", "said"), [
    ("12345 67890", "no words"),
    ("?!?!?!?!", "no words"),
    ("🙂🙂🙂🙂🙂🙂", "no words"),
    ("​​​​​", "no words"),
    ("ما هي القوة في الفيزياء؟", "English only"),
    ("Что такое сила в физике?", "English only"),
    ("什么是光合作用？", "English only"),
    ("asdf qwer zxcv poiu", "plain English"),
    ("xkjhq wvbnm plokij", "plain English"),
    ("blorf snarg wibble force glub", "plain English"),  # one known word of five
])
def test_what_cannot_be_read_is_declined_with_a_sentence(question: str, said: str):
    reason = unreadable(question, VOCABULARY)
    assert reason and said in reason and reason.endswith(".")


def test_short_words_are_no_evidence_either_way():
    assert VOCABULARY.share_known("is it a go") == 0.0
    assert VOCABULARY.share_known("force zzqq") == 0.5
