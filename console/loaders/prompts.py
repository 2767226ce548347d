"""Prompts: the registry with its history, what a change would say, and requests that asked with a prompt.

What was read is kept for some seconds and shared by everybody who looks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door
from pipeline.errors import OperatorError
from pipeline.experiments import RunLine
from pipeline.ports import Prompt
from pipeline.prompts import Arm, Fault, PromptBook, PromptText
from pipeline.registry import Entry, Move, Promotion, Split, SplitLook, Version
from pipeline.tracking import Asking, Detail

KEPT_SECONDS = 5
"""How old what stands here may be: what a notebook or a command line changes appears by itself."""
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200)


class Preview(NamedTuple):
    """A prompt as a model would get it."""

    prompt: Prompt
    tokens: int | None
    """None where no tokeniser is on this machine; `why` says so then."""
    why: str = ""


# the registry


@_kept
def entries() -> Sequence[Entry]:
    """Every prompt, in a line."""
    with door() as parts:
        return parts.registry.entries()


@_kept
def versions(name: str) -> Sequence[Version]:
    """The versions of a prompt, the newest first; none for a prompt that there is not."""
    if all(entry.name != name for entry in entries()):
        return ()
    with door() as parts:
        return parts.registry.versions(name)


@_kept
def history(name: str) -> Sequence[Move]:
    """Where its labels were put, the newest first."""
    with door() as parts:
        return parts.registry.history(name)


@_kept
def promotions(*, waiting: bool = False) -> Sequence[Promotion]:
    """What was, or is to be, put into production."""
    with door() as parts:
        return parts.registry.promotions(waiting=waiting)


@_kept
def splits() -> Sequence[Split]:
    """The traffic splits."""
    with door() as parts:
        return parts.registry.splits()


@_kept
def look(split_id: int) -> SplitLook:
    """How the arms of a split do."""
    with door() as parts:
        return parts.registry.look(split_id)


@_kept
def runs() -> Sequence[RunLine]:
    """The newest evaluations of prompts."""
    with door() as parts:
        return parts.experiments.newest()


# what a change would say


def faults(text: PromptText) -> Sequence[Fault]:
    """Everything that is wrong with it, each with its place."""
    with door() as parts:
        return parts.registry.faults(text)


def preview(text: PromptText, variables: Mapping[str, object]) -> Preview:
    """The prompt with these variables filled in. Raises `OperatorError` for what it cannot be filled in with."""
    prompt = PromptBook({text.name: text}).render(text.name, variables)
    with door() as parts:
        try:
            return Preview(prompt, parts.token_counter.count(prompt))
        except OperatorError as fault:
            return Preview(prompt, None, str(fault))


@_kept
def askings(name: str) -> Sequence[Asking]:
    """The newest requests that asked with the prompt, and what they asked."""
    with door() as parts:
        return Detail(parts.engine).askings(name)


# changes


def save(text: PromptText, *, message: str, parent: str | None) -> Version:
    """Keep it as a version. Raises `NotAllowed`, and `BadRequest` with every fault."""
    with door() as parts:
        made = parts.registry.save(visitor.actor(), text, message=message, parent=parent)
    look_again()
    return made


def label(name: str, label: str, version: str, *, why: str = "") -> None:
    """Put the label on the version."""
    with door() as parts:
        parts.registry.label(visitor.actor(), name, label, version, why=why)
    look_again()


def unlabel(name: str, label: str, *, why: str = "") -> None:
    """Take the label away."""
    with door() as parts:
        parts.registry.unlabel(visitor.actor(), name, label, why=why)
    look_again()


def promote(prompts: Mapping[str, str], *, run_id: str = "", override: str = "") -> Promotion:
    """Put these versions into production, or have them wait for a second person."""
    with door() as parts:
        made = parts.registry.promote(visitor.actor(), prompts, run_id=run_id, override=override)
    look_again()
    return made


def approve(promotion_id: int) -> None:
    """Agree, as the second person."""
    with door() as parts:
        parts.registry.approve(visitor.actor(), promotion_id)
    look_again()


def withdraw(promotion_id: int, *, why: str) -> None:
    """Have nothing come of a promotion that waits."""
    with door() as parts:
        parts.registry.withdraw(visitor.actor(), promotion_id, why=why)
    look_again()


def roll_back(name: str, *, why: str, to: str = "") -> Move:
    """Put production back where it was, or on this version."""
    with door() as parts:
        made = parts.registry.rollback(visitor.actor(), name, why=why, to=to)
    look_again()
    return made


def start_split(arms: Sequence[Arm], *, why: str, ends_at: datetime | None) -> Split:
    """Give students different versions, by their shares."""
    with door() as parts:
        made = parts.registry.start_split(visitor.actor(), arms, why=why, ends_at=ends_at)
    look_again()
    return made


def stop_split(split_id: int, *, why: str) -> None:
    """Give every student what is in production again."""
    with door() as parts:
        parts.registry.stop_split(visitor.actor(), split_id, why=why)
    look_again()


def look_again() -> None:
    """Forget what was read."""
    for question in (entries, versions, history, promotions, splits, look, runs, askings):
        question.clear()
