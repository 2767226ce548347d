"""Boards: every kind is drawn, whatever was written in it, and never as source."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.corpus.book import read_topics
from pipeline.domain import Scene
from pipeline.errors import CorpusDefect
from pipeline.formula import check_math, height
from pipeline.providers.embedded.boards import TEMPLATES, Footer, draw_layers, draw_still, plots
from pipeline.providers.embedded.boards.content import board_data
from pipeline.providers.embedded.boards.drawing import can_be_set
from pipeline.providers.embedded.boards.fonts import fonts
from pipeline.providers.embedded.boards.mathematics import checked, linked
from pipeline.providers.embedded.boards.words import shortened, stressed, words
from pipeline.visuals import (
    Bar,
    Chart,
    Column,
    Comparison,
    Curve,
    Cycle,
    Equation,
    EquationTerm,
    Event,
    Item,
    KeyIdea,
    Point,
    Process,
    Question,
    Recap,
    Step,
    Timeline,
    Title,
    Visual,
    WorkedExample,
    WorkedStep,
)

DATA = Path(__file__).parents[2] / "data"
HOSTILE = [
    "W" * 500,
    "lorem ipsum dolor sit amet " * 75,
    "مرحبا بالعالم هذا نص من اليمين إلى اليسار 🙂🚀",
    '#panic("x") $ \\ </div><script>alert(1)</script> #set page() \\u{0} *b* _i_ @ref `raw` // c /* d',
    "·",
    "🙂",
]
BROKEN_MATH = ["#panic()", '"a', "frac(1", "a_", "dx", "sqrt()", "x^"]


def boards_of(text: str) -> list[Visual]:
    """One board of each kind with this text everywhere, and with as many parts as the kind may have."""
    step = Step(label=text, detail=text)
    items = (Item(text=text),) * 5
    values = (1e9, -3.0, 0.0, 1e-9, 5.0, float("inf"), 7.0)
    terms = tuple(EquationTerm(math=math, meaning=text) for math in BROKEN_MATH[:6])
    return [
        Title(heading=text, subheading=text),
        KeyIdea(heading=text, statement=text, emphasis=(text[:20],)),
        Equation(heading=text, math="frac(1", plain=text, terms=terms),
        Process(heading=text, steps=(step,) * 5),
        Cycle(heading=text, steps=(step,) * 6),
        Timeline(heading=text, events=(Event(when=text, what=text),) * 6),
        Comparison(heading=text, left=Column(title=text, items=items), right=Column(title=text, items=items)),
        Chart(heading=text, unit=text, bars=tuple(Bar(label=text, value=value) for value in values)),
        Curve(
            heading=text, formula="1 / x", plain=text, x_from=-3, x_to=3, x_label=text, y_label=text,
            points=tuple(Point(x=x, label=text) for x in (-2, 0, 1, 9)),
        ),
        WorkedExample(
            heading=text, problem=text,
            steps=tuple(WorkedStep(say=text, plain=text, math=math) for math in BROKEN_MATH[:6]),
        ),
        Recap(heading=text, points=items),
        Question(heading=text, question=text, answer=text),
    ]


def scene_of(visual: Visual, on_screen: str = "") -> Scene:
    return Scene(narration="x", visual=visual, on_screen=on_screen)


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("text", HOSTILE, ids=["one word", "long", "right to left", "markup", "dot", "emoji"])
def test_no_text_breaks_a_board_or_leaves_its_margins(text: str) -> None:
    for visual in boards_of(text):
        picture = pixels_of(draw_still(scene_of(visual, text)))
        assert picture.shape == (1080, 1920, 3)
        ground = picture[1079, 0].astype(int)
        edge = picture[:, :48].astype(int)
        assert abs(edge - ground).max() < 12, visual.kind
        low = picture[960:, :1200].astype(int)
        assert abs(low - ground).max() < 40, f"{visual.kind} reaches under the captions"


def test_every_figure_of_the_corpus_can_be_drawn() -> None:
    for topic in read_topics(DATA / "corpus")[:6]:
        for part in topic.explanation:
            for figure in part.figures:
                assert len(draw_layers(scene_of(figure, part.heading), Footer(count=1), height=720)) > 2


def test_a_text_is_data_and_never_source() -> None:
    said = '#panic("x")'
    data = board_data(scene_of(KeyIdea(statement=said)), can_be_set)
    assert data["statement"] == ['#panic("x")']
    assert all("panic" not in template.read_text() for template in TEMPLATES.glob("*.typ"))


@pytest.mark.parametrize("math", BROKEN_MATH)
def test_mathematics_that_cannot_be_set_gives_way_to_its_plain_form(math: str) -> None:
    assert checked(math, can_be_set) is None


def test_the_symbols_of_an_equation_are_linked_to_their_terms() -> None:
    found = linked('v^2 = v_0^2 + 2 a Delta x', ["v", "v_0", "a", "Delta x"], can_be_set)
    assert found is not None
    assert found.math == "zza(v)^2 = zzb(v_0)^2 + 2 zzc(a) zzd(Delta x)"
    assert found.terms == {0, 1, 2, 3}


def test_a_term_that_is_not_in_the_equation_is_shown_without_a_link() -> None:
    found = linked("N = 2^n", ["N", "2^128"], can_be_set)
    assert found is not None
    assert found.terms == {0}


def test_a_raised_unit_keeps_its_distance_from_the_number() -> None:
    assert checked('a = 2 "m/s"^2', can_be_set) == 'a = 2 space "m/s"^2'
    assert checked('2"H"_2"O"', can_be_set) == '2"H"_2"O"'


def test_the_last_step_of_a_comparison_belongs_to_the_right_column() -> None:
    visual = Comparison(
        heading="h", left=Column(title="l", items=(Item(text="a"), Item(text="b"))),
        right=Column(title="r", items=(Item(text="c"),)),
    )
    layers = draw_layers(scene_of(visual), Footer(count=1), height=720)
    assert sorted(layer.part for layer in layers if layer.part >= 0) == [0, 1, 2]


def test_layers_lie_on_even_pixels_because_colour_is_stored_for_squares_of_four() -> None:
    for visual in boards_of("Force and motion"):
        for height_ in (720, 1080):
            for layer in draw_layers(scene_of(visual, "kicker"), Footer(count=5, lesson="L"), height=height_):
                assert (layer.x % 2, layer.y % 2, *(size % 2 for size in layer.pixels.shape[:2])) == (0, 0, 0, 0)


def test_emphasised_phrases_are_marked_without_their_punctuation() -> None:
    assert stressed("Equal size, opposite direction.", ["opposite direction"]) == [
        "Equal", "size,", ["opposite", ""], ["direction", "."],
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("push of 50 N, then", ["push", "of", "50\u00a0N,", "then"]),   # a number and its unit stay together
    ("only 10 % of", ["only", "10\u00a0%", "of"]),
    ("hi 🚀\u202e there\x00", ["hi", "there"]),                      # no font has them, or they turn the text around
])
def test_words_are_cleaned(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_long_sentence_is_shortened_to_its_main_clause() -> None:
    said = "Ben's acceleration is his force divided by his mass of 75 kilograms, which is 2 m/s²."
    assert shortened(said) == "Ben's acceleration is his force divided by his mass of 75 kilograms"
    assert shortened("It moves, so it is fast.") == "It moves, so it is fast."


@pytest.mark.parametrize(("low", "high", "ticks"), [
    (0, 60, [0, 10, 20, 30, 40, 50, 60]),
    (-1, 1, [-1, -0.5, 0, 0.5, 1]),
    (3, 3, [3, 3.5, 4, 4.5, 5, 5.5, 6]),
    (0, 0.0007, [0, 0.0002, 0.0004, 0.0006, 0.0008]),
])
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    found = plots.nice_ticks(low, high, 6)
    assert found[0] <= low <= found[-1] and high <= max(found[-1], low)
    steps = {round(after - before, 9) for before, after in pairwise(found)}
    assert len(steps) == 1
    if low != high:
        assert found == ticks


@pytest.mark.parametrize(("value", "written"), [
    (-3.5, "−3.5"), (1200, "1200"), (499500, "499\u202f500"), (0, "0"), (3e8, "3 × 10⁸"), (1e-9, "1 × 10⁻⁹"), (0.1 + 0.2, "0.3"),
])
def test_numbers_are_written_as_on_a_board(value: float, written: str) -> None:
    assert plots.number(value) == written


def a_curve(formula: str, **changes: object) -> Curve:
    values = {"heading": "h", "plain": "y", "x_from": 0, "x_to": 4, "x_label": "x", "y_label": "y"} | changes
    return Curve.model_validate(values | {"formula": formula})


def test_a_curve_goes_through_the_heights_of_its_formula() -> None:
    plot = plots.plot(a_curve("x ** 2"))
    (line,) = plot.lines
    low, high = plot.y_ticks[0], plot.y_ticks[-1]
    for x, y in line[::40]:
        at = (x - plots.FRAME[0]) / (plots.FRAME[2] - plots.FRAME[0]) * 4
        value = low.value + (y - low.at) / (high.at - low.at) * (high.value - low.value)
        assert value == pytest.approx(height("x ** 2", at), abs=1e-6)


def test_a_curve_breaks_at_a_pole_instead_of_crossing_it() -> None:
    assert len(plots.plot(a_curve("1 / x", x_from=-2, x_to=2)).lines) == 2


def test_a_formula_without_any_value_is_refused() -> None:
    with pytest.raises(CorpusDefect, match="no value"):
        plots.plot(a_curve("sqrt(-1 - x)"))


def test_labels_of_points_keep_off_the_curve_and_off_each_other() -> None:
    data = board_data(scene_of(a_curve(
        "4 - x", points=[{"x": 1, "label": "first place"}, {"x": 1.2, "label": "second place"}],
    )), can_be_set)
    boxes = [point["label-box"] for point in data["points"]]
    assert plots._clashes(boxes[0], data["pen"], []) == 0
    assert plots._clashes(boxes[1], data["pen"], [boxes[0]]) == 0


def test_a_point_outside_of_the_curve_is_left_out_and_the_others_keep_their_turn() -> None:
    curve = a_curve("4 - x", points=[{"x": 1, "label": "a"}, {"x": 9, "label": "far off"}, {"x": 3, "label": "c"}])
    points = board_data(scene_of(curve), can_be_set)["points"]
    assert [point["part"] for point in points] == [1, 3]


def test_arrows_of_a_cycle_stay_clear_of_its_cards() -> None:
    for count in (3, 4, 5, 6):
        cards, (wide, high) = plots.ring(count), plots.CARDS[count]
        for index in range(count):
            points = plots.ring_arrow(count, index)
            assert len(points) > 8
            assert all(
                abs(x - card_x) > wide / 2 or abs(y - card_y) > high / 2
                for x, y in points for card_x, card_y in cards
            )


def test_the_fonts_have_every_sign_of_the_corpus() -> None:
    """A sign that is missing everywhere is drawn as the same empty box as a private one."""
    signs = sorted({sign for path in DATA.rglob("*.md") for sign in path.read_text() if ord(sign) > 126})
    missing = pixels_of(draw_still(scene_of(KeyIdea(statement="\U00012345"))))
    assert fonts().families()
    for sign in signs:
        if not sign.isspace():
            assert not np.array_equal(pixels_of(draw_still(scene_of(KeyIdea(statement=sign)))), missing), sign


def test_a_check_of_mathematics_comes_before_it_is_set() -> None:
    with pytest.raises(ValueError, match="not allowed"):
        check_math("#panic()")
    assert not can_be_set("frac(1")
