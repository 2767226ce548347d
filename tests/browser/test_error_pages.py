"""A real Chromium against the real console: Errors and Deployments, with the story of three builds, on a desk and on a phone."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in, fits
from tests.console import mishaps

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home in which the story was told, with a line that wants to be markup."""
    home = mishaps.home(tmp_path_factory.mktemp("told"))
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(home)}))
    mishaps.hostile(wiring)
    wiring.engine.dispose()
    (home / "logs").mkdir()
    return home


@pytest.fixture(scope="module")
def wiring(home):
    return Wiring(read_settings({"VIVIDLY_HOME": str(home)}))


@pytest.fixture(scope="module")
def console(home, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(home))


@pytest.fixture
def visit(browser, console):
    """Opens a page on a screen of this width, in this theme."""
    contexts = []

    def opened(path, heading, *, width=1440, height=900, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.on("dialog", lambda dialog: pytest.fail(f"a line of a log ran: {dialog.message}"))
        page.goto(f"{console}/{path}")
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def said(home, message, *, severity="INFO"):
    """A process writes a line."""
    with (home / "logs" / "worker.jsonl").open("a") as file:
        file.write(json.dumps({"time": datetime.now(UTC).isoformat(), "severity": severity, "message": message}) + "\n")


def test_a_row_opens_a_group_and_the_way_back_keeps_the_filter(visit):
    page = visit("errors?text=FeatureFlag", "Errors")
    expect(page.get_by_text("1 shown. Click a row")).to_be_visible(timeout=MINUTE)
    page.locator("[class*=st-key-errors_table] canvas").first.click(position={"x": 200, "y": 60}, force=True)
    page.wait_for_url(re.compile("group=c1-"), timeout=MINUTE)
    expect(page.get_by_text("Hidden behind another group until that one was fixed")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".st-key-group_timeline .js-plotly-plot")).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="All groups").click()
    expect(page.get_by_text("1 shown. Click a row")).to_be_visible(timeout=MINUTE)
    assert "text=FeatureFlag" in page.url and "group=" not in page.url


def test_a_bar_of_the_picture_opens_its_group(visit):
    page = visit("errors?text=FeatureFlag&when=all", "Errors")
    bars = page.locator("[class*=st-key-errors_rate] .js-plotly-plot .bars path")
    expect(bars.first).to_be_visible(timeout=MINUTE)
    bars.first.click(force=True)
    page.wait_for_url(re.compile("group=c1-"), timeout=MINUTE)
    page.get_by_role("button", name="All groups").click()
    expect(bars.first).to_be_visible(timeout=MINUTE)
    assert "text=FeatureFlag" in page.url and "group=" not in page.url


def choose_first(page, name):
    """The first of a list, with the keys; a page that is drawn anew closes the list, so it is opened until it stays."""
    for _ in range(20):
        page.get_by_role("combobox", name=name).press("ArrowDown")
        with suppress(TookTooLong):
            page.get_by_role("option").first.click(timeout=3_000)
            return
    raise AssertionError(f"The list {name} does not stay open.")


def test_a_group_is_opened_without_a_pointer_and_resolved_with_a_reason(visit, wiring):
    page = visit("errors?text=School", "Errors")
    choose_first(page, "Open a group")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("textbox", name="What was done").fill("the relationship is gone")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    badge = page.locator(".stMarkdownBadge")
    expect(badge).to_have_text("Resolved", timeout=MINUTE)
    assert "group=" in page.url
    page.get_by_role("button", name="Undo").click()
    expect(badge).to_have_text(re.compile("^Resolved in"), timeout=MINUTE)  # a deploy fixed it, so it was so before


def test_a_step_of_the_runbook_is_ticked_and_a_reload_shows_it(visit, wiring):
    fingerprint = next(one.fingerprint for one in wiring.incidents.groups().groups if "School" in one.title)
    page = visit(f"errors?group={fingerprint}&when=all", "Errors")
    page.get_by_role("button", name="Work through it").click()
    page.locator(".st-key-runbook label", has=page.get_by_role("checkbox")).first.click()
    expect(page.get_by_text("1 of 10 steps done")).to_be_visible(timeout=MINUTE)
    page.reload()
    expect(page.get_by_text("1 of 10 steps done")).to_be_visible(timeout=MINUTE)


def test_the_tail_shows_lines_as_they_come_and_holds_still_when_paused(visit, home):
    page = visit("errors?tab=Live+tail", "Errors")
    expect(page.get_by_text("Nothing was written since this was opened")).to_be_visible(timeout=MINUTE)
    said(home, "<img src=x onerror=alert(1)>")
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible(timeout=MINUTE)
    page.get_by_text("Pause", exact=True).click()
    expect(page.get_by_text(re.compile("^Paused: "))).to_be_visible(timeout=MINUTE)
    said(home, "while it was paused")
    page.wait_for_timeout(5000)
    expect(page.get_by_text("while it was paused")).to_have_count(0)
    page.get_by_text("Pause", exact=True).click()
    expect(page.get_by_text("while it was paused")).to_be_visible(timeout=MINUTE)


def test_what_is_written_is_read_by_pull(visit, home):
    said(home, "Port 9 did not answer.", severity="ERROR")
    page = visit("errors?text=Port", "Errors")
    page.get_by_role("button", name="Pull").click()
    expect(page.get_by_text("1 group with 1 error in all")).to_be_visible(timeout=MINUTE)


def test_a_lane_leads_to_its_group_and_opens_its_checklist(visit):
    page = visit("deployments", "Deployments")
    expect(page.locator(".lane")).to_have_count(3, timeout=MINUTE)
    page.get_by_text("Checklist").nth(1).click()
    expect(page.locator(".checks li").first).to_be_visible(timeout=MINUTE)
    page.locator(".lane").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Errors", exact=True, level=1)).to_be_visible(timeout=MINUTE)
    assert "group=c1-" in page.url and "when=all" in page.url


def test_a_baseline_is_started_from_the_page(visit):
    page = visit("deployments?tab=Baseline", "Deployments")
    page.get_by_role("button", name="Start a baseline").click()
    page.get_by_role("dialog").get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("of 24 hours to go")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".looks li")).to_have_count(7)


@pytest.mark.parametrize(("path", "heading", "told"), [
    ("errors", "Errors", "shown. Click a row"), ("errors?tab=Live+tail", "Errors", "Pause"),
    ("errors?group={group}&when=all", "Errors", "Sample"), ("deployments", "Deployments", "deploys recorded"),
])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_has_room_for_it(visit, wiring, path, heading, told, theme):
    group = wiring.incidents.groups().groups[0].fingerprint
    page = visit(path.format(group=group), heading, width=390, height=844, theme=theme)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)
