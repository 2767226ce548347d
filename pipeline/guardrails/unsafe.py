"""What a lesson for a minor must not be about: harm to oneself or others, weapons, drugs, sex, hatred, crime.

Each pattern holds what is wanted, not only its object: "how do I make a bomb" is declined, "how does a bomb calorimeter work"
and "sexual reproduction in plants" are biology and chemistry like any other.
"""

from pipeline.guardrails.folding import disguises, in_own_letters
from pipeline.guardrails.harm import IN_OTHER_LANGUAGES, SELF_HARM, TOPICS
from pipeline.guardrails.patterns import first
from pipeline.guardrails.values import Declined, Guard

_ASK = "please ask a question about a topic from class."
SAID = {
    SELF_HARM: (
        "It sounds as if you or somebody near you may be going through something hard, and that matters more than any "
        "lesson. Please talk today to a person you trust: a parent, a teacher, the school counselor. In the United States "
        "you can call or text 988 at any hour; in other countries findahelpline.com shows who answers where you are. If "
        "anyone is in danger now, call 911 or your local emergency number."
    ),
    "weapons": f"Lessons do not explain how to make or get weapons; {_ASK} The chemistry and physics behind them are welcome.",
    "drugs": f"Lessons do not help to make, get or use drugs; {_ASK} How they act on the body is welcome.",
    "sexual": f"This is not something that lessons are made about; {_ASK} The biology of reproduction is welcome.",
    "violence": f"Lessons do not help to hurt anyone. If you are angry or afraid, please talk to an adult you trust; else {_ASK}",
    "hate": f"Lessons do not put down groups of people; {_ASK} What genetics really says about people is welcome.",
    "crime": f"Lessons do not help to take, break into or spy on what is not yours; {_ASK} How security works is welcome.",
}
"""What the student reads. The help line is the 988 Suicide & Crisis Lifeline, for calls and text messages since July 2022."""


def unsafe(text: str) -> Declined | None:
    """Why there is no lesson on this for a minor; None when there may be one."""
    kind = first(TOPICS, disguises(text)) or first(IN_OTHER_LANGUAGES, (in_own_letters(text),))
    return Declined(guard=Guard.UNSAFE, kind=kind, reason=SAID[kind]) if kind else None
