"""One lesson of the playground as it is made: its state, seconds and cost, what the model wrote, and the text as it grows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from console import lessontext, words
from console.article import article
from console.literal import literal
from console.prompts import marking
from pipeline.domain import Origin, Sentence, StageStatus, Status
from pipeline.prompts import diff
from pipeline.tracking import RequestView

_SAID = Markup('<ul class="said">{}</ul>')
_LINE = Markup('<li class="{}"><span>{}</span>{}</li>')
WROTE: Mapping[Origin, str] = {
    Origin.MODEL: "kept", Origin.DROPPED: "dropped: not supported", Origin.REPLACED: "put in its place",
}


def show(view: RequestView, *, usd: Decimal | None, against: RequestView | None = None, name: str) -> None:
    """The lesson in a column; words that differ from those of `against` are marked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.STATES[view.status], color=words.STATE_COLOURS[view.status])
        st.caption(literal(took(view, usd)), width="content")
    if not view.status.decided:
        _growing(view)
    elif view.lesson is not None and view.lesson.script is not None:
        before = wrote(against) if against is not None else ()
        st.html(said(view.lesson.script.sentences, before) or _SAID.format(Markup("<li>The model wrote nothing.</li>")))
        with st.expander("Whole text"):
            lessontext.show(view.lesson, name=name)
            st.link_button("Open the request", f"requests?{urlencode({'request': view.request.request_id})}",
                           icon=":material/open_in_new:", type="tertiary")
    else:
        reason = view.error or (view.lesson.reason if view.lesson else "")
        st.markdown(literal(reason) or "It was stopped before anything was written.")


def took(view: RequestView, usd: Decimal | None) -> str:
    """Its seconds and its cost so far: "5.1 s · $0.0021"; waiting counts for nothing."""
    running = next((run.started_at for run in view.stages if run.status is StageStatus.RUNNING and run.started_at), None)
    seconds = sum(run.seconds for run in view.stages)
    if running is not None:
        seconds += (datetime.now(UTC) - running).total_seconds()
    stage = f" · {words.STAGES[view.current_stage]}" if view.current_stage and not view.status.decided else ""
    return f"{words.duration(seconds)} · {'no price' if usd is None else words.dollars(usd)}{stage}"


def wrote(view: RequestView) -> Sequence[Sentence]:
    """The sentences that the model had a hand in."""
    script = view.lesson.script if view.lesson else None
    return [one for one in script.sentences if one.origin is not Origin.BOOK] if script else []


def said(sentences: Sequence[Sentence], before: Sequence[Sentence] = ()) -> str:
    """What the model wrote and what became of it, as HTML; empty where it wrote nothing."""
    mine = [one for one in sentences if one.origin is not Origin.BOOK and one.text]
    old = " ".join(one.text for one in before)
    lines = [_LINE.format(one.origin, _told(one.text, old), Markup("<small>{}</small>").format(_fate(one))) for one in mine]
    return str(_SAID.format(Markup("").join(lines))) if lines else ""


def _fate(one: Sentence) -> str:
    sure = f", margin {one.margin:+.2f}" if one.margin is not None else ""
    return f"{WROTE[one.origin]}{sure}"


def _told(text: str, old: str) -> Markup:
    return marking.added(diff(old, text)) if old else Markup("{}").format(text)


def _growing(view: RequestView) -> None:
    if view.draft:
        with st.container(height=260, border=False):
            st.html(article(view.draft).html)
    elif view.status is Status.PENDING:
        st.caption("Waits for a worker.")
    else:
        st.skeleton(height=120)
