"""A real Chromium against the real console: a run is opened down to what was written, voted on; on a desk and on a phone."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import console_in, fits
from tests.console import evaluated

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory, small_data, migrated):
    """A home with a run that is done."""
    home = tmp_path_factory.mktemp("evaluated")
    shutil.copy(migrated, home / "vividly.sqlite")
    bench = evaluated.installed(home, small_data)
    evaluated.filled(bench)
    return bench


@pytest.fixture(scope="module")
def console(bench, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(bench.wiring.settings.home))


@pytest.fixture
def visit(browser, console):
    """Opens the page at this address on a screen of this width, in this theme."""
    contexts = []

    def opened(path="", *, width=1440, height=900, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.on("dialog", lambda dialog: pytest.fail(f"a text ran: {dialog.message}"))
        page.goto(f"{console}/evaluations{path}")
        expect(page.get_by_role("heading", name="Evaluations", exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_two_answers_are_voted_on_without_knowing_whose_they_are(visit, bench):
    page = visit("?run=whole&part=Vote")
    page.get_by_role("radio", name="No difference").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("You have judged 1 pair")).to_be_visible(timeout=MINUTE)
    assert bench.wiring.opinions.count("whole") == 1


@pytest.mark.parametrize(("path", "told", "theme"), [
    ("", "Click a row to open it", "dark"), ("?run=whole", "Leaderboard", "light"),
    ("?run=whole&part=Questions&question=q3", "Scores, and why", "dark"), ("?tab=Compare", "The largest loss stands first", "light"),
    ("?tab=Start", "lessons", "dark"),
])
def test_a_phone_has_room_for_it(visit, path, told, theme):
    page = visit(path, width=390, height=844, theme=theme)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)
