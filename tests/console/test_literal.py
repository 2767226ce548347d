"""What students and models write is shown as it is, whatever it looks like."""

import re

import pytest
from markdown_it import MarkdownIt

from console.literal import JOINER, csv_cell, literal

HOSTILE = [
    "It costs $5 and $6",  # a formula to Streamlit
    "$$x^2$$ \\(y\\)",
    ":red[hot] :material/home: :smile: :streamlit:",  # directives and shortcodes
    "<script>alert(1)</script> <b>x</b> &lt;",
    "[link](javascript:alert(1)) ![p](http://x.test/p.png)",
    "see https://x.test/a?b=1 or www.x.test or me@x.test",  # linked without any mark-up
    "# heading", "- item", "1. item", "> quote", "| a | b |", "```code```", "~~gone~~", "***", "---", "a_b_c *d* `e`",
    "\\*already escaped\\*", "tail\\", "-> <- <-> -- >= <= ~=", "'; DROP TABLE requests; --",
    "مرحبا بالعالم", "日本語 ½ ² →",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_exactly_the_text(text: str) -> None:
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = reader.parse(literal(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children).replace(JOINER, "") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_that_streamlit_looks_for_in_plain_text(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", literal(text))
    for live in (r":[\w+-]+:", r":\w+\[", r":material/", r"https?://", r"www\.", r"\w@\w", r"<-|->|--|[<>~]="):
        assert not re.search(live, shown)


def test_a_text_stays_on_one_line() -> None:
    assert "\n" not in literal("Explain\n\n# photosynthesis\r\n- now")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_no_cell_of_an_export(cell: str) -> None:
    assert csv_cell(cell) == f"'{cell}"


def test_numbers_and_plain_words_are_exported_as_they_are() -> None:
    assert csv_cell(-3.5) == -3.5
    assert csv_cell("Explain photosynthesis") == "Explain photosynthesis"
