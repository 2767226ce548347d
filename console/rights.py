"""What whoever is here may press: a button that is not for them is shown, disabled, and says why."""

from typing import TypedDict

from console.loaders import visitor
from pipeline.organisation import Permission


class Right(TypedDict):
    """Arguments of a button."""

    disabled: bool
    help: str | None


def right(permission: Permission, *, help: str | None = None, disabled: bool = False) -> Right:  # noqa: A002  Streamlit's word
    """For a button that needs this permission; `help` and `disabled` hold for those who have it."""
    reason = visitor.refusal(permission)
    return {"disabled": disabled or reason is not None, "help": reason or help}
