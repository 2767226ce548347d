"""A real Chromium against the real console: the overview leads on, looks again by itself, and fits on a desk and a phone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import DeadSource
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in
from tests.console import lessons, works
from tests.console.test_overview import moved

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def wiring(tmp_path_factory):
    """A home with work in every state today, and some lessons a week ago."""
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(tmp_path_factory.mktemp("today"))}))
    works.everything(wiring.record, wiring.store)
    for number in range(5):
        lessons.text_lesson(wiring.record, f"before-{number}")
        moved(wiring, f"before-{number}", datetime.now(UTC) - timedelta(days=7, seconds=60))
    wiring.budgets.set(COMMAND_LINE, "month", Decimal("0.001"))
    yield wiring
    wiring.engine.dispose()


@pytest.fixture(scope="module")
def console(wiring, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(wiring.settings.home))


@pytest.fixture
def visit(browser, console):
    """Opens the bare address on a screen of this width, in this theme."""
    contexts = []

    def opened(*, width=1440, height=900, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.goto(console)
        expect(page.get_by_role("heading", name="Overview", exact=True, level=1)).to_be_visible(timeout=MINUTE)
        expect(page.get_by_text("What these figures are")).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_number_leads_to_its_page_with_its_filter(visit):
    page = visit()
    assert page.url.endswith("/overview")
    page.get_by_role("link", name="Success rate").click()
    expect(page.get_by_role("heading", name="Requests", exact=True, level=1)).to_be_visible(timeout=MINUTE)
    assert "status=failed" in page.url


def test_it_looks_again_by_itself_and_nothing_fades(visit, wiring):
    page = visit()
    dead = page.locator(".figure", has_text="Dead letters").locator("b")
    expect(dead).to_have_text("2", timeout=MINUTE)
    page.evaluate("""() => { window.palest = 1; setInterval(() => {
        for (const one of document.querySelectorAll('.figures')) {
            for (let part = one; part && part.tagName !== 'SECTION'; part = part.parentElement)
                window.palest = Math.min(window.palest, +getComputedStyle(part).opacity);
        } }, 50); }""")
    wiring.record.bury_message(DeadSource.BRIDGE, {}, "It cannot be read.", key="another")
    expect(dead).to_have_text("3", timeout=MINUTE)
    assert page.evaluate("window.palest") == 1


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_there_is_room_for_it(visit, width, height):
    page = visit(width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = [page.locator(".figure", has_text=name).bounding_box() for name in ("Requests", "Success rate")]
    assert boxes[0]["y"] == boxes[1]["y"]  # beside each other, on a phone too
