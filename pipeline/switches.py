"""What is switched on for one request, and why: the flow asks, and does not know where the answer comes from."""

from pipeline.visuals import Value


class Switch(Value):
    """One decision, with its reason in words: "off: organisation override (exam week)"."""

    on: bool
    why: str


ON = Switch(on=True, why="on: no flag says otherwise")


class Switches(Value):
    """The decisions that the flow asks for."""

    video: Switch = ON
    images: Switch = ON
    cache: Switch = ON
    google: Switch = Switch(on=False, why="off: no flag says otherwise")
