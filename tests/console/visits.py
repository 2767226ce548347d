"""The page Organisation as a test sees it: opened at an address, by somebody in a role."""

from collections.abc import Sequence
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy, StreamlitHeaders
from streamlit.testing.v1 import AppTest

from console.literal import JOINER
from pipeline.config import ROOT
from pipeline.organisation import Actor, AuditView
from pipeline.tables import UserRole
from pipeline.wiring import Wiring
from tests.console.conftest import PATIENCE_SECONDS

PAGE = ROOT / "console" / "pages" / "organisation.py"
HEADER = "X-Forwarded-Email"
STAFF = [role for role in UserRole if role not in (UserRole.STUDENT, UserRole.TEACHER)]
HOSTILE = "<script>alert(1)</script> **bold** :red[hot] $x$ [a](javascript:b)"


def visit(**address: str) -> AppTest:
    """The page at this address."""
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def become(role: UserRole, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """From now on the console is visited by somebody in this role; the local admin is somebody else."""
    email = f"{role}@vividly.test"
    wiring.people.grant("first.admin@vividly.test", UserRole.ADMIN)
    wiring.people.grant(email, role)
    monkeypatch.setenv("VIVIDLY_PROXY_HEADER", HEADER)
    monkeypatch.setattr(ContextProxy, "headers", StreamlitHeaders([(HEADER, email)]))
    st.cache_resource.clear()
    return wiring.people.sign_in(email)


def press(page: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    return page.button(key=key).click().run()


def told(page: AppTest) -> str:
    """Everything that is written on the page."""
    assert not page.exception, page.exception
    parts: Sequence[Any] = (
        *page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.error, *page.code, *page.toast,
    )
    html = [getattr(element, "value", "") for element in page.get("html")]
    labels = [button.label for button in page.button]
    return "\n".join([*(str(part.value) for part in parts), *map(str, html), *labels]).replace("\\", "").replace(JOINER, "")


def errors(page: AppTest) -> list[str]:
    """The sentences of refusals."""
    assert not page.exception
    return [str(error.value).replace("\\", "").replace(JOINER, "") for error in page.error]


def rows(page: AppTest, key: str) -> list[dict[str, Any]]:
    """The rows of the table with this key."""
    return next(table.value.to_dict("records") for table in page.dataframe if table.key == key)


def newest(wiring: Wiring, actor: Actor) -> AuditView:
    """The newest change in the log."""
    return wiring.audit.entries(actor)[0]
