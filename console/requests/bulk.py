"""What is done to all requests of the filter at once: first how many and what it would cost, then a second press."""

import functools
from collections.abc import Callable, Sequence

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import requests
from console.loaders.requests import BULK, Outcome, Preview
from console.organisation import changes
from console.organisation.labels import number
from pipeline.organisation import Permission
from pipeline.tracking import Filter

_TOLD = 5
Act = Callable[[Sequence[str]], Outcome]


def show(wanted: Filter) -> None:
    """The buttons. What they would act on is looked up when one is pressed, and stays what was shown."""
    changes.asks(
        "Run failed again", "Run these requests again?", ask_again, functools.cache(lambda: requests.preview_again(wanted)),
        permission=Permission.GENERATE, icon=":material/replay:", key="bulk_again",
        help="Every failed or cancelled request of the filter that nobody ran again yet.")
    changes.asks(
        "Cancel unfinished", "Cancel these requests?", ask_cancel, functools.cache(lambda: requests.preview_cancel(wanted)),
        permission=Permission.GENERATE, icon=":material/stop_circle:", key="bulk_cancel",
        help="Every waiting or running request of the filter.")


def ask_again(look: Callable[[], Preview]) -> None:
    """How many would be made anew, and for how much."""
    preview = look()
    if not preview.ids:
        st.markdown("No failed or cancelled request of the filter is left that nobody ran again.")
        return
    usd = "not measured on this machine yet" if preview.usd is None else f"about {words.dollars(preview.usd)}"
    st.markdown(f"**{number(len(preview.ids), 'request')}** would be made anew. Expected cost: {literal(usd)}.")
    _press("Run", preview, requests.again_all, "run again", undo=requests.cancel_all)


def ask_cancel(look: Callable[[], Preview]) -> None:
    """How many would be stopped."""
    preview = look()
    if not preview.ids:
        st.markdown("No waiting or running request fits the filter.")
        return
    st.markdown(f"**{number(len(preview.ids), 'request')}** would be stopped. What their stages had finished is kept.")
    _press("Cancel", preview, requests.cancel_all, "asked to stop")


def said(outcome: Outcome, done: str) -> str:
    """What a bulk action came to, with the first refusals."""
    refused = [f"{request_id[:8]}: {why}" for request_id, why in list(outcome.refused.items())[:_TOLD]]
    told = f"{number(len(outcome.made), 'request')} {done}."
    return " ".join([told, f"{len(outcome.refused)} refused.", *refused]) if refused else told


def _press(
    verb: str, preview: Preview, act: Act, done: str, *, undo: Act | None = None,
) -> None:
    if len(preview.ids) == BULK:
        st.caption(f"At most {BULK} at a time, the oldest first. Press again for the next ones.")
    if st.button(f"{verb} {number(len(preview.ids), 'request')}", type="primary", key="bulk_confirm"):
        outcome = act(preview.ids)
        back = functools.partial(undo, outcome.made) if undo and outcome.made else None
        changes.make(lambda: None, said(outcome, done), undo=back)
