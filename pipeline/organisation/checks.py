"""What people may write: each check returns the value as it is kept, or raises `BadRequest` with one sentence."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Final, TypeVar

from pipeline.errors import BadRequest
from pipeline.plain import one_line

EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?")
"""Simple, and ASCII only: no two letters that look alike, and lower case means the same in every database."""
EMAIL_CHARACTERS = 254
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
DOMAIN_CHARACTERS = 253
ID_CHARACTERS = 100
LARGEST = 2**31 - 1
"""What an integer column holds."""
Word = TypeVar("Word", bound=StrEnum)


class Keep(Enum):
    """The mark for "leave this as it is", where None means something."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


def email(value: object) -> str:
    """The address in lower case."""
    address = one_line("email", value, 1, EMAIL_CHARACTERS).lower()
    if not EMAIL.fullmatch(address):
        raise BadRequest("email", "must be an address such as name@school.org.")
    return address


def domain(value: object) -> str | None:
    """The host name in lower case; nothing is None."""
    if value is None or value == "":
        return None
    name = one_line("domain", value, 1, DOMAIN_CHARACTERS).lower()
    if not DOMAIN.fullmatch(name):
        raise BadRequest("domain", "must be a host name such as school.org.")
    return name


def whole(field: str, value: object, least: int, most: int = LARGEST) -> int:
    """The number."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRequest(field, f"must be a whole number from {least} to {most}.")
    return value


def truth(field: str, value: object) -> bool:
    """The answer."""
    if not isinstance(value, bool):
        raise BadRequest(field, "must be true or false.")
    return value


def word(field: str, kind: type[Word], value: object) -> Word:
    """The member of the enum."""
    if value not in list(kind):
        raise BadRequest(field, f"must be one of {', '.join(kind)}.")
    return kind(str(value))


def grades(value: Sequence[int]) -> list[int]:
    """The grades, each once, in order."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadRequest("grade_levels", "must be a list of whole numbers from 1 to 12.")
    return sorted({whole("grade_levels", grade, 1, 12) for grade in value})


def ids(field: str, value: Sequence[str]) -> list[str]:
    """The ids, each once."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(each, str) for each in value):
        raise BadRequest(field, "must be a list of ids.")
    return list(dict.fromkeys(value))


def moment(field: str, value: object) -> datetime | None:
    """The moment in UTC; None stays None."""
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadRequest(field, "must be a date and time with a time zone.")
    return value.astimezone(UTC)


def shown(value: object) -> str:
    """What somebody wrote, short enough for a sentence and without surprises."""
    quoted = ascii(value)
    return quoted if len(quoted) <= ID_CHARACTERS else f"{quoted[:ID_CHARACTERS]}…"
