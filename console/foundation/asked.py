"""What the page examines: our own models, a package of this machine, or uploaded files. The address keeps the package."""

from collections.abc import Callable

import streamlit as st

from console.foundation import models, unpacking
from console.foundation.unpacking import Upload
from console.literal import literal
from console.loaders import foundation
from console.loaders.foundation import Kind, Look
from console.rights import right
from pipeline.errors import PipelineError
from pipeline.organisation import Permission

_KINDS = {Kind.OWN: "Our models", Kind.PACKAGE: "A package", Kind.UPLOAD: "An upload"}
_KIND, _NAME, _FILES, _ALLOWED, _UPLOADED = "examined", "package_name", "upload", "import_allowed", "upload_look"
_IN_ADDRESS = "examine"


def look() -> Look | None:
    """The controls, and the examination that was asked for; None while something is still to be chosen."""
    _set_defaults()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.segmented_control(
            "Examine", list(_KINDS), format_func=lambda kind: _KINDS[kind], key=_KIND, required=True,
            label_visibility="collapsed", on_change=_changed,
        )
        again = st.empty()
    kind: Kind = st.session_state[_KIND]
    found = {Kind.OWN: _own, Kind.PACKAGE: _package, Kind.UPLOAD: _upload}[kind]()
    if found and kind is not Kind.UPLOAD:
        again.button("Look again", icon=":material/refresh:", key="look_again", on_click=foundation.forget,
                     args=(found.target,))
    return found


def _set_defaults() -> None:
    named = st.query_params.get(_IN_ADDRESS, "")
    st.session_state.setdefault(_KIND, Kind.PACKAGE if named else Kind.OWN)
    st.session_state.setdefault(_NAME, named)


def _changed() -> None:
    """Only a package stands in the address; a model that was chosen belonged to what was examined before."""
    st.query_params.pop(_IN_ADDRESS, None)
    st.session_state[models.CHOSEN] = None


def _own() -> Look:
    with st.spinner("Reading the models and the database…", show_time=True):
        return foundation.own()


def _package() -> Look | None:
    allowed = right(Permission.EXAMINE)
    with st.form("package", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Package or folder on this machine", key=_NAME, max_chars=foundation.TARGET_CHARACTERS,
                disabled=allowed["disabled"], placeholder="shop.models, or /srv/shop/models",
            )
            pressed = st.form_submit_button("Examine", type="primary", icon=":material/search:", **allowed)
        st.caption(
            "It is imported in a child process, which runs its top-level code; a file that is silent for "
            f"{foundation.SECONDS} seconds is a finding. To have nothing run, upload it instead."
        )
    if refused := allowed["help"]:
        st.info(literal(refused), icon=":material/lock:")
        return None
    if pressed:
        _allow(str(st.session_state[_NAME]).strip())
    name = st.query_params.get(_IN_ADDRESS, "")
    return _found(name) if name else None


def _allow(name: str) -> None:
    """Put the package into the address, and remember that somebody here asked for it to be imported."""
    if name:
        st.query_params[_IN_ADDRESS] = name
        foundation.forget(name)
    else:
        st.query_params.pop(_IN_ADDRESS, None)
    st.session_state[_ALLOWED] = name


def _found(name: str) -> Look | None:
    """The examination of the package. A link alone imports nothing: following it must not run code."""
    known = foundation.seen(name)
    if known:
        return known
    if st.session_state.get(_ALLOWED) != name:
        st.info(f"This link asks to import {literal(name)} on this machine.", icon=":material/link:")
        st.button("Import and examine it", key="allow", icon=":material/search:", on_click=_allow, args=(name,))
        return None
    return _waited(f"Importing {name} in a child process…", lambda: foundation.examine(name))


def _upload() -> Look | None:
    allowed = right(Permission.EXAMINE)
    files = st.file_uploader(
        "Python files, or a zip of a folder", type=["py", "zip"], accept_multiple_files=True, key=_FILES,
        max_upload_size=unpacking.PACKED_MIB, **allowed,
    )
    st.caption(f"An upload is read, never imported or run, and deleted at once. {unpacking.LIMITS}")
    if refused := allowed["help"]:
        st.info(literal(refused), icon=":material/lock:")
        return None
    if not files:
        return None
    which = tuple(file.file_id for file in files)
    known = st.session_state.get(_UPLOADED)
    if known is None or known[0] != which:
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        known = (which, _waited("Reading the upload…", lambda: foundation.examine_upload(uploads)))
        st.session_state[_UPLOADED] = known
    found: Look | None = known[1]
    return found


def _waited(doing: str, work: Callable[[], Look]) -> Look | None:
    """What the work returns; what stands in its way is told in one sentence."""
    try:
        with st.spinner(literal(doing), show_time=True):
            return work()
    except PipelineError as fault:
        st.error(literal(str(fault)), icon=":material/error:")
        return None
