"""A number, what it was a week ago, and where it leads, as small pieces of HTML; every value is escaped where it is put in."""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from pipeline.visuals import Value

Mood = Literal["", "bad", "good"]
_CARD = Markup('<a class="figure {mood}" href="{href}" target="_self"><span>{label}</span><b>{value}</b>{lines}</a>')
NARROW = "\u202f"
"""A space at which no line breaks."""
_LINE = Markup("<small>{}</small>")
_NOTICE = Markup('<a class="notice {weight}" href="{href}" target="_self"><i class="dot"></i>{text}</a>')


class Card(Value):
    """One number."""

    label: str
    value: str
    href: str
    lines: tuple[str, ...] = ()
    """What it was, and what else has to be known of it."""
    mood: Mood = ""
    """Whether somebody should look."""


class Notice(Value):
    """Something that somebody should know at once."""

    weight: Literal["error", "warning"]
    text: str
    href: str


def grid(cards: Sequence[Card]) -> str:
    """The cards side by side."""
    return str(Markup('<div class="figures">{}</div>').format(Markup("").join(map(_card, cards))))


def notices(found: Sequence[Notice]) -> str:
    """A line for each, the worst first."""
    ordered = sorted(found, key=lambda one: one.weight != "error")
    return str(Markup('<div class="notices">{}</div>').format(
        Markup("").join(_NOTICE.format(**one.model_dump()) for one in ordered)))


def change(now: float, then: float) -> str:
    """How much more or less it is: "+12 %", "−40 %", "the same"; empty where there was nothing to compare with."""
    if not then:
        return ""
    percent = round(100 * (now - then) / then)
    return f"{'+' if percent > 0 else '−'}{abs(percent):,}{NARROW}%" if percent else "the same"


def against(name: str, then: str, more: str = "") -> str:
    """The line that compares: "Sun 15 Nov: 40 · +12 %"."""
    return " · ".join(part for part in (f"{name}: {then}", more) if part)


def _card(card: Card) -> Markup:
    return _CARD.format(mood=card.mood, href=card.href, label=card.label, value=card.value,
                        lines=Markup("").join(_LINE.format(line) for line in card.lines))
