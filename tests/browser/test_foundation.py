"""A real Chromium against the real console: the broken tree is red and says so, an upload is read and never run."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.console import trees

pytestmark = pytest.mark.browser
MINUTE = 60_000
RED = {"light": "rgb(179, 64, 44)", "dark": "rgb(255, 138, 117)"}


@pytest.fixture(scope="module")
def console(serve):
    """The address of the page, in a console alone."""
    return f"{serve()}/foundation"


@pytest.fixture
def visit(browser):
    """Opens an address on a screen of this width and theme."""
    contexts = []

    def opened(address, *, width=1440, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.goto(address)
        expect(page.get_by_role("heading", name="Foundation")).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def broken(tmp_path):
    return trees.plant(tmp_path / "tree")


def test_our_own_models_and_database_are_found_healthy(visit, console):
    page = visit(console)
    expect(page.get_by_text("all mappers configure, the database is as the models say")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".st-key-model_graph svg g.node").first).to_be_visible(timeout=MINUTE)
    assert page.locator(".st-key-model_graph svg g.broken").count() == 0


@pytest.mark.parametrize("theme", RED)
def test_a_broken_tree_is_drawn_red_in_both_themes_and_said_in_words(visit, console, broken, theme):
    page = visit(f"{console}?examine={quote(str(broken))}", theme=theme)
    page.get_by_role("button", name="Import and examine it").click()
    expect(page.get_by_text("3 findings in 3 models")).to_be_visible(timeout=MINUTE)
    lines = page.locator(".st-key-model_graph svg g.edge.broken path")
    expect(lines.first).to_be_attached(timeout=MINUTE)
    assert lines.count() == 3  # schools; users with organization; feature_flags
    assert lines.first.evaluate("line => getComputedStyle(line).stroke") == RED[theme]
    expect(page.locator(".st-key-model_graph svg g.edge.broken text", has_text="schools")).to_be_visible()
    expect(page.locator(".st-key-model_graph svg g.node", has_text="is not among the models")).to_be_visible()
    expect(page.locator(".finding")).to_have_count(3)


def test_a_chosen_model_stands_in_the_address_and_survives_a_reload(visit, console, broken):
    page = visit(f"{console}?examine={quote(str(broken))}")
    page.get_by_role("button", name="Import and examine it").click()
    expect(page.get_by_text("Click a row to see the model.")).to_be_visible(timeout=MINUTE)  # the page is whole
    page.get_by_role("combobox", name="Model", exact=True).click()
    page.keyboard.type("User")
    expect(page.get_by_role("option")).to_have_text(["User"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("User and what it is related to.")).to_be_visible(timeout=MINUTE)
    page.wait_for_url("**model=User*", timeout=MINUTE)
    page.reload()
    expect(page.get_by_text("User and what it is related to.")).to_be_visible(timeout=MINUTE)


def test_an_upload_is_read_on_a_phone_and_never_run(visit, console, tmp_path):
    marker = tmp_path / "marker"
    page = visit(console, width=390)
    page.get_by_text("An upload", exact=True).click()
    loud = {**trees.BROKEN, "school/loud.py": f"open({str(marker)!r}, 'w').close()\n"}
    page.locator('input[type="file"]').set_input_files(
        {"name": "school.zip", "mimeType": "application/zip", "buffer": trees.zipped(loud)}
    )
    expect(page.get_by_text("3 findings in 3 models")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".finding")).to_have_count(3)
    expect(page.locator(".st-key-model_graph")).to_be_hidden()  # the list says the same
    expect(page.get_by_text("The picture needs a wider screen")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not marker.exists()
