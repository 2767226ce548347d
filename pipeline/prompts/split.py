"""Which of several versions a student gets: by a stable hash, so that the same student always gets the same."""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from pipeline.visuals import Text, Value

PLACES = 100


class Arm(Value):
    """A part of a traffic split: a share of the students in per cent, and the versions that they get (name -> version)."""

    name: Text
    share: Annotated[int, Field(ge=1, le=99)]
    prompts: Mapping[Text, Text]


class Shares(Value):
    """The arms of a split, the first of which is what the others are measured against. `salt` makes it differ from others."""

    salt: Text
    arms: tuple[Arm, ...] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _whole(self) -> "Shares":
        """The shares sum to 100, names are told apart, and all arms are of the same prompts."""
        total = sum(arm.share for arm in self.arms)
        if total != PLACES:
            raise ValueError(f"the shares sum to {total}, not to {PLACES}")
        if len({arm.name for arm in self.arms}) < len(self.arms):
            raise ValueError("two arms have one name")
        if len({frozenset(arm.prompts) for arm in self.arms}) > 1 or not self.arms[0].prompts:
            raise ValueError("all arms must name the same prompts, and at least one")
        return self


def assign(shares: Shares, student_id: str) -> Arm:
    """The student's arm: the first whose share, added to those before it, reaches beyond the student's place."""
    at, reached = place(shares.salt, student_id), 0
    for arm in shares.arms:
        reached += arm.share
        if at < reached:
            return arm
    raise AssertionError("shares sum to 100")


def place(salt: str, student_id: str) -> int:
    """Where the student stands, 0 to 99: always the same, and different for each salt."""
    digest = hashlib.sha256(f"{salt}:{student_id}".encode("utf-8", "backslashreplace")).hexdigest()
    return int(digest[:16], 16) % PLACES
