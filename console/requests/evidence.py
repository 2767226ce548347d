"""What a request rests on and what was said about it: passages, prompts, log lines. Each is read only once it is opened."""

from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st
from markupsafe import Markup

from console import words
from console.literal import literal
from console.loaders import traces
from console.organisation.labels import number
from pipeline.domain import Passage
from pipeline.logs import Found
from pipeline.tracking import Asked, RequestView

_PASSAGE = Markup('<details class="evidence"><summary><b>{title}: {section}</b> <small>{facts}</small></summary>'
                  '<p>{text}</p></details>')
_PROMPT = Markup('<details class="evidence"><summary><b>{name}</b> <small>version {version}</small></summary>'
                 '<h4>Told to the model</h4><pre>{system}</pre><h4>Asked</h4><pre>{user}</pre></details>')
_LINE = Markup('<tr class="{severity}"><td>{at}</td><td>{message}<small>{facts}</small></td></tr>')
_LOG = Markup('<table class="story log"><thead><tr><th>Time, UTC</th><th>Said</th></tr></thead><tbody>{}</tbody></table>')


def show(view: RequestView) -> None:
    """Three folded parts."""
    _folded("Passages it rests on", "passages", lambda: _passages(traces.passages(view)))
    _folded("Prompts, as the models got them", "prompts", lambda: _prompts(traces.prompts(view.request.request_id)))
    _folded("Log lines", "log", lambda: _log(traces.log_lines(view)))


def passages(found: Sequence[Passage]) -> str:
    """Each passage under its heading, the strongest first."""
    return str(Markup("").join(
        _PASSAGE.format(title=p.title, section=p.section, text=p.text, facts=" · ".join(filter(None, (
            p.role.replace("_", " "), f"match {p.score:.2f}" if p.score else "", p.chunk_id))))
        for p in found))


def prompts(asked: Sequence[Asked]) -> str:
    """Each prompt under its name; a model may have been asked several times with one."""
    return str(Markup("").join(
        _PROMPT.format(name=one.name, version=one.version, system=one.system, user=one.user) for one in asked))


def log(found: Found) -> str:
    """A row per line."""
    return str(_LOG.format(Markup("").join(
        _LINE.format(severity=line.severity, at=f"{line.time:%H:%M:%S}.{line.time.microsecond // 1000:03d}", message=line.message,
                     facts=" · ".join(filter(None, (line.stage, line.facts, line.worker))))
        for line in found.lines)))


def _folded(label: str, key: str, draw: Callable[[], None]) -> None:
    part = st.expander(label, key=f"fold_{key}", on_change="rerun")
    if part.open:
        with part:
            draw()


def _passages(found: Sequence[Passage]) -> None:
    if found:
        st.html(passages(found))
    else:
        st.caption("None: the search was not reached, or found nothing.")


def _prompts(asked: Sequence[Asked]) -> None:
    for stage, ours in groupby(asked, key=lambda one: one.stage):
        st.markdown(f"**{words.STAGES[stage]}**")
        st.html(prompts(list(ours)))
    if not asked:
        st.caption("None is kept: no model was asked, the lesson came from the shelf, or an older version made it. "
                   "What a failed try was asked stands by name under What happened.")


def _log(found: Found) -> None:
    if found.lines:
        st.html(log(found))
    else:
        st.caption("No process of this machine wrote a line about this request.")
    searched = f"{', '.join(found.files)} in {found.folder}" if found.files else f"{found.folder} has no file that young"
    left_out = "" if found.whole else f" Older lines are left out: {number(len(found.lines), 'line')} at most."
    st.caption(literal(f"Looked through: {searched}. Workers on other machines keep their lines there.{left_out}"))
