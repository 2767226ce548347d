"""What people decide about groups: each asks for a reason, is written down with who decided, and can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import streamlit as st

from console.incidents import address, reasons, rules
from console.incidents.wording import cut
from console.literal import literal
from console.loaders import decisions
from console.organisation import changes
from console.organisation.labels import number
from pipeline.incidents import Group, GroupDetail, Merged, State
from pipeline.organisation import Permission

DAY, WEEK, MONTH = "1 day", "7 days", "30 days"
TIMES: Mapping[str, timedelta] = {DAY: timedelta(days=1), WEEK: timedelta(days=7), MONTH: timedelta(days=30)}


class Quiet(NamedTuple):
    """Until when a group is left alone. Nothing of it: for good."""

    until: datetime | None = None
    more: int | None = None
    escalates: bool = False


UNTIL: Mapping[str, str] = {"escalates": "It escalates", "time": "A time", "count": "It was seen more often", "good": "For good"}


def buttons(detail: GroupDetail, versions: Sequence[str]) -> None:
    """The buttons that make sense now."""
    group = detail.group
    shut = group.standing.state in (State.RESOLVED, State.IGNORED)
    with st.container(horizontal=True, gap="small", key="group_actions"):
        if shut:
            _asks("Reopen", "Reopen this group", ask_reopen, group, icon=":material/replay:", key="group_reopen", primary=True)
        else:
            _asks("Resolve", "Resolve this group", ask_resolve, group, tuple(versions), icon=":material/check_circle:",
                  key="group_resolve", primary=True, help="Seen again in this version or a later one, it counts as regressed.")
            _asks("Ignore", "Ignore this group", ask_ignore, group, icon=":material/notifications_off:", key="group_ignore",
                  help="It is counted as before, and raises no alarm.")
        _asks("Merge into", "Merge this group into another", ask_merge_into, detail, icon=":material/merge:", key="group_merge")
        _rule(detail)
        if len(detail.keys) > 1:
            _asks("Split", "Split this group", ask_split, detail, icon=":material/call_split:", key="group_split",
                  help="Take out what was merged into it.")


def ask_resolve(group: Group, versions: Sequence[str]) -> None:
    """In which version, and why."""
    st.caption("Lines of versions before it, or from before now, do not reopen the group.")
    version = st.selectbox("In version", list(versions), index=None, key="resolve_version", accept_new_options=True,
                           placeholder="The version or build with the fix", format_func=lambda one: literal(str(one)))
    why = reasons.ask("What was done", "resolve_why")
    if st.button("Resolve", type="primary", key="resolve_confirm"):
        changes.make(lambda: decisions.resolve(group.fingerprint, version or "", reasons.given(why)), "The group is resolved.",
                     undo=_back(group))


def ask_ignore(group: Group) -> None:
    """Until when, and why."""
    until = st.radio("Until", list(UNTIL), key="ignore_until", format_func=UNTIL.__getitem__, horizontal=True)
    quiet = _QUIETS[until]()
    why = reasons.ask("Why it may be left alone", "ignore_why")
    if st.button("Ignore", type="primary", key="ignore_confirm"):
        changes.make(lambda: decisions.ignore(group.fingerprint, quiet.until, quiet.more, quiet.escalates, reasons.given(why)),
                     "The group is ignored.", undo=_back(group))


def ask_reopen(group: Group) -> None:
    """Why."""
    why = reasons.ask("Why it needs somebody again", "reopen_why")
    if st.button("Reopen", type="primary", key="reopen_confirm"):
        changes.make(lambda: decisions.reopen(group.fingerprint, reasons.given(why)), "The group is open again.",
                     undo=_back(group))


def ask_merge(choices: Mapping[str, str], picked: Sequence[str]) -> None:
    """Which groups of the page become one, and which of them stays."""
    st.session_state.setdefault("merge_these", list(picked))
    these = st.multiselect("Groups", list(choices), key="merge_these", format_func=lambda one: literal(choices[one]),
                           placeholder="Two or more")
    into = st.selectbox("Keep the state and the name of", these, key="merge_into",
                        format_func=lambda one: literal(choices[str(one)]))
    why = reasons.ask("Why they are one cause", "merge_why")
    if st.button("Merge", type="primary", key="merge_confirm", disabled=len(these) < 2 or into is None):
        _merge([one for one in these if one != into], str(into), why)


def ask_merge_into(detail: GroupDetail) -> None:
    """Into which group: those that read alike first, or any by its fingerprint."""
    titles = {one.fingerprint: f"{one.likeness:.0%} alike: {cut(one.title, 80)}" for one in detail.similar}
    into = st.selectbox("Into", list(titles), index=None, key="merge_target", accept_new_options=True,
                        placeholder="A similar group, or a fingerprint",
                        format_func=lambda one: literal(titles.get(str(one), str(one))))
    st.caption("Its lines, and future ones like them, count there.")
    why = reasons.ask("Why they are one cause", "merge_why")
    if st.button("Merge", type="primary", key="merge_confirm", disabled=not into):
        _merge([detail.group.fingerprint], str(into).strip(), why, then=address.open_group)


def ask_split(detail: GroupDetail) -> None:
    """What is taken out of it."""
    own = detail.group.fingerprint
    keys = [key for key in detail.keys if key != own]
    out = st.multiselect("Take out", keys, default=keys, key="split_keys", format_func=literal)
    st.caption("Each becomes a group of its own again, with its lines.")
    why = reasons.ask("Why they are different causes", "split_why")
    if st.button("Split", type="primary", key="split_confirm", disabled=not out):
        changes.make(lambda: decisions.split(out, reasons.given(why)), f"{number(len(out), 'group')} taken out.",
                     undo=lambda: decisions.merge(out, own, "Taken back."))


def _merge(away: Sequence[str], into: str, why: str, *, then: Callable[[str], None] | None = None) -> None:
    made: list[Merged] = []

    def merge() -> str:
        made.append(decisions.merge(away, into, reasons.given(why)))
        return into

    changes.make(merge, f"{number(len(away) + 1, 'group')} are one now.", then=then, undo=lambda: decisions.undo_merge(made[0]))


def _back(group: Group) -> Callable[[], None]:
    """Puts the group back where it stood."""
    return lambda: decisions.restore(group.fingerprint, group.standing, group.total)


def _until_time() -> Quiet:
    length = st.segmented_control("For", list(TIMES), key="ignore_for", default=WEEK, required=True)
    return Quiet(until=datetime.now(UTC).replace(microsecond=0) + TIMES[str(length)])


def _until_count() -> Quiet:
    more = st.number_input("So many more times", min_value=1, max_value=10**9, value=100, step=1, key="ignore_more")
    return Quiet(more=int(more))


def _until_escalates() -> Quiet:
    st.caption("Until it is seen more often than its own rate before, beyond chance.")
    return Quiet(escalates=True)


_QUIETS: Mapping[str, Callable[[], Quiet]] = {
    "escalates": _until_escalates, "time": _until_time, "count": _until_count, "good": Quiet,
}



def _rule(detail: GroupDetail) -> None:
    _asks("Add a rule", "Add a rule", rules.ask, detail.group.fingerprint, icon=":material/rule:", key="group_rule",
          help="Say which lines go into this group, or that such lines are no errors.")


def _asks(label: str, title: str, body: Callable[..., None], *arguments: object, icon: str, key: str, primary: bool = False,
          help: str | None = None) -> None:  # noqa: A002  Streamlit's word
    changes.asks(label, title, body, *arguments, permission=Permission.INCIDENTS, icon=icon, key=key, primary=primary, help=help)
