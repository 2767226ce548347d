"""A real Chromium against the real console: Requests and Workers, with work in every state, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.wiring import Wiring
from tests.console import works

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with work in every state."""
    home = tmp_path_factory.mktemp("work")
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(home)}))
    works.everything(wiring.record, wiring.store)
    wiring.engine.dispose()
    return home


@pytest.fixture(scope="module")
def record(home):
    return Wiring(read_settings({"VIVIDLY_HOME": str(home)})).record


@pytest.fixture(scope="module")
def console(home, serve):
    """The address of a console alone, in that home."""
    return serve(("-c", f"import os, sys; os.environ['VIVIDLY_HOME'] = {str(home)!r}; "
                  "from streamlit.web.cli import main; "
                  "sys.argv = ['streamlit', 'run', 'streamlit_app.py', '--server.port', '{port}']; main()"))


@pytest.fixture
def visit(browser, console):
    """Opens a page on a screen of this width."""
    contexts = []

    def opened(path, heading, *, width=1440, height=900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.goto(f"{console}/{path}")
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def fits(page, width):
    """Nothing hangs over the edge of the screen."""
    return page.evaluate("document.documentElement.scrollWidth") == width


def test_a_row_opens_a_request_and_the_way_back_keeps_the_filter(visit):
    page = visit("requests?status=failed", "Requests")
    expect(page.get_by_text("2 shown.")).to_be_visible(timeout=MINUTE)
    page.locator(".st-key-requests_table canvas").first.click(position={"x": 150, "y": 60}, force=True)  # a canvas under a scroller
    page.wait_for_url("**request=given-up*", timeout=MINUTE)
    expect(page.get_by_role("heading", name="What happened")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".st-key-gantt .js-plotly-plot")).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="All requests").click()
    expect(page.get_by_text("2 shown.")).to_be_visible(timeout=MINUTE)
    assert "status=failed" in page.url and "request=" not in page.url
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("shown. Click a row")).to_be_visible(timeout=MINUTE)
    page.wait_for_url("**/requests", timeout=MINUTE)


def test_what_is_typed_goes_into_the_address_and_a_reload_shows_the_same(visit):
    page = visit("requests", "Requests")
    box = page.get_by_label("Question or id")
    box.fill("yesterday")
    box.press("Enter")
    expect(page.get_by_text("1 shown.")).to_be_visible(timeout=MINUTE)
    assert "text=yesterday" in page.url
    page.reload()
    expect(page.get_by_text("1 shown.")).to_be_visible(timeout=MINUTE)


def test_what_is_on_the_workers_page_stays_while_it_looks_again(visit, record):
    page = visit("workers", "Workers")
    look = page.locator(".st-key-dead_look_1 button")
    look.click()
    expect(page.get_by_text("Dead letter 1", exact=True)).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(page.get_by_role("button", name="Discard it")).to_be_visible(timeout=MINUTE)
    expect(page.get_by_text("studio-3 · 11")).to_have_count(0)
    works.enrol(record, "fresh-worker", host="studio-3", pid=11)
    expect(page.get_by_text("studio-3 · 11")).to_be_visible(timeout=MINUTE)  # nobody touched the page
    expect(page.get_by_role("button", name="Discard it")).to_be_visible()
    assert "dead=1" in page.url


@pytest.mark.parametrize(("path", "heading", "told"), [
    ("requests", "Requests", "shown. Click a row"),
    ("requests?request=moved", "Request", "Taken over from silent-worker"),
    ("workers", "Workers", "Dead letters"),
])
def test_a_phone_has_room_for_it(visit, path, heading, told):
    page = visit(path, heading, width=390, height=844)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)


def test_words_of_strangers_run_nothing(visit):
    page = visit("workers?dead=2", "Workers")
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible(timeout=MINUTE)
    page = visit("requests?request=waiting", "Request")
    expect(page.get_by_text("<b>bold</b>").first).to_be_visible(timeout=MINUTE)
