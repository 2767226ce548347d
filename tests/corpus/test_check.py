"""The checker names every fault of a spoiled corpus, all at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.corpus.check import check_corpus, figure_faults
from pipeline.visuals import Comparison, Curve, Equation, KeyIdea, Process, Value
from tests.conftest import NEWTON, PHOTOSYNTHESIS

Spoil = Callable[[Path], None]


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def topic(data: Path) -> Path:
    return data / "corpus" / "physics" / f"{NEWTON}.md"


def situations(data: Path) -> Path:
    return data / "interests" / "situations" / f"{NEWTON}.toml"


def prerequisites_aside(faults: list[str]) -> list[str]:
    return [fault for fault in faults if "unknown prerequisite" not in fault]  # two topics alone lack theirs


def test_two_sound_topics_have_no_fault_but_their_absent_prerequisites(data: Path):
    assert prerequisites_aside(check_corpus(data)) == []
    assert any("unknown prerequisite topic_" in fault for fault in check_corpus(data))


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda data: rewrite(topic(data), "## Takeaways", "## Remember"), "missing sections: Takeaways"),
    (lambda data: rewrite(topic(data), 'cue = "', 'cue = "never said '), "is not in the text"),
    (lambda data: topic(data).rename(topic(data).with_name("topic_other.md")), "file name and folder"),
    (lambda data: situations(data).unlink(), "missing (one situation per interest)"),
    (lambda data: rewrite(situations(data), 'basketball = "', 'basketball = "x"\nother = "'), "basketball has 1 words"),
    (lambda data: rewrite(topic(data), "## Explanation\n", "## Explanation\n\n### Short\n\nToo short.\n"), "has 2 words"),
    (lambda data: rewrite(topic(data), "## Explanation\n",
                          f"## Explanation\n\n### Long\n\n{'word ' * 50}.\n"), "sentence too long"),
])
def test_a_fault_is_named(data: Path, spoil: Spoil, said: str):
    spoil(data)
    assert any(said in fault for fault in prerequisites_aside(check_corpus(data)))


def test_one_bad_file_does_not_hide_the_next(data: Path):
    topic(data).write_text("nothing", encoding="utf-8")
    other = data / "corpus" / "biology" / f"{PHOTOSYNTHESIS}.md"
    other.write_text("nothing", encoding="utf-8")
    faults = check_corpus(data)
    assert any(NEWTON in fault for fault in faults) and any(PHOTOSYNTHESIS in fault for fault in faults)


TEXT = "Push the wall and the wall pushes back. Each force has a partner."
STEPS = ({"label": "one", "cue": "each force"}, {"label": "two", "cue": "push the wall"})
TERMS = ({"math": "F", "meaning": "force"},)
CURVE = {"heading": "h", "formula": "1 / x", "plain": "y", "x_from": 1, "x_to": 2, "x_label": "x", "y_label": "y"}


@pytest.mark.parametrize(("figure", "said"), [
    (KeyIdea(statement="Forces pair up.", cue="never said"), "cue 'never said' is not in the text"),
    (KeyIdea(statement="Forces pair up.", emphasis=("alone",)), "emphasis 'alone' is not in the statement"),
    (Process(heading="h", steps=STEPS), "sounds before the part above it"),
    (Equation(heading="h", math="#read", plain="F", terms=TERMS), "'#' is not allowed"),
    (Equation(heading="h", math="F", plain="F", terms=({"math": "speed", "meaning": "m"},)), "write \"speed\" in quotes"),
    (Curve(**CURVE | {"x_from": 0}), "no value at x = 0"),
    (Curve(**CURVE, points=({"x": 0, "label": "p"},)), "no value at x = 0"),
])
def test_a_figure_that_cannot_be_shown_as_meant_is_a_fault(figure: Value, said: str):
    assert any(said in fault for fault in figure_faults(figure, TEXT))


@pytest.mark.parametrize("figure", [
    KeyIdea(statement="Forces pair up.", emphasis=("pair",), cue="Each FORCE"),
    Process(heading="h", steps=STEPS[::-1]),
    Comparison(heading="h", left={"title": "l", "items": [{"text": "a", "cue": "each force"}]},
               right={"title": "r", "items": [{"text": "b", "cue": "push"}]}),  # columns need no common order
    Curve(**CURVE),
])
def test_a_sound_figure_has_no_fault(figure: Value):
    assert list(figure_faults(figure, TEXT)) == []
