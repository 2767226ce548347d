"""The page Generate, as a person uses it: what it shows of the record, and what it puts into the queue."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from console import loaders
from console.literal import JOINER, literal
from console.loaders import visitor
from pipeline.domain import Clarification, Lesson, Modality, Stage, Status
from pipeline.errors import NotAllowed
from pipeline.organisation import Actor
from pipeline.store import LocalStore
from pipeline.tables import UserRole
from pipeline.tracking import Record
from tests.console import lessons
from tests.console.conftest import PAGE, PATIENCE_SECONDS, Open, Queue


def shown(page: AppTest) -> str:
    """Everything that stands on the page."""
    assert not page.exception
    pieces = [getattr(element, "value", getattr(element, "body", "")) for element in page.main]
    labels = [widget.label for widget in (*page.button, *page.expander, *page.tabs)]
    return "\n".join(str(piece) for piece in (*pieces, *labels)).replace("\\", "").replace(JOINER, "")


def address(page: AppTest) -> str:
    """The id in the page's address."""
    return "".join(page.query_params["request"])


def press(page: AppTest, label: str) -> AppTest:
    """Press the button of this label."""
    return next(button for button in page.button if button.label == label).click().run()


# asking


def test_an_empty_record_says_so_and_promises_nothing_that_was_not_measured(open_page: Open) -> None:
    page = open_page()
    assert "The first lesson will stand here" in shown(page)
    assert shown(page).count("Not measured yet on this machine") == len(Modality)


def test_what_a_lesson_takes_and_costs_stands_there_before_asking(record: Record, open_page: Open) -> None:
    lessons.text_lesson(record)
    page = open_page()
    assert "about 22 s" in shown(page)
    assert "saves $0.183" in shown(page)


def test_a_question_is_submitted_with_everything_that_was_chosen(queue: Queue, open_page: Open) -> None:
    page = open_page()
    page.text_area(key="ask_question").input("  Explain   photosynthesis ")
    page.selectbox(key="ask_grade").set_value(9)
    page.selectbox(key="ask_interest").set_value("cooking")
    page.checkbox(key="ask_video").uncheck()
    press(page, "Make the lesson")
    (asked,) = queue.submitted
    assert (asked.student_query, asked.grade_level, asked.interest) == ("Explain photosynthesis", 9, "cooking")
    assert asked.requested_modalities == (Modality.TEXT,)
    assert address(page) == asked.request_id
    assert page.title[0].value == "Explain photosynthesis"


def test_an_example_fills_the_form(open_page: Open) -> None:
    page = press(open_page(), "Explain Newton's third law · basketball")
    assert page.text_area(key="ask_question").value == "Explain Newton's third law"
    assert page.selectbox(key="ask_interest").value == "basketball"


@pytest.mark.parametrize(("question", "unchecked", "sentence"), [
    ("Hm", (), "The question must have 5 to 500 characters; it has 2."),
    ("Explain photo\x00synthesis", (), "The question must be plain text"),
    ("Explain photosynthesis", ("ask_text", "ask_video"), "What to make must name at least one"),
])
def test_a_bad_request_is_explained_beside_the_form_and_not_submitted(
    queue: Queue, open_page: Open, question: str, unchecked: tuple[str, ...], sentence: str
) -> None:
    page = open_page()
    page.text_area(key="ask_question").input(question)
    for key in unchecked:
        page.checkbox(key=key).uncheck()
    press(page, "Make the lesson")
    assert sentence in page.error[0].value.replace("\\", "")
    assert queue.submitted == [] and page.query_params == {}


def test_changing_the_form_while_a_request_runs_does_not_touch_the_request(
    record: Record, queue: Queue, open_page: Open
) -> None:
    lessons.unmade(record)
    before = record.view("running")
    page = press(open_page("running"), "New lesson")
    page.text_area(key="ask_question").input("Something else").run()
    after = record.view("running")
    assert before and after and before.request == after.request


# on its way


def test_a_running_request_shows_its_stages_and_the_article_so_far(record: Record, open_page: Open) -> None:
    lessons.unmade(record)
    page = open_page("running")
    told = str([element.proto for element in page.main])
    assert "your shoes push the floor" in told
    assert "Understand the question" in told and "to come" in told


