"""Personal details are taken out; ordinary numbers, names and places of science stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.guardrails import Detail, redacted
from pipeline.guardrails.folding import fold
from pipeline.guardrails.personal import luhn


@pytest.mark.parametrize(("text", "expected"), [
    ("My mail is jo.b+x@school.k12.ca.us, what is heat", "My mail is [e-mail], what is heat"),
    ("reply to emma dot brown at gmail dot com", "reply to [e-mail]"),
    ("ｍａｘ＠ｇｍａｉｌ．ｃｏｍ asks", "[e-mail] asks"),
    ("my address is ben\u200b.carter@icloud.com", "my address is [e-mail]"),
    ("text +49 151 23456789 when ready", "text [phone] when ready"),
    ("my number is (415) 555-2671, what is a cell", "my number is [phone], what is a cell"),
    ("I live at 742 Evergreen Terrace, explain friction", "I live at [address], explain friction"),
    ("hi im jessica martinez, explain photosynthesis", "hi im [name], explain photosynthesis"),
    ("I am Michael O'Brien from 10B", "I am [name] from 10B"),
    ("my friend Tyler Washington says so", "my friend [name] says so"),
    ("I go to St. Mary's High School, explain sound", "I go to [school], explain sound"),
    ("I was born on March 14, 2009, how old am I", "I was born on [birthday], how old am I"),
    ("My student ID is 20481937, what is diffusion", "My student ID is [number], what is diffusion"),
    ("my card is 4111 1111 1111 1111, why", "my card is [card], why"),
    ("follow me on instagram @skater_boi99", "follow me on instagram [account]"),
    ("see www.facebook.com/john.doe.161 and explain", "see [link] and explain"),
    ("I'm Carlos Rivera, 15, c.r@gmail.com", "I'm [name], 15, [e-mail]"),
])
def test_a_detail_is_taken_out_and_the_question_stays(text: str, expected: str):
    found = redacted(text)
    assert found.text == expected
    assert redacted(found.text) == found.model_copy(update={"left_out": ()})  # a second time there is nothing left


@pytest.mark.parametrize("text", [
    "What is 6.022e23 used for?", "Newton was born on December 25, 1642", "CAS 7732-18-5 and 50-00-0 are compounds",
    "Where is 40.7128° N, 74.0060° W?", "ISBN 978-3-16-148410-0 has a check digit", "1100101011111110 in hexadecimal?",
    "the speed of light is 299792458 m/s", "what is 1234567890 divided by 9", "IP 192.168.0.1 and MAC 00:1A:2B:3C:4D:5E",
    "2 to the power 64 = 18446744073709551616", "my number is 1729, why is it special?", "Steam is H2O at 100.5 C",
    "Igf2 and sCD40L are proteins", "Who was Marie Curie?", "My teacher says Albert Einstein changed gravity",
    "I am Team Galileo", "I'm Stuck On Algebra", "This is Newton's law of cooling", "How does the Golden Gate Bridge carry its load?",
    "how does @override work in Java?", "what is http://example.com made of", "student 1 pushes student 2", "at what dot product",
    "What does high school physics say about friction?", "Name: Oxygen. What is its symbol?",
])
def test_science_stays_as_it_is(text: str):
    assert redacted(text).left_out == ()
    assert redacted(text).text == text


@given(st.integers(10**14, 10**15 - 1))
def test_of_the_ten_last_digits_one_is_the_check_digit(number: int):
    assert sum(luhn(f"{number}{last}") for last in range(10)) == 1


@given(st.text(max_size=80))
def test_every_folded_letter_has_its_place_in_the_text(text: str):
    folded = fold(text)
    assert len(folded.text) == len(folded.places)
    assert list(folded.places) == sorted(folded.places) and all(0 <= place < len(text) for place in folded.places)


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_goes_whatever_stands_around_it(before: str, after: str):
    found = redacted(f"{before} jo.brown@example.org {after}")
    assert "brown@example" not in found.text and Detail.EMAIL in found.left_out


@pytest.mark.parametrize("piece", ["a ", "A", "1", "my ", "I am A", "a@", "https://", "+1 ", "Aa Bb ", "a. "])
def test_a_very_long_text_is_read_to_its_end(piece: str):
    text = piece * (5_000 // len(piece))
    assert redacted(f"{text} my mail is jo@example.org").text.endswith("my mail is [e-mail]")
