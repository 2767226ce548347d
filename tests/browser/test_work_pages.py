"""A real Chromium against the real console: Requests and Workers, with work in every state, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in, fits
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
    return serve(console_in(home))


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
    works.enrol(record, "fresher-worker", host="studio-4", pid=12)
    expect(page.get_by_text("studio-4 · 12")).to_be_visible(timeout=MINUTE)  # and once more
    expect(page.get_by_role("button", name="Discard it")).to_be_visible()
    assert "dead=1" in page.url


def test_the_workers_page_looks_again_without_flicker(visit):
    page = visit("workers", "Workers")
    expect(page.locator(".st-key-dead_look_2")).to_be_visible(timeout=MINUTE)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    page.wait_for_timeout(4000)  # what was drawn first has been looked at again
    page.evaluate("""() => {
        const main = document.querySelector('[data-testid=stMain]'), here = {low: 1, height: main.scrollHeight, changes: 0};
        window.seen = here;
        new MutationObserver(() => here.changes += 1).observe(main, {subtree: true, childList: true, characterData: true});
        const look = () => {
            for (const part of main.querySelectorAll('[class*=st-key-steady_] [data-testid=stElementContainer]'))
                here.low = Math.min(here.low, Number(getComputedStyle(part).opacity));
            here.height = Math.min(here.height, main.scrollHeight);
            requestAnimationFrame(look);
        };
        window.before = main.scrollHeight;
        look();
    }""")
    page.wait_for_function("window.seen.changes > 0")  # a heartbeat is older now
    page.wait_for_timeout(7000)  # two more looks
    seen = page.evaluate("({...window.seen, before: window.before})")
    assert seen["low"] == 1
    assert seen["height"] == seen["before"]


def test_a_head_of_a_column_sorts_and_opens_nothing(visit):
    page = visit("requests", "Requests")
    table = page.locator(".st-key-requests_table canvas").first
    expect(table).to_be_visible(timeout=MINUTE)
    table.click(position={"x": 300, "y": 20}, force=True)
    page.wait_for_timeout(3000)
    expect(page.get_by_role("heading", name="Requests", exact=True, level=1)).to_be_visible()
    assert "request=" not in page.url


def test_what_is_unfolded_stays_unfolded_while_a_request_is_followed(visit):
    page = visit("requests?request=waiting", "Request")
    page.get_by_text("Log lines", exact=True).click()
    said = page.get_by_text("No process of this machine wrote a line about this request.")
    expect(said).to_be_visible(timeout=MINUTE)
    before = page.locator(".st-key-request_totals").inner_text()
    page.wait_for_function("before => document.querySelector('.st-key-request_totals').innerText !== before", arg=before)
    expect(said).to_be_visible()


def test_a_file_of_a_lesson_is_taken_away(visit):
    page = visit("requests?request=whole", "Request")
    with page.expect_download() as taken:
        page.get_by_role("button", name="article.md").click()
    assert taken.value.suggested_filename == "article.md"
    assert taken.value.path().read_text().startswith("# Newton")


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