def test_a_request_that_no_worker_takes_says_how_to_start_one(
    record: Record, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.accept(lessons.request("alone"))
    monkeypatch.setattr("console.live.PATIENCE_SECONDS", -1)
    page = open_page("alone")
    assert "python -m pipeline worker" in page.warning[0].value


def test_a_request_behind_another_says_that_it_has_to_wait(
    record: Record, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons.unmade(record)
    monkeypatch.setattr("console.live.PATIENCE_SECONDS", -1)
    assert "1 lesson is before this one" in open_page("waiting").info[0].value


def test_cancelling_asks_the_worker_to_stop(record: Record, open_page: Open) -> None:
    lessons.unmade(record)
    press(open_page("running"), "Cancel")
    assert record.cancel_requested("running")


def test_a_waiting_request_that_is_cancelled_is_over(record: Record, open_page: Open) -> None:
    lessons.unmade(record)
    page = press(open_page("waiting"), "Cancel")
    assert "This request was cancelled" in shown(page.run())


# decided


def test_an_unknown_id_is_said_plainly(open_page: Open) -> None:
    assert "There is no request with the id nope**" in shown(open_page("nope**"))


def test_a_finished_text_shows_article_sources_and_what_it_took(record: Record, open_page: Open) -> None:
    lessons.text_lesson(record)
    page = open_page("finished")
    assert [tab.label for tab in page.tabs] == ["Text", "Scenes", "Stages", "Review"]
    assert {"Show the answer", "Sources (2)"} <= {expander.label for expander in page.expander}
    told = str([element.proto for element in page.main])
    for fact in ("94%", "7.9 for a student in grade 10", "1 kept, 1 dropped, 1 from the book", "$0.183"):
        assert fact in told


def test_the_preferred_form_comes_first(record: Record, store: LocalStore, open_page: Open) -> None:
    lessons.full_lesson(record, store)
    page = open_page("whole")
    assert [tab.label for tab in page.tabs][:4] == ["Video", "Text", "Audio", "Images"]


def test_hostile_words_of_a_student_and_a_model_are_shown_as_they_are(record: Record, open_page: Open) -> None:
    lessons.text_lesson(record, said=f"# Title\n\n{lessons.HOSTILE}", student_query=lessons.HOSTILE)
    page = open_page("finished")
    assert page.subheader[0].value == literal(lessons.HOSTILE)  # long, so not in the largest type
    assert "&lt;b&gt;bold&lt;/b&gt;" in str([element.proto for element in page.main])


def test_files_that_are_gone_are_said_to_be_and_can_be_made_again(
    record: Record, store: LocalStore, queue: Queue, open_page: Open
) -> None:
    lessons.full_lesson(record, store)
    for name in ("video-1080.mp4", "scene-2.png", "audio.m4a"):
        store.path(f"whole/{name}").unlink()
    page = open_page("whole")
    assert "3 of this lesson's files are no longer on this machine" in page.warning[0].value
    press(page, "Try again")
    assert queue.submitted[0].requested_modalities == tuple(Modality)


def test_a_partial_lesson_says_which_form_failed_and_why(record: Record, open_page: Open) -> None:
    lessons.partial_lesson(record)
    page = open_page("partial")
    assert "Video could not be made: The disk is full" in page.error[0].value.replace("\\", "").replace(JOINER, "")


def test_choosing_a_reading_asks_the_same_again_with_its_topic(record: Record, queue: Queue, open_page: Open) -> None:
    lessons.unmade(record)
    press(open_page("asked"), literal("Newton's second law"))
    (asked,) = queue.submitted
    assert asked.topic_hint == "topic_phys_mech_newton_2"
    assert (asked.student_query, asked.interest) == ("Explain Newton's law", "basketball")
    assert asked.request_id != "asked"


@pytest.mark.parametrize(("request_id", "sentence"), [
    ("declined", "This is not a question for a lesson"),
    ("failed", "Model weights are missing"),
    ("cancelled", "This request was cancelled"),
])
def test_what_came_to_nothing_says_why(record: Record, open_page: Open, request_id: str, sentence: str) -> None:
    lessons.unmade(record)
    assert sentence in shown(open_page(request_id))


def test_a_reading_without_a_topic_becomes_the_question(record: Record, queue: Queue, open_page: Open) -> None:
    options = Clarification(question="Which?", options=("Ohm's law", "Hooke's law"))
    lessons.keep(record, lessons.request("vague"),
                 Lesson(request_id="vague", status=Status.CLARIFICATION_NEEDED, clarification=options), ())
    press(open_page("vague"), literal("Hooke's law"))
    assert queue.submitted[0].student_query == "Explain Hooke's law"


def test_a_failed_request_can_be_tried_again_as_a_new_one(record: Record, queue: Queue, open_page: Open) -> None:
    lessons.unmade(record)
    press(open_page("failed"), "Try again")
    view = record.view("failed")
    assert view is not None and view.status is Status.FAILED
    assert queue.submitted[0].student_query == view.request.student_query


def test_a_question_can_be_changed_and_asked_anew(record: Record, open_page: Open) -> None:
    lessons.unmade(record)
    page = press(open_page("declined"), "Change the question")
    assert page.text_area(key="ask_question").value == "Who won the game yesterday?"
    assert "request" not in page.query_params


# correcting


def test_correcting_a_scene_makes_a_new_version_and_leaves_the_old_one(
    record: Record, store: LocalStore, queue: Queue, open_page: Open
) -> None:
    lessons.full_lesson(record, store)
    page = open_page("whole")
    page.toggle[0].set_value(True).run()
    page.text_area(key="narration_whole_2").input("Every push is answered with 99 N.").run()
    assert any("the voice of scene 2" in line.value for line in page.markdown)
    assert "no passage of this lesson supports 99" in page.warning[0].value.replace("\\", "")
    press(page, "Make again from scene 2 on")
    (corrected,) = queue.submitted
    assert corrected.revision_of == "whole" and corrected.storyboard
    assert corrected.storyboard.scenes[1].narration == "Every push is answered with 99 N."
    assert corrected.storyboard.scenes[0] == lessons.BOARD.scenes[0]


def test_versions_lead_to_each_other(record: Record, store: LocalStore, open_page: Open) -> None:
    lessons.full_lesson(record, store)
    record.accept(lessons.request("newer", revision_of="whole", storyboard=lessons.BOARD))
    page = press(open_page("whole"), "Open the corrected version")
    assert address(page) == "newer"
    page = press(page, "Back to the earlier version")
    assert address(page) == "whole"


# reviewing


def test_approval_can_be_given_and_withdrawn_and_both_stay_on_record(record: Record, open_page: Open) -> None:
    lessons.text_lesson(record)
    page = press(open_page("finished"), "Approve")
    press(page, "Withdraw approval")
    assert [entry.approved for entry in record.reviews("finished")] == [False, True]


def test_a_note_is_kept_and_shown_literally(record: Record, open_page: Open) -> None:
    lessons.text_lesson(record)
    page = open_page("finished")
    page.text_area(key="note_finished").input("Costs $5 or :red[more]")
    page = press(page, "Save the review")
    assert record.reviews("finished")[0].note == "Costs $5 or :red[more]"
    assert literal("Costs $5 or :red[more]") in [element.value for element in page.markdown]


# trouble


def test_a_damaged_database_is_one_sentence(wiring: object, tmp_path: Path) -> None:
    (tmp_path / "vividly.sqlite").write_bytes(b"this is not a database, and long enough to be seen as damaged" * 40)
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS).run()
    assert not page.exception
    assert "damaged" in page.error[0].value


def test_a_locked_database_is_one_sentence_with_a_way_to_look_again(
    record: Record, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    lessons.text_lesson(record)
    with monkeypatch.context() as patched:
        patched.setattr(Record, "view", locked)
        page = open_page("finished")
        assert "database is locked" in page.error[0].value and "SELECT" not in page.error[0].value
    assert press(page, "Look again").title[0].value == literal(lessons.QUESTION)


def test_a_usage_without_a_price_is_said_and_not_counted_as_nothing(record: Record, open_page: Open) -> None:
    strange = lessons.run(Stage.SCRIPT)
    usage = strange.usage[0].model_copy(update={"provider": "unheard-of"})
    lessons.keep(record, lessons.request("odd"), Lesson(
        request_id="odd", status=Status.COMPLETED, intent=lessons.INTENT, script=lessons.script(),
    ), (strange.model_copy(update={"usage": (usage,)}),))
    told = str([element.proto for element in open_page("odd").main])
    assert "no price" in told and "some usage has no price" in told


@pytest.mark.parametrize(("role", "makes"), [("viewer", False), ("content", True), ("product", True), ("engineering", True), ("admin", True)])
def test_who_may_not_make_or_review_lessons_sees_why(open_page, record: Record, monkeypatch, role: str, makes: bool) -> None:
    actor = Actor(user_id="user_x", name="Ada", role=UserRole(role))
    monkeypatch.setattr(visitor, "actor", lambda: actor)
    page = open_page()
    button = next(button for button in page.button if button.label == "Make the lesson")
    assert button.disabled is not makes
    assert ("you are viewer" in button.help) is not makes
    lessons.text_lesson(record)
    page = open_page("finished")
    assert next(button for button in page.button if button.label == "Approve").disabled is not makes
    if not makes:
        with pytest.raises(NotAllowed, match="Making lessons needs the role"):
            loaders.submit(lessons.request("refused"))
        assert loaders.watch("refused") is None
