"""What a guard says: that a text is declined and why, or which personal details were taken out of it."""

from enum import StrEnum

from pipeline.visuals import Text, Value


class Guard(StrEnum):
    """What a student's text is guarded against."""

    INJECTION = "injection"
    PERSONAL = "personal"
    UNSAFE = "unsafe"


class Declined(Value):
    """Why a text gets no lesson."""

    guard: Guard
    kind: Text
    """What it was taken for, for counting: never words of the student's."""
    reason: Text
    """One or a few sentences to the student; nothing of the text is repeated."""


class Detail(StrEnum):
    """A kind of personal detail; the value is what stands in its place, between square brackets."""

    EMAIL = "e-mail"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"
    SCHOOL = "school"
    BIRTH = "birthday"
    NUMBER = "number"
    CARD = "card"
    ACCOUNT = "account"
    LINK = "link"


class Redacted(Value):
    """A text without personal details."""

    text: str
    left_out: tuple[Detail, ...] = ()
    """What was taken out, in the order of the text."""
