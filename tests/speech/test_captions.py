"""Captions can be read: short lines, honest times, no number without its unit, no markup from the text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import Word
from pipeline.speech import transcript, web_vtt

TIME = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})")


def spoken(text: str, seconds: float = 0.4) -> list[Word]:
    return [Word(text=word, start=n * seconds, end=n * seconds + 0.35) for n, word in enumerate(text.split())]


def cues(vtt: str) -> list[tuple[float, float, list[str]]]:
    found = []
    for block in vtt.strip().split("\n\n")[1:]:
        _, time, *lines = block.split("\n")
        h1, m1, s1, h2, m2, s2 = (float(part) for part in TIME.fullmatch(time).groups())
        found.append((h1 * 3600 + m1 * 60 + s1, h2 * 3600 + m2 * 60 + s2, lines))
    return found


TEXT = (
    "A force is never alone. Whenever one object pushes or pulls a second object, the second object pushes or pulls "
    "back on the first. Push on a wall with 50 N, and the wall pushes on your hand with 50 N. It falls at 9.8 m/s² "
    "because 1 000 km of air are not 20 °C warm, and P = 3 kW h is a speed of 10 kg m/s for you."
)


def test_a_cue_has_two_lines_of_42_characters_and_one_to_six_seconds():
    for start, end, lines in cues(web_vtt(spoken(TEXT))):
        assert len(lines) <= 2 and max(map(len, lines)) <= 42
        assert 0.999 <= end - start <= 6.001


def test_no_number_is_cut_from_its_unit():
    text = "\n".join(line for _, _, lines in cues(web_vtt(spoken(TEXT))) for line in [*lines, "#"])
    for pair in ("50 N", "9.8 m/s²", "1 000 km", "20 °C", "3 kW h", "10 kg m/s"):
        assert pair in text


def test_cues_break_at_the_ends_of_sentences():
    words = spoken("Forces come in pairs of two. Each of them acts on another body. Neither can be first here.", 0.7)
    assert [" ".join(lines) for _, _, lines in cues(web_vtt(words))] == [
        "Forces come in pairs of two.", "Each of them acts on another body.", "Neither can be first here.",
    ]


def test_a_short_sentence_is_shown_for_a_second():
    [(start, end, _)] = cues(web_vtt([Word(text="Yes.", start=3661.5, end=3661.7)]))
    assert (start, end) == (3661.5, 3662.5)


def test_signs_of_markup_are_escaped():
    vtt = web_vtt(spoken("<b>if a < b & c --> d</b>"))
    assert "&lt;b&gt;if a &lt; b &amp; c --&gt; d&lt;/b&gt;" in vtt.replace("\n", " ")


@given(st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=60), max_size=60))
def test_all_words_are_shown_in_order_and_cues_do_not_overlap(texts):
    words = [Word(text=text, start=n * 0.3, end=n * 0.3 + 0.3) for n, text in enumerate(texts)]
    found = cues(web_vtt(words))

    shown = " ".join(" ".join(lines) for _, _, lines in found)
    shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == " ".join(texts)
    assert all(before[1] <= after[0] for before, after in zip(found, found[1:], strict=False))


def test_the_transcript_has_a_line_for_each_sentence_with_its_time():
    words = spoken("One two three. Four five.", 30)
    assert transcript(words) == "[00:00] One two three.\n[01:30] Four five.\n"
