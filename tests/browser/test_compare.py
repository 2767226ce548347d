"""A real Chromium against the real page Compare: a link, the blind votes, a phone, and words of strangers."""

import pytest
from playwright.sync_api import expect

from pipeline.config import read_settings
from pipeline.organisation import LOCAL_ID, Actor
from pipeline.tables import UserRole
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in, fits
from tests.console import comparisons, lessons

pytestmark = pytest.mark.browser
MINUTE = 60_000
WHY = """said => { const boxes = document.querySelectorAll('textarea[aria-label="Why?"]');
                  return boxes.length === 1 && boxes[0].value === said }"""
"""The one box has these words: for a moment after a vote there are two, that of the question before as well."""


@pytest.fixture(scope="module")
def wiring(tmp_path_factory):
    """An installation with a comparison of every sort."""
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(tmp_path_factory.mktemp("compare"))}))
    wiring.people.local_admin()
    actor = Actor(user_id=LOCAL_ID, name="local admin", role=UserRole.ADMIN)
    comparisons.whole_set(wiring, "set", by=actor)
    view = comparisons.made(wiring, "one", by=actor)
    for variant in (1, 2):
        comparisons.decide(wiring, view.request_id(1, variant), seconds=8.0)
    comparisons.made(wiring, "running", by=actor)
    return wiring


@pytest.fixture(scope="module")
def console(wiring, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(wiring.settings.home))


@pytest.fixture
def visit(browser, console):
    """Opens the page on a screen of this width."""
    contexts = []

    def opened(address="", *, width=1440, height=900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.goto(f"{console}/compare{address}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_question_is_asked_and_its_link_opens_the_same(visit):
    page = visit()
    page.get_by_label("Question", exact=True).fill("Why do we have seasons?")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**comparison=*", timeout=MINUTE)
    expect(page.get_by_text("0 of 2 lessons decided")).to_be_visible(timeout=MINUTE)
    again = visit(f"?{page.url.partition('?')[2]}")
    expect(again.get_by_role("heading", name="Why do we have seasons?")).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible(timeout=MINUTE)


def test_a_source_mark_opens_the_passage_of_its_own_article(visit):
    page = visit("?comparison=one")
    expect(page.get_by_text("The video costs 4.2 times as much")).to_be_visible(timeout=MINUTE)
    page.locator("button.mark").first.click()
    expect(page.locator(".passage:popover-open")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Article").click()
    page.locator("button.mark:visible").last.click()
    shown = page.locator(".passage:popover-open")
    expect(shown).to_have_count(1)
    assert shown.get_attribute("id").startswith("side-") and "Review" in shown.inner_text()


def test_a_vote_goes_on_to_the_next_question_and_is_there_after_a_reload(visit):
    page = visit("?comparison=set&view=blind")
    expect(page.get_by_text("0 of 3 questions judged")).to_be_visible(timeout=MINUTE)
    assert page.get_by_text("Open the request").count() == 0
    page.get_by_role("radio", name="A is better").or_(page.get_by_role("button", name="A is better")).first.click()
    page.get_by_label("Why?").fill("It is shorter.")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("1 of 3 questions judged")).to_be_visible(timeout=MINUTE)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=MINUTE)
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text("1. Explain Newton's third law")).to_be_visible(timeout=MINUTE)
    page.wait_for_function(WHY, arg="It is shorter.", timeout=MINUTE)
    page.reload()
    page.wait_for_function(WHY, arg="It is shorter.", timeout=MINUTE)


@pytest.mark.parametrize(("address", "told"), [
    ("", "Earlier comparisons"), ("?comparison=one", "The video costs"), ("?comparison=set", "Differences are Video minus Text"),
    ("?comparison=set&view=blind", "questions judged"), ("?comparison=running", "The text is not made yet."),
])
def test_a_phone_has_room_for_it(visit, address, told):
    page = visit(address, width=390, height=844)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)


def test_words_of_strangers_run_nothing(visit):
    page = visit("?comparison=set&view=sides&question=4")
    shown = page.get_by_role("combobox", name="Question")
    expect(shown).to_have_value(f"4. {lessons.HOSTILE}", timeout=MINUTE)  # as it was written, without the signs of an escape
    assert page.locator('img[src*="x.test"]').count() == 0
