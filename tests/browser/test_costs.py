"""A real Chromium against the real console: Costs with weeks of spending, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in
from tests.console import spending

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with a month of spending."""
    home = tmp_path_factory.mktemp("costs")
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(home)}))
    spending.fill(wiring, 60, days=28, unpriced=True)
    wiring.engine.dispose()
    return home


@pytest.fixture(scope="module")
def console(home, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(home))


@pytest.fixture
def visit(browser, console):
    """Opens the page on a screen of this width."""
    contexts = []

    def opened(path, *, width=1440, height=900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.goto(f"{console}/{path}")
        expect(page.get_by_role("heading", name="Costs", exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def metric(page, label):
    """The number with this label."""
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def test_a_bar_leads_to_its_requests_and_back(visit):
    page = visit("costs")
    bars = page.locator(".js-plotly-plot .bars path")
    expect(bars.first).to_be_visible(timeout=MINUTE)
    bars.first.click(force=True)
    page.wait_for_url(re.compile(r"bar=\d{4}-\d\d-\d\d(~|%7E)"), timeout=MINUTE)
    picked = page.locator(".st-key-costs_picked")
    expect(picked.get_by_text("The cost is what a request has in this bar")).to_be_visible(timeout=MINUTE)
    expect(picked.get_by_role("link", name="Open on the page Requests")).to_have_attribute("href", re.compile(r"requests\?when=all&spent=\d{4}-"))
    picked.get_by_role("button", name="Close").click()
    expect(picked).to_have_count(0, timeout=MINUTE)
    assert "bar=" not in page.url


def test_a_book_and_a_tab_are_in_the_address_and_a_reload_shows_the_same(visit):
    page = visit("costs?tab=What+if&text=30")
    expect(metric(page, "Saved by text only")).to_have_text("$200,385.00 a year", timeout=MINUTE)
    slider = page.get_by_role("slider", name="Text only")
    for _ in range(20):
        slider.press("ArrowRight")
    expect(metric(page, "Saved by text only")).to_have_text("$333,975.00 a year", timeout=MINUTE)
    page.wait_for_function("!location.search.includes('text=')")  # 50 is what it begins with
    page.get_by_role("combobox", name="Price book").click()
    page.get_by_role("option", name="list").click()
    page.wait_for_url("**book=list*", timeout=MINUTE)
    page.reload()
    expect(metric(page, "Saved by text only")).to_have_text("$333,975.00 a year", timeout=MINUTE)
    expect(page.get_by_test_id("stMetric").first).to_contain_text("at list prices", timeout=MINUTE)


def test_the_report_is_one_page_that_asks_nobody_for_anything(visit, browser, tmp_path):
    page = visit("costs")
    with page.expect_download(timeout=MINUTE) as caught:
        page.get_by_role("button", name="Report").click()
    file = tmp_path / "report.html"
    caught.value.save_as(file)
    read, asked = browser.new_page(), []
    read.on("request", lambda request: asked.append(request.url))
    read.goto(file.as_uri())
    assert asked == [file.as_uri()] and read.locator("svg").count() == 2
    expect(read.get_by_text("Saved by not filming")).to_be_visible()
    expect(read.get_by_text("gemini-9.9-<i>future</i>").first).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", read.pdf(format="A4"))) == 1
    read.close()


@pytest.mark.parametrize("tab", ["Spend", "Savings", "What+if", "Budgets"])
def test_it_fits_a_phone_and_no_number_is_cut_off(visit, tab):
    page = visit(f"costs?tab={tab}", width=390, height=844)
    expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=MINUTE)
    expect(page.locator(".stTabs [role=tabpanel]:visible")).not_to_be_empty(timeout=MINUTE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    cut = "e => [...e.querySelectorAll('[data-testid=stMetricValue] *')].some(x => x.scrollWidth > x.clientWidth + 1 && x.clientWidth)"
    assert not page.locator("body").evaluate(cut)
