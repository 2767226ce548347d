"""A real Chromium against the real console: an organisation is built up by hand, and the log has every step of it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
MINUTE = 60_000
LOCAL = "Local admin: no sign-in is configured, so this console answers only this machine."
HOSTILE = "<img src=x onerror=\"window.evil=1\"> **bold** $x$"


@pytest.fixture(scope="module")
def console(serve):
    """The address of the page, in a console alone."""
    return f"{serve()}/organisation"


@pytest.fixture
def visit(browser):
    """Opens an address on a screen of this width."""
    contexts = []

    def opened(address, *, width=1440):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.goto(address)
        expect(page.get_by_role("heading", name="Organisation", exact=True)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def _press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def _in_dialog(page, opener, button, **fields):
    """Open the dialog, fill it in, submit it; it closes by itself."""
    _press(page, opener)
    dialog = page.get_by_role("dialog")
    for label, text in fields.items():
        dialog.get_by_label(label.replace("_", "-"), exact=True).fill(text)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0, timeout=MINUTE)


def _heading(page, text):
    expect(page.get_by_role("heading", name=text)).to_be_visible(timeout=MINUTE)


def test_an_organisation_is_built_up_and_the_log_has_every_step(console, visit):
    page = visit(console)
    expect(page.get_by_text(LOCAL)).to_be_visible()
    expect(page.get_by_text("There is no organisation yet")).to_be_visible(timeout=MINUTE)
    _in_dialog(page, "Create the first organisation", "Create", Name="Hillsboro District")
    _heading(page, "Hillsboro District")
    _in_dialog(page, "Add a school", "Create", Name="Lincoln High", Address="12 Main Street")
    _heading(page, "Lincoln High")
    _in_dialog(page, "Invite", "Invite", E_mail="Paula@School.org", Name="Paula")
    expect(page.get_by_text("1 person.")).to_be_visible(timeout=MINUTE)
    _in_dialog(page, "Add a class", "Create", Name="Physics 10 A")
    _heading(page, "Physics 10 A")
    expect(page.get_by_text("Code CLAS-")).to_be_visible()
    shared = page.url
    page.get_by_role("tab", name="Feature flags").click()
    _press(page, "Add an override")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("For", exact=True).click()
    page.get_by_role("option", name="Organisation: Hillsboro District").click()
    dialog.get_by_label("Why", exact=True).fill("Exam week")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("for the organisation Hillsboro District: Exam week")).to_be_visible(timeout=MINUTE)
    page.get_by_role("tab", name="Audit log").click()
    expect(page.get_by_text("5 changes.")).to_be_visible(timeout=MINUTE)
    page.wait_for_url("**tab=Audit*", timeout=MINUTE)
    with page.expect_download(timeout=MINUTE) as download:
        _press(page, "Export as CSV")
    told = Path(download.value.path()).read_text(encoding="utf-8")
    for said in ("Organisation: created", "School: created", "Class: created", "Person: invited", "Flag: overridden",
                 "for Hillsboro District: nothing → off (Exam week)"):
        assert said in told, said
    page.goto(shared)
    _heading(page, "Physics 10 A")


def test_a_refusal_keeps_what_was_typed_and_undo_takes_back_what_was_done(console, visit):
    page = visit(console)
    _press(page, "Everybody")
    _press(page, "Invite")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail", exact=True).fill("not an address")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.get_by_text("The e-mail address must be an address such as")).to_be_visible(timeout=MINUTE)
    expect(dialog.get_by_label("E-mail", exact=True)).to_have_value("not an address")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=MINUTE)
    page.get_by_role("button", name="Hillsboro District").first.click()
    _heading(page, "Hillsboro District")
    _in_dialog(page, "Archive", "Archive")
    expect(page.get_by_text("Archived: it is hidden")).to_be_visible(timeout=MINUTE)
    _press(page, "Undo")
    expect(page.get_by_text("Archived: it is hidden")).to_have_count(0, timeout=MINUTE)
    expect(page.get_by_role("button", name="Add a school")).to_be_visible(timeout=MINUTE)


def test_a_secret_is_shown_once_and_a_name_is_never_markup(console, visit):
    page = visit(f"{console}?tab=API+tokens")
    _press(page, "Make a token")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(HOSTILE)
    dialog.get_by_role("button", name="Make", exact=True).click()
    expect(dialog.get_by_text("not shown again")).to_be_visible(timeout=MINUTE)
    secret = dialog.locator("code").inner_text()
    assert secret.startswith("viv_") and len(secret) == 47
    expect(dialog.get_by_text(HOSTILE)).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0, timeout=MINUTE)
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert secret not in page.content()
    assert page.evaluate("window.evil === undefined")


def test_at_the_width_of_a_phone_nothing_stands_beside_the_screen(console, visit):
    page = visit(console, width=390)
    for tab in ("Interests", "Feature flags", "API tokens", "Audit log", "People & places"):
        page.goto(f"{console}?tab={tab.replace(' ', '+').replace('&', '%26')}")
        expect(page.get_by_role("tab", name=tab, selected=True)).to_be_visible(timeout=MINUTE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator(".st-key-visitor")).to_be_in_viewport()
