"""What asks for a prompt: by its name, in which stage, and what it hands to it, at the longest that happens."""

from collections.abc import Mapping

from pipeline.domain import Stage
from pipeline.prompts.text import Filling
from pipeline.visuals import Text, Value


class Slot(Value):
    """A place in the pipeline that asks a model. `example` holds every variable that it offers."""

    name: Text
    stage: Stage | None
    """None for what judges lessons instead of making them."""
    what: Text
    example: Mapping[str, object]
    narrowed: tuple[str, ...] = ()
    """Properties of the answer that a call narrows to what is possible then."""

    @property
    def offered(self) -> Mapping[str, Filling]:
        """The variables that a version may use, each with an example."""
        return self.example  # type: ignore[return-value]


_FACTS: Mapping[str, object] = {
    "topic": "Newton's third law of motion",
    "summary": "When one body pushes or pulls a second body, the second pushes or pulls the first just as hard, in the "
               "opposite direction; the two forces act on different bodies and so do not cancel each other out.",
    "interest": "basketball",
    "scene": "A player jumps for a rebound and pushes the floor down with both feet, much harder than when standing still.",
    "lesson": "The floor pushes the player up just as hard as the player pushes the floor down, and that lifts the player.",
}
_CLAIM = "In basketball, the floor pushes a jumping player up as hard as the player pushes the floor down."

SLOTS: Mapping[str, Slot] = {slot.name: slot for slot in (
    Slot(name="nlu", stage=Stage.NLU, what="Sorts a question by topic where the search alone is in doubt.",
         example={"question": "why does a gun kick back when it is fired " * 11,
                  "cards": [{"title": f"Newton's third law of motion and pairs of forces, part {n}"} for n in range(5)]},
         narrowed=("topic",)),
    Slot(name="hook", stage=Stage.SCRIPT, what="Writes the question that opens a lesson.", example=_FACTS),
    Slot(name="link", stage=Stage.SCRIPT, what="Writes the sentence that ties the book to the student's interest.",
         example=_FACTS),
    Slot(name="support", stage=Stage.SCRIPT, what="Says whether the facts support a sentence that was written.",
         example={**_FACTS, "claim": _CLAIM}),
    Slot(name="answered", stage=Stage.SCRIPT, what="Says whether the facts answer a question that was written.",
         example={**_FACTS, "claim": "Why does the floor lift a basketball player who pushes it down?"}),
    Slot(name="relevant", stage=Stage.RETRIEVAL, what="Says whether a passage answers the question.",
         example={"title": "Newton's third law", "passage": "The floor pushes back just as hard as it is pushed. " * 28,
                  "question": "why does a gun kick back when it is fired " * 11}),
    Slot(name="answers", stage=None, what="Says whether a lesson on a topic answers a question; the bench of reading asks it.",
         example={"title": _FACTS["topic"], "summary": _FACTS["summary"],
                  "question": "why does a gun kick back when it is fired " * 11}),
    Slot(name="grounded", stage=None, what="Says whether a text says what a claim says; evaluations of lessons ask it.",
         example={"passage": "The floor pushes back just as hard as it is pushed. " * 28, "claim": _CLAIM}),
    Slot(name="prefer", stage=None, what="Says whether the first of two answers is the better one; evaluations ask it twice.",
         example={"question": "why does a gun kick back when it is fired " * 11, "first": f"{_CLAIM} " * 9,
                  "second": f"{_CLAIM} " * 9}),
)}
"""Every prompt that anything asks for. A version of a prompt must do with what its slot offers."""
