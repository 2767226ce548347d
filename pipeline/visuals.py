"""What a scene shows: one frozen value per kind of board drawing.

Each part that appears by itself carries a `cue`: words of the narration at which it is revealed. A part without a
cue follows the part before it. How a visual looks is the renderer's business; nothing here knows about pixels.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Value):
    """Something revealed on its own, at its cue."""

    cue: str = ""


class Title(Value):
    """The opening card."""

    kind: Literal["title"] = "title"
    heading: Text
    subheading: str = ""


class KeyIdea(Value):
    """One sentence worth remembering, with the words to stress."""

    kind: Literal["key_idea"] = "key_idea"
    heading: str = ""
    statement: Text
    emphasis: tuple[str, ...] = ()
    cue: str = ""


class EquationTerm(Part):
    """One symbol of an equation and what it stands for."""

    math: Text
    meaning: Text


class Equation(Value):
    """An equation built term by term: `math` in checked Typst mathematics, `plain` in Unicode for texts."""

    kind: Literal["equation"] = "equation"
    heading: Text
    math: Text
    plain: Text
    cue: str = ""
    terms: tuple[EquationTerm, ...] = Field(min_length=1, max_length=6)


class Step(Part):
    """A stage of a process or a cycle."""

    label: Text
    detail: str = ""


class Process(Value):
    """Steps in a row, joined by arrows."""

    kind: Literal["process"] = "process"
    heading: Text
    steps: tuple[Step, ...] = Field(min_length=2, max_length=5)


class Cycle(Value):
    """Steps that return to the first."""

    kind: Literal["cycle"] = "cycle"
    heading: Text
    steps: tuple[Step, ...] = Field(min_length=3, max_length=6)


class Event(Part):
    """A moment on a timeline."""

    when: Text
    what: Text


class Timeline(Value):
    """Events in order along a line."""

    kind: Literal["timeline"] = "timeline"
    heading: Text
    events: tuple[Event, ...] = Field(min_length=2, max_length=6)


class Item(Part):
    """A line of a column."""

    text: Text


class Column(Value):
    """One side of a comparison."""

    title: Text
    items: tuple[Item, ...] = Field(min_length=1, max_length=5)


class Comparison(Value):
    """Two columns side by side."""

    kind: Literal["comparison"] = "comparison"
    heading: Text
    left: Column
    right: Column


class Bar(Part):
    """One labelled quantity, in the chart's unit."""

    label: Text
    value: float


class Chart(Value):
    """Labelled quantities as bars."""

    kind: Literal["chart"] = "chart"
    heading: Text
    unit: str = ""
    bars: tuple[Bar, ...] = Field(min_length=2, max_length=7)


class Point(Part):
    """A marked place on a curve; its height comes from the curve's formula."""

    x: float
    label: Text


class Curve(Value):
    """y = formula(x), plotted from the formula itself."""

    kind: Literal["curve"] = "curve"
    heading: Text
    formula: Text
    plain: Text
    x_from: float
    x_to: float
    x_label: Text
    y_label: Text
    cue: str = ""
    points: tuple[Point, ...] = Field(default=(), max_length=4)


class WorkedStep(Value):
    """A line of working: what is said, and what is written (`math` is optional Typst for the board)."""

    say: Text
    plain: Text
    math: str = ""


class WorkedExample(Value):
    """A problem solved line by line."""

    kind: Literal["worked_example"] = "worked_example"
    heading: str = "Worked example"
    problem: Text
    steps: tuple[WorkedStep, ...] = Field(min_length=2, max_length=6)


class Recap(Value):
    """The points to take away."""

    kind: Literal["recap"] = "recap"
    heading: str = "Key takeaways"
    points: tuple[Item, ...] = Field(min_length=1, max_length=5)


class Question(Value):
    """A question, a pause to think, then its answer."""

    kind: Literal["question"] = "question"
    heading: str = "Check yourself"
    question: Text
    answer: Text


Figure = Annotated[
    KeyIdea | Equation | Process | Cycle | Timeline | Comparison | Chart | Curve, Field(discriminator="kind")
]
Visual = Annotated[
    Title | KeyIdea | Equation | Process | Cycle | Timeline | Comparison | Chart | Curve
    | WorkedExample | Recap | Question,
    Field(discriminator="kind"),
]
