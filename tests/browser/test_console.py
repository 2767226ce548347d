"""A real Chromium against the real console and a real worker: ask, watch, read; then play a video with captions."""


import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
MINUTES = 60_000


@pytest.fixture(scope="module")
def console(serve):
    """The console and a worker as `make run` starts them; its address."""
    return serve(("-m", "pipeline", "up", "--port", "{port}"))


def _ask(page, question, *, video):
    page.get_by_label("Question").fill(question)
    box = page.get_by_role("checkbox", name="Video")
    if box.is_checked() != video:
        page.locator("label").filter(has_text="Video").first.click()
    page.get_by_role("button", name="Make the lesson").click()


@pytest.fixture
def page(browser, console):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{console}/generate")
    expect(page.get_by_role("button", name="Make the lesson")).to_be_visible(timeout=MINUTES)
    yield page
    context.close()


def test_a_text_lesson_is_asked_for_watched_read_and_survives_a_reload(page):
    _ask(page, "Explain Newton's third law using basketball", video=False)
    page.wait_for_url("**request=*", timeout=MINUTES)
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=10 * MINUTES)
    expect(page.get_by_role("heading", name="A common mistake")).to_be_visible()
    expect(page.get_by_text("rebound").first).to_be_visible()
    link = page.url
    page.reload()
    expect(page.get_by_role("heading", name="A common mistake")).to_be_visible(timeout=MINUTES)
    assert page.url == link


def test_a_video_lesson_is_made_and_plays_with_captions(page):
    _ask(page, "Explain Newton's third law using basketball", video=True)
    page.wait_for_url("**request=*", timeout=MINUTES)
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=15 * MINUTES)
    page.get_by_role("tab", name="Video").click()
    page.get_by_role("button", name="Play").click()
    film = page.locator("video").first
    expect(film).to_be_attached(timeout=MINUTES)
    page.wait_for_function("document.querySelector('video').readyState >= 2", timeout=MINUTES)
    assert film.evaluate("video => video.videoWidth") in (1280, 1920)
    assert film.evaluate("video => video.duration") > 60
    assert film.evaluate("video => video.textTracks.length") >= 1
    film.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("document.querySelector('video').currentTime > 1", timeout=MINUTES)


def test_a_vague_question_is_asked_back_with_buttons(page):
    _ask(page, "Explain Newton's law", video=False)
    page.wait_for_url("**request=*", timeout=MINUTES)
    for option in ("Newton's third law", "Newton's first law"):  # exactly: an example of the form has these words too
        expect(page.get_by_role("button", name=option, exact=True)).to_be_visible(timeout=5 * MINUTES)


def test_markup_in_a_question_is_shown_as_text(page):
    _ask(page, "<b id='evil'>Explain</b> photosynthesis <script>window.evil = 1</script>", video=False)
    page.wait_for_url("**request=*", timeout=MINUTES)
    expect(page.get_by_text("code or markup").first).to_be_visible(timeout=5 * MINUTES)
    assert page.locator("#evil").count() == 0
    assert page.evaluate("window.evil === undefined")
