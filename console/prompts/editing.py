"""The part Edit: a version is changed, checked while it is typed, and saved as a new version with a message."""

from collections.abc import Sequence

import streamlit as st

from console.literal import literal
from console.loaders import prompts
from console.organisation import changes
from console.organisation.labels import number
from console.prompts import address, drafts, faults, marking, wording
from console.prompts.drafts import Draft
from console.rights import right
from pipeline.organisation import Permission
from pipeline.prompts import SLOTS, PromptText, diff_prompts
from pipeline.registry import Entry, Version

HIGHEST_TOKENS = 32_768


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """The fields, what is wrong with them, and what they change."""
    base = _base(entry, versions)
    draft = drafts.kept(entry.name) or drafts.of(base)
    _begin(entry, base, draft)
    _fields(entry.name, draft)
    draft = drafts.kept(entry.name) or draft
    read = draft.read(entry.name)
    if not isinstance(read, PromptText):
        faults.show(read)
        return
    found = prompts.faults(read)
    faults.show(found)
    _changes(base, read)
    _save(entry, base, read, broken=bool(found))


def _base(entry: Entry, versions: Sequence[Version]) -> Version:
    """The version that the draft was begun from; where nothing was typed yet, the one of the address."""
    known = {one.version: one for one in versions}
    draft = drafts.kept(entry.name)
    wanted = draft.base if draft else address.said(address.VERSION)
    return known.get(wanted) or known[entry.production]


def _begin(entry: Entry, base: Version, draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(literal(f"Made from {wording.told(base)}"), width="content")
        if draft != drafts.of(base):
            st.button("Begin anew", icon=":material/undo:", type="tertiary", key="edit_drop", on_click=drafts.drop,
                      args=(entry.name,), help="Takes back everything that was typed.")


def _fields(name: str, draft: Draft) -> None:
    """The widgets show the draft, and every change goes into it."""
    offered = SLOTS[name].offered if name in SLOTS else {}
    for field in ("system", "user", "max_tokens", "temperature", "stop", "schema"):
        st.session_state[_key(field)] = getattr(draft, field)
    st.session_state[_key("variables")] = list(draft.variables)
    st.text_area(wording.PARTS["system"], key=_key("system"), height=110, on_change=_typed, args=(name, draft, "system"))
    st.text_area(wording.PARTS["user"], key=_key("user"), height=260, on_change=_typed, args=(name, draft, "user"),
                 help="Variables stand in double braces. A list is walked through with {% for %}.")
    st.multiselect(wording.PARTS["variables"], list(dict.fromkeys([*offered, *draft.variables])), key=_key("variables"),
                   on_change=_typed, args=(name, draft, "variables"), help="Its stage offers these; declare what is used.")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="edit_settings"):
        st.number_input(wording.PARTS["max_tokens"], 1, HIGHEST_TOKENS, key=_key("max_tokens"), width=170, on_change=_typed,
                        args=(name, draft, "max_tokens"))
        st.number_input(wording.PARTS["temperature"], 0.0, 2.0, step=0.1, key=_key("temperature"), width=150,
                        on_change=_typed, args=(name, draft, "temperature"))
        st.text_input(wording.PARTS["stop"], key=_key("stop"), width=260, placeholder='["\\n"]', on_change=_typed,
                      args=(name, draft, "stop"), help="A list of texts in JSON.")
    with st.expander(f"{wording.PARTS['schema']}: {'JSON' if draft.schema.strip() else 'any text'}", key="edit_form"):
        st.text_area("JSON schema", key=_key("schema"), height=200, on_change=_typed, args=(name, draft, "schema"),
                     help="Empty: any text will do.")


def _typed(name: str, draft: Draft, field: str) -> None:
    value = st.session_state[_key(field)]
    drafts.keep(name, draft, {field: tuple(value) if isinstance(value, list) else value})


def _changes(base: Version, text: PromptText) -> None:
    found = diff_prompts(base.text, text)
    changed = [part for part in found if part.changed]
    if changed:
        with st.expander(f"What changes: {', '.join(wording.PARTS.get(part.part, part.part).lower() for part in changed)}",
                         key="edit_changes"):
            st.html(f'<div class="changes">{marking.difference(found, wording.PARTS)}</div>')


def _save(entry: Entry, base: Version, text: PromptText, *, broken: bool) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="edit_save"):
        message = st.text_input("What is changed, and what for", key="edit_message", max_chars=wording.MESSAGE_CHARACTERS,
                                placeholder="Shorter questions, so that fewer are dropped")
        reason = "Mend what is wrong first." if broken else "Nothing is changed yet." if text == base.text else None
        if st.button("Save as a version", type="primary", icon=":material/save:", key="edit_submit",
                     **right(Permission.PROMPTS, disabled=reason is not None, help=reason)):
            changes.make(lambda: prompts.save(text, message=message, parent=base.version), f"{entry.name} has a new version.",
                         then=_saved)
    st.caption("A new version changes nothing for students until it is put into production. "
               f"{entry.name} has {number(entry.versions, 'version')}.")


def _saved(version: Version) -> None:
    drafts.drop(version.name)
    st.session_state.pop("edit_message", None)
    address.open_prompt(version.name, address.TEXT, version.version)


def _key(field: str) -> str:
    return f"edit_{field}"
