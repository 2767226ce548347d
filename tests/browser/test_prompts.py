"""A real Chromium against the real console: a prompt is edited, checked and saved; a trial grows; on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from pipeline.comparison import Variant
from pipeline.config import read_settings
from pipeline.domain import Modality
from pipeline.organisation import COMMAND_LINE
from pipeline.wiring import Wiring
from tests.browser.conftest import console_in, fits
from tests.console import prompted

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def wiring(tmp_path_factory):
    """A home whose hook has a version of its own, and a request that asked with it; two texts wait for a worker."""
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(tmp_path_factory.mktemp("prompted"))}))
    version = prompted.saved(wiring)
    prompted.asked(wiring)
    pair = [Variant(modality=Modality.TEXT, prompts={"hook": one}) for one in (version.parent, version.version)]
    wiring.comparisons.create(COMMAND_LINE, "trial", questions=[prompted.QUESTION], variants=pair)
    wiring.comparisons.send(COMMAND_LINE, "trial")
    return wiring


@pytest.fixture(scope="module")
def console(wiring, serve):
    """The address of a console alone, in that home."""
    return serve(console_in(wiring.settings.home))


@pytest.fixture
def visit(browser, console):
    """Opens the page at this address on a screen of this width, in this theme."""
    contexts = []

    def opened(path="", *, width=1440, height=900, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.on("dialog", lambda dialog: pytest.fail(f"a text ran: {dialog.message}"))
        page.goto(f"{console}/prompts{path}")
        expect(page.get_by_role("heading", name="Prompts", exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_prompt_is_opened_edited_checked_saved_and_stands_after_a_reload(visit, wiring):
    page = visit()
    page.locator(".st-key-prompts_table canvas").first.click(position={"x": 150, "y": 175}, force=True)
    page.wait_for_url(re.compile("prompt="), timeout=MINUTE)
    page.goto(page.url.split("?")[0] + "?prompt=link")
    page.get_by_role("tab", name="Edit").click()
    asked = page.get_by_role("textbox", name="Asked")
    asked.fill("{{ topic }}\n{{ weather }}")
    asked.press("Control+Enter")
    expect(page.locator(".faults li").first).to_contain_text("weather", timeout=MINUTE)
    asked.fill("{{ topic }} {{ summary }} {{ interest }} {{ scene }} {{ lesson }}\nOne sentence.")
    asked.press("Control+Enter")
    expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible(timeout=MINUTE)
    page.get_by_role("textbox", name="What is changed, and what for").fill("One sentence only")
    page.get_by_role("textbox", name="What is changed, and what for").press("Enter")
    page.get_by_role("button", name="Save as a version").click()
    expect(page.get_by_text("One sentence only").first).to_be_visible(timeout=MINUTE)
    newest = wiring.registry.versions("link")[0]
    assert newest.message == "One sentence only" and newest.text.user.endswith("One sentence.")
    page.wait_for_url(re.compile(f"version={newest.version}"), timeout=MINUTE)
    page.reload()
    expect(page.get_by_text("One sentence only").first).to_be_visible(timeout=MINUTE)
    expect(page.locator("mark.variable")).to_have_count(5, timeout=MINUTE)


def test_two_texts_grow_side_by_side_until_the_words_that_differ_are_marked(visit, wiring):
    page = visit("?tab=Playground&comparison=trial")
    expect(page.get_by_text("Waits for a worker.")).to_have_count(2, timeout=MINUTE)
    first, second = (wiring.comparisons.view("trial").request_id(1, number) for number in (1, 2))
    wiring.record.begin(first)
    wiring.record.note(first, draft="# Rockets\n\nA rocket pushes gas down", progress=0.4)
    expect(page.get_by_text("A rocket pushes gas down")).to_be_visible(timeout=MINUTE)
    prompted.decide(wiring, first, prompted.book(wiring), "Why does it rise?")
    wiring.record.begin(second)
    prompted.decide(wiring, second, prompted.book(wiring), f"Why does it fall? {prompted.HOSTILE}")
    expect(page.get_by_text("2 of 2 texts decided")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".said ins").first).to_have_text("fall")
    assert page.locator(".said script").count() == 0


@pytest.mark.parametrize(("path", "told", "theme"), [
    ("", "Click a row to open it", "dark"), ("?prompt=hook", "Told to the model", "light"),
    ("?prompt=hook&part=Difference", "The same in both", "dark"), ("?prompt=hook&part=Edit", "Nothing is wrong", "light"),
    ("?prompt=hook&part=Preview&request=asked", "Tokens to read", "dark"),
    ("?prompt=hook&part=In+service", "Traffic split", "light"), ("?tab=Playground", "What to ask", "dark"),
    ("?tab=Playground&replay=asked", "As it was", "light"),
])
def test_a_phone_has_room_for_it(visit, path, told, theme):
    page = visit(path, width=390, height=844, theme=theme)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)
