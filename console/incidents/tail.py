"""The live tail: the newest lines of this machine's logs and of Cloud Logging as they come; it can be paused."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from console.incidents.wording import cut
from console.loaders import tailing
from pipeline.logs import Entry

REFRESH_SECONDS, SHOWN = 2.0, 200
SEVERITIES = ("All", "INFO", "WARNING", "ERROR", "CRITICAL")
_ORDER = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
_CHARACTERS = 600
_LINE = Markup('<tr class="{severity}"><td><time title="{day}">{at}</time></td>'
               "<td>{message}<small>{facts}</small>{trace}</td></tr>")
_TRACE = Markup("<details><summary>Traceback</summary><pre>{}</pre></details>")
_LOG = Markup('<table class="story log tail"><thead><tr><th>Time, UTC</th><th>Said</th></tr></thead><tbody>{}</tbody></table>')


def show() -> None:
    """The tab: its controls stay while the lines are looked at again."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="tail_controls"):
        st.segmented_control("From this severity on", SEVERITIES, key="tail_severity", default="All", required=True)
        st.text_input("Text", key="tail_text", max_chars=200, placeholder="Part of a line, in any case", width=260)
        st.toggle("Pause", key="tail_paused")
    paused = bool(st.session_state["tail_paused"])
    st.fragment(_lines, run_every=None if paused else REFRESH_SECONDS)()


def chosen(entries: Sequence[Entry], *, severity: str, text: str) -> list[Entry]:
    """Those from this severity on that have the text, the newest first."""
    least = _ORDER.index(severity) if severity in _ORDER else 0
    wanted = text.strip().lower()
    found = (entry for entry in reversed(entries) if _rank(entry) >= least and (not wanted or wanted in _all(entry)))
    return [entry for _, entry in zip(range(SHOWN), found, strict=False)]


def lines(entries: Sequence[Entry]) -> str:
    """A row per line."""
    return str(_LOG.format(Markup("").join(map(_line, entries))))


def _lines() -> None:
    state = st.session_state
    if state["tail_paused"]:
        seen = state.setdefault("tail_held", tailing.seen())
    else:
        state.pop("tail_held", None)
        seen = tailing.seen()
    found = chosen(seen.entries, severity=str(state["tail_severity"]), text=str(state["tail_text"]))
    with st.container(key="steady_tail", gap="small"):
        st.caption(_told(seen, len(found), paused=bool(state["tail_paused"])))
        if seen.fault:
            st.error(seen.fault, icon=":material/error:")
        if found:
            st.html(lines(found))


def _told(seen: tailing.Seen, shown: int, *, paused: bool) -> str:
    if not seen.entries:
        return "Nothing was written since this was opened. Lines appear as soon as a worker, the API or the bridge writes one."
    kept = f"{shown:,} shown of the newest {len(seen.entries):,} lines"
    return f"Paused: {kept}." if paused else f"{kept}, looked at again every {REFRESH_SECONDS:.0f} s."


def _line(entry: Entry) -> Markup:
    moment = datetime.fromtimestamp(entry.at, UTC)
    facts = filter(None, (entry.severity, entry.stage, entry.job, entry.worker, entry.request_id, entry.id))
    return _LINE.format(severity=entry.severity, day=f"{moment:%Y-%m-%d}", at=f"{moment:%H:%M:%S}",
                        message=cut(entry.message, _CHARACTERS), facts=" · ".join(facts),
                        trace=_TRACE.format(entry.trace) if entry.trace else "")


def _rank(entry: Entry) -> int:
    return _ORDER.index(entry.severity) if entry.severity in _ORDER else 0


def _all(entry: Entry) -> str:
    return f"{entry.message}\n{entry.trace}\n{entry.request_id}\n{entry.logger}".lower()
