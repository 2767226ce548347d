"""A real Chromium against the real console: Retrieval with real embeddings, two topics and two books, on a desk and on a phone."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from pipeline.config import DATA, read_settings
from pipeline.wiring import Wiring
from tests.browser.conftest import fits
from tests.console import searches

pytestmark = [pytest.mark.browser, pytest.mark.real]
MINUTE = 60_000
QUESTION = "Why does a swimmer move forward?"


@pytest.fixture(scope="module")
def settings_of_it(tmp_path_factory, small_data):
    """A home of its own, and the small data folder with the list of models."""
    home = tmp_path_factory.mktemp("searched")
    data = shutil.copytree(small_data, home / "data")
    shutil.copy(DATA / "models.toml", data)
    return {"VIVIDLY_HOME": str(home), "VIVIDLY_DATA": str(data)}


@pytest.fixture(scope="module")
def wiring(settings_of_it):
    wiring = Wiring(read_settings(settings_of_it))
    searches.fill(wiring)
    return wiring


@pytest.fixture(scope="module")
def console(settings_of_it, wiring, serve):
    """The address of a console alone, in that home."""
    return serve(("-c", f"import os, sys; os.environ.update({list(settings_of_it.items())!r}); from streamlit.web.cli import main; "
                        "sys.argv = ['streamlit', 'run', 'streamlit_app.py', '--server.port', '{port}']; main()"))


@pytest.fixture
def visit(browser, console):
    """Opens the page at this address on a screen of this width, in this theme."""
    contexts = []

    def opened(path="", *, width=1440, height=900, theme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        page = contexts[-1].new_page()
        page.set_default_timeout(MINUTE)
        page.on("dialog", lambda dialog: pytest.fail(f"a passage ran: {dialog.message}"))
        page.goto(f"{console}/retrieval{path}")
        expect(page.get_by_role("heading", name="Retrieval", exact=True, level=1)).to_be_visible(timeout=MINUTE)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_question_is_typed_answered_with_marks_and_stays_after_a_reload(visit):
    page = visit("?corpus=physics")
    page.get_by_role("textbox", name="Question").fill(QUESTION)
    page.get_by_role("textbox", name="Question").press("Enter")
    expect(page.locator(".st-key-list_fused .hit").first).to_contain_text("Newton's third law", timeout=MINUTE)
    assert "swimmer" in page.locator(".st-key-list_words .hit mark").all_inner_texts()
    assert page.locator(".hit script").count() == 0 and page.locator(".st-key-list_meaning .hit").count() == 3
    page.reload()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(QUESTION, timeout=MINUTE)
    expect(page.locator(".st-key-list_fused .hit").first).to_be_visible(timeout=MINUTE)


def test_a_label_is_given_and_undone(visit, wiring):
    page = visit("?corpus=physics&q=What+is+momentum%3F")
    page.locator(".st-key-list_fused").get_by_role("radio", name="Answers").first.click()
    expect(page.get_by_text("Answers, said by local admin")).to_be_visible(timeout=MINUTE)
    assert [label.grade for label in wiring.labels.all()] == [2]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Answers, said by local admin")).to_have_count(0, timeout=MINUTE)
    assert wiring.labels.all() == []


def test_a_row_opens_a_run_which_leads_to_its_queries(visit):
    page = visit("?tab=Runs")
    page.locator(".st-key-retrieval_runs canvas").first.click(position={"x": 300, "y": 58}, force=True)
    page.wait_for_url(re.compile("run="), timeout=MINUTE)
    page.get_by_role("button", name="Query by query").click()
    expect(page.get_by_text("of default less lexical: ")).to_be_visible(timeout=MINUTE)
    assert "tab=Systems" in page.url and "run=" in page.url


def test_the_navigation_leaves_room_for_who_is_here(visit):
    page = visit()
    page.wait_for_function("""() => {
        const links = document.querySelectorAll("[data-testid=stTopNavLink]"), who = document.querySelector(".st-key-visitor");
        return links.length && who
            && links[links.length - 1].getBoundingClientRect().right <= who.getBoundingClientRect().left;
    }""", timeout=MINUTE)  # once the fonts are there and the page is drawn


@pytest.mark.parametrize(("path", "told"), [
    (f"?corpus=physics&q={QUESTION}", "Fused"), ("?tab=Systems", "less lexical"), ("?tab=Runs", "Click a row to open the run"),
    ("?tab=Runs&run=2", "Against the baseline"), ("?tab=Corpora", "does not allow commercial use"),
    ("?tab=Corpora&name=school", "What became of its words"), ("?tab=Labels", "labelled a passage"),
])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_has_room_for_it(visit, path, told, theme):
    page = visit(path, width=390, height=844, theme=theme)
    expect(page.get_by_text(told).first).to_be_visible(timeout=MINUTE)
    assert fits(page, 390)
