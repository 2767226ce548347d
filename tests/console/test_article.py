"""The article as HTML: its own Markdown, its source marks, and nothing else that a model might write."""

from console.article import article, evidence
from tests.console.lessons import ANSWER, ARTICLE, HOSTILE, LAW, PASSAGES


def test_headings_lists_and_emphasis_are_shown_as_such() -> None:
    page = article("# Title\n\n*aim*\n\n- point\n\n1. step  \n   **F = ma**").html
    for part in ("<h1>Title</h1>", "<em>aim</em>", "<li>point</li>", "<strong>F = ma</strong>"):
        assert part in page


def test_whatever_else_a_model_writes_stays_text() -> None:
    page = article(f"Well: {HOSTILE}").html
    assert "&lt;b&gt;bold&lt;/b&gt; :red[hot] $x$ [link](javascript:alert) ![p](http://x.test/p.png)" in page
    assert not any(tag in page for tag in ("<a ", "<img", "<code", "<b>"))


def test_a_source_mark_opens_its_passage_and_unknown_numbers_stay_text() -> None:
    page = article("Forces come in pairs. [1] In 1687 [7]", PASSAGES).html
    assert 'popovertarget="passage-0"' in page and 'id="passage-0"' in page
    assert "Newton&#39;s third law: Forces come in pairs" in page
    assert "[7]" in page


def test_while_it_is_written_marks_are_numbers_that_open_nothing() -> None:
    page = article("Forces come in pairs. [1]").html
    assert '<sup class="mark">1</sup>' in page and "popovertarget" not in page


def test_the_words_that_support_a_sentence_are_marked_whatever_their_ending() -> None:
    shown = str(evidence(PASSAGES[1], "These forces acted on different objects."))
    assert "<mark>forces</mark>" in shown and "<mark>act</mark>" in shown
    assert "<mark>book</mark>" not in shown and "<mark>the</mark>" not in shown


def test_a_passage_that_is_quoted_whole_is_said_to_be_instead_of_being_painted_over() -> None:
    shown = str(evidence(PASSAGES[0], LAW))
    assert "<mark>" not in shown and "quotes this passage whole" in shown


def test_a_section_supports_a_mark_with_what_follows_it_too() -> None:
    page = article("## One\n\nA question. [2]\n\nA book weighs 8 N.\n\n## Two\n\nThe forces cancel.", PASSAGES).html
    assert "<mark>book</mark>" in page and "<mark>cancel</mark>" not in page


def test_a_passage_cannot_smuggle_markup_into_the_page() -> None:
    passage = PASSAGES[0].model_copy(update={"text": HOSTILE, "section": '"><script>x</script>'})
    page = article("Well. [1]", (passage,)).html
    assert "<script>" not in page and "<b>bold" not in page


def test_the_check_answer_is_kept_apart() -> None:
    page = article(ARTICLE, PASSAGES)
    assert page.answer == ANSWER
    assert "8 N, upward" not in page.html.split("popover")[0]
