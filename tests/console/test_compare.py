"""The page Compare as a person uses it: ask, watch, side by side, the table of a set, and blind votes."""

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from console.compare import blind, table
from console.loaders import compare
from pipeline.comparison import State, Tally, Two, Variant
from pipeline.comparison.statistics import wilson
from pipeline.config import ROOT
from pipeline.domain import Modality, Status
from pipeline.models import listing
from pipeline.organisation import LOCAL_ID, Actor
from pipeline.store import LocalStore
from pipeline.tables import Choice, UserRole
from pipeline.wiring import Wiring
from tests.console import comparisons, lessons, visits
from tests.console.comparisons import FAULT, QUESTIONS, TEXT, VIDEO
from tests.console.conftest import PATIENCE_SECONDS, Queue

PAGE = ROOT / "console" / "pages" / "compare.py"
TWO = Two(one=1, other=2)


def visit(**address: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


@pytest.fixture
def here(wiring: Wiring, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    """The installation as the page sees it, its queue kept by the test, with two language models."""
    compare.makers.clear()
    monkeypatch.setattr(Wiring, "language_models", lambda _: ("large-instruct-q4", "small-instruct-q4"))
    monkeypatch.setattr(compare, "listing", lambda _: ())
    return compare.wiring()


@pytest.fixture
def local(here: Wiring) -> Actor:
    here.people.local_admin()
    return Actor(user_id=LOCAL_ID, name="local admin", role=UserRole.ADMIN)


def html(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(str(getattr(element, "value", "") or element.proto.body) for element in page.get("html"))


def rows_with(page: AppTest, column: str) -> list[dict[str, object]]:
    """The rows of the table that has this column."""
    assert not page.exception, page.exception
    return next(table.value.to_dict("records") for table in page.dataframe if column in table.value.columns)


# the form


def test_an_empty_page_asks_and_says_in_words_what_cannot_differ(here: Wiring):
    page = visit()
    told = visits.told(page)
    assert "Nothing was compared yet" in told
    assert "Family: embedded, the only one that makes lessons here" in told.replace("**", "")
    assert "those in production" in told and "Not on this machine" not in told
    assert page.selectbox(key="compare_model_0").options == ["As usual: large", "small"]
    assert [box.value for box in page.selectbox if (box.key or "").startswith("compare_form_")] == ["text", "video"]


def test_one_question_is_asked_twice_and_opened(here: Wiring, queue: Queue):
    page = visit()
    page.text_area(key="compare_question").set_value(lessons.QUESTION).run()
    visits.press(page, "compare_go")
    assert not page.exception and visits.errors(page) == []
    view = here.comparisons.newest()[0]
    assert page.query_params["comparison"] in (view.comparison_id, [view.comparison_id])
    assert [r.requested_modalities for r in queue.submitted] == [(Modality.TEXT,), (Modality.VIDEO,)]
    assert all(r.fresh and r.grade_level == 10 for r in queue.submitted)
    assert view.state is State.RUNNING and "0 of 2 lessons decided" in " ".join(b.proto.text for b in page.get("progress"))


def test_a_variant_is_made_by_another_language_model(here: Wiring, queue: Queue):
    page = visit()
    page.text_area(key="compare_question").set_value(lessons.QUESTION).run()
    page.selectbox(key="compare_form_1").set_value(Modality.TEXT).run()
    page.selectbox(key="compare_model_1").set_value("small-instruct-q4").run()
    visits.press(page, "compare_go")
    view = here.comparisons.view(here.comparisons.newest()[0].comparison_id)
    assert view.variants == (TEXT, Variant(modality=Modality.TEXT, model="small-instruct-q4"))
    assert [request.language_model for request in queue.submitted] == [None, "small-instruct-q4"]


def test_where_there_is_one_language_model_the_others_are_named(here: Wiring, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compare, "listing", listing)
    monkeypatch.setattr(Wiring, "language_models", lambda _: ("qwen2.5-coder-1.5b-instruct-q4_k_m",))
    page = visit()
    assert page.selectbox(key="compare_model_0").disabled
    assert "so no variant can be made by it: qwen2.5-coder-0.5b-instruct" in visits.told(page)


def test_variants_differ_in_grade_interest_and_seed(here: Wiring, queue: Queue):
    page = visit()
    page.text_area(key="compare_question").set_value(lessons.QUESTION).run()
    page.segmented_control(key="compare_variants").set_value(3).run()
    page.selectbox(key="compare_form_1").set_value(Modality.TEXT).run()
    page.selectbox(key="compare_grade_1").set_value(6).run()
    page.selectbox(key="compare_interest_1").set_value("").run()
    page.number_input(key="compare_seed_2").set_value(9).run()
    visits.press(page, "compare_go")
    view = here.comparisons.view(here.comparisons.newest()[0].comparison_id)
    assert view.variants == (TEXT, Variant(modality=Modality.TEXT, grade_level=6, interest=""), Variant(modality=Modality.AUDIO, seed=9))
    assert len(queue.submitted) == 3


@pytest.mark.parametrize(("source", "key", "typed", "said"), [
    ("One question", "compare_question", "", "questions must be given: at least one."),
    ("One question", "compare_question", "Hm?", "Number 1: the question must have 5 to 500 characters; it has 3."),
    ("Several", "compare_lines", "Why is the sky blue?\nno\n", "Number 2: the question must have 5 to 500 characters; it has 2."),
])
def test_a_bad_question_is_named_and_nothing_is_kept(here: Wiring, queue: Queue, source, key, typed, said):
    page = visit()
    page.segmented_control(key="compare_source").set_value(source).run()
    page.text_area(key=key).set_value(typed).run()
    visits.press(page, "compare_go")
    assert visits.errors(page) == [said]
    assert here.comparisons.newest() == [] and queue.submitted == []


def test_the_same_variant_twice_is_refused(here: Wiring):
    page = visit()
    page.text_area(key="compare_question").set_value(lessons.QUESTION).run()
    page.selectbox(key="compare_form_1").set_value(Modality.TEXT).run()
    visits.press(page, "compare_go")
    assert visits.errors(page) == ["variants must differ; 'Text' stands there twice."]


def test_the_evaluation_set_is_asked_with_its_own_grades(here: Wiring, queue: Queue):
    page = visit()
    page.segmented_control(key="compare_source").set_value("Evaluation set").run()
    page.number_input(key="compare_count").set_value(30).run()
    visits.press(page, "compare_go")
    assert not page.exception
    assert len(queue.submitted) == 60  # more than are sent at once
    assert len({r.grade_level for r in queue.submitted}) > 1
    assert here.comparisons.newest()[0].name == "30 questions: Text and Video"


def test_whoever_may_not_make_lessons_sees_why(here: Wiring, monkeypatch: pytest.MonkeyPatch):
    comparisons.made(here, "one")
    visits.become(UserRole.VIEWER, here, monkeypatch)
    page = visit()
    assert page.button(key="compare_go").disabled and "viewer" in page.button(key="compare_go").help
    page = visit(comparison="one")
    assert page.button(key="comparison_cancel").disabled


# one question


def test_an_unknown_comparison_says_so(here: Wiring):
    told = visits.told(visit(comparison="<script>alert(1)</script>"))
    assert "There is no comparison with the id" in told
    assert "There is no comparison" in visits.told(visit(comparison="\x00'; DROP TABLE usage; --"))


def test_what_runs_shows_how_far_it_is_and_can_be_stopped(here: Wiring):
    view = comparisons.made(here, "one")
    here.record.begin(view.request_id(1, 2))
    page = visit(comparison="one")
    assert "0 of 2 lessons decided" in " ".join(b.proto.text for b in page.get("progress"))
    assert "The text is not made yet." in visits.told(page)
    visits.press(page, "comparison_cancel")
    assert here.record.view(view.request_id(1, 1)).status is Status.CANCELLED
    assert page.button(key="comparison_cancel").disabled  # the running one stops after its step


def test_side_by_side_tells_the_difference_and_shows_both(here: Wiring):
    view = comparisons.made(here, "one")
    comparisons.decide(here, view.request_id(1, 1), seconds=8.0)
    comparisons.decide(here, view.request_id(1, 2), seconds=8.0)
    page = visit(comparison="one")
    told = visits.told(page)
    assert "The video costs 4.2 times as much and takes 38 s longer; the text covers" in told
    figures = html(page)
    assert "12 s" in figures and "50 s" in figures and "Film" in figures and "7.9 for 10" in figures
    assert figures.count('class="article"') == 2
    panels = [part.split('"')[0] for part in figures.split('id="')[1:]]
    assert len(panels) == len(set(panels))  # a source mark of one article opens a passage of that article
    assert [button.key for button in page.button if (button.key or "").startswith("playside-")] != []


def test_a_missing_variant_is_named_with_its_reason_and_can_be_made_again(here: Wiring, queue: Queue):
    view = comparisons.made(here, "one")
    comparisons.decide(here, view.request_id(1, 1))
    comparisons.decide(here, view.request_id(1, 2), status=Status.FAILED)
    page = visit(comparison="one")
    assert f"The video is missing: it failed: {FAULT}." in visits.told(page)
    assert "<b>503</b>" not in html(page)
    visits.press(page, "comparison_again")
    assert len(queue.submitted) == 3 and here.comparisons.view("one").request_id(1, 2) != view.request_id(1, 2)


def test_four_variants_stand_side_by_side(here: Wiring):
    variants = (TEXT, VIDEO, Variant(modality=Modality.VIDEO, seed=2), Variant(modality=Modality.TEXT, grade_level=6))
    view = comparisons.made(here, "four", variants=variants)
    for variant in range(1, 5):
        comparisons.decide(here, view.request_id(1, variant), seconds=8.0 + variant)
    page = visit(comparison="four")
    assert {"Video", "Video, seed 2", "Text, grade 6"} <= {head.value.replace("\\", "") for head in page.subheader}
    assert sum("key terms" in told.value for told in page.markdown) == 3  # the first against each of the others


def test_what_never_came_into_the_queue_is_said_and_sent_on_a_press(here: Wiring, queue: Queue, local: Actor):
    here.comparisons.create(local, "one", questions=QUESTIONS[:1], variants=(TEXT, VIDEO))
    page = visit(comparison="one")
    assert "2 of 2 lessons never came into the queue" in " ".join(str(w.value) for w in page.warning)
    visits.press(page, "comparison_send")
    assert len(queue.submitted) == 2 and not page.warning


# a set


def test_a_set_begins_with_its_table_sorted_by_the_largest_difference(here: Wiring):
    comparisons.whole_set(here)
    page = visit(comparison="set")
    rows = visits.rows(page, "compare_rows")
    assert [row["No."] for row in rows][-1] == 3  # the one that is missing
    summary = {row["Measure"]: row for row in rows_with(page, "95 % interval")}
    assert (summary["Cost"]["Questions"], summary["Cost"]["Missing"]) == (3, 1)
    assert summary["Time to make"]["Difference"] == "+38 s" and summary["Time to make"]["95 % interval"] == "+38 s to +38 s"
    assert "What pushes a swimmer forward?: Video: it failed" in visits.told(page)
    page.selectbox(key="compare_sort").set_value("words").run()
    words = [row["Words"] for row in visits.rows(page, "compare_rows")]
    sizes = [float(said.replace("−", "-")) for said in words if said != "–"]
    assert sizes == sorted(sizes, key=abs, reverse=True) and words[-1] == "–"


def test_the_csv_has_every_question_both_numbers_and_the_intervals_and_runs_nothing(here: Wiring):
    view = comparisons.whole_set(here)
    rows = list(csv.DictReader(io.StringIO(table.to_csv(view, TWO, table.of(view, TWO)).decode())))
    assert len(rows) == 4 + 3
    assert float(rows[0]["seconds: Video"]) - float(rows[0]["seconds: Text"]) == pytest.approx(float(rows[0]["seconds: difference"]))
    assert rows[2]["usd: difference"] == "" and rows[2]["missing"].startswith("Video: it failed")
    assert [row["question"] for row in rows[4:]] == ["mean difference", "95 % interval, low", "95 % interval, high"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_an_address_that_says_nonsense_shows_the_beginning(here: Wiring):
    comparisons.whole_set(here)
    for question in ("0", "99", "x", "²", "9" * 30):
        page = visit(comparison="set", view="sides", question=question, pair="9-1")
        assert page.selectbox(key="compare_shown_question").value == 1
    assert visits.rows(visit(comparison="set", view="nothing"), "compare_rows")


def test_earlier_comparisons_are_listed(here: Wiring):
    comparisons.whole_set(here)
    comparisons.made(here, "one")
    lines = {row["Comparison"]: row for row in visits.rows(visit(), "comparisons")}
    assert lines["4 questions"]["Decided"] == "8 of 8" and lines["4 questions"]["State"] == "Done"
    assert lines["Explain Newton's third law"]["State"] == "Running"


# blind


def ballot_of(page: AppTest) -> str:
    return next(str(control.key) for control in page.get("button_group") if str(control.key).startswith("choice_"))


def judge(page: AppTest, choice: Choice, why: str) -> AppTest:
    number = ballot_of(page).removeprefix("choice_")
    page.segmented_control(key=f"choice_{number}").set_value(choice)
    page.text_area(key=f"why_{number}").set_value(why)
    next(button for button in page.button if button.label.startswith("Save")).click()
    return page.run()


def test_blind_hides_what_is_what_and_goes_on_to_the_next_question(here: Wiring, local: Actor):
    comparisons.whole_set(here, by=local)
    page = visit(comparison="set", view="blind")
    seen = visits.told(page).split("Blind")[-1] + html(page)
    assert "Stages" not in seen and "Cost" not in seen and "Open the request" not in seen
    assert [head.value for head in page.subheader][-2:] == ["A", "B"]
    assert "0 of 3 questions judged; 1 cannot be judged" in " ".join(b.proto.text for b in page.get("progress"))
    judge(page, Choice.A, "clearer")
    assert not page.exception and page.query_params["question"] in ("2", ["2"])
    assert "1 of 3 questions judged" in " ".join(b.proto.text for b in page.get("progress"))


def test_the_order_stays_when_the_page_is_opened_again(here: Wiring, local: Actor):
    comparisons.whole_set(here, by=local)
    first = visit(comparison="set", view="blind", question="1")
    kept = here.voting.ballots(local, "set", TWO)
    second = visit(comparison="set", view="blind", question="1")
    assert here.voting.ballots(local, "set", TWO) == kept and ballot_of(first) == ballot_of(second)


def test_closed_the_votes_are_decoded_with_an_interval(here: Wiring, local: Actor):
    comparisons.whole_set(here, by=local)
    page = visit(comparison="set", view="blind")
    for choice in (Choice.A, Choice.B, Choice.NO_DIFFERENCE):
        judge(page, choice, "=1+1")
    orders = {ballot.question: ballot.swapped for ballot in here.voting.ballots(local, "set", TWO)}
    visits.press(page, "blind_close")
    visits.press(page, "blind_close_it")
    told = visits.told(page)
    assert "3 votes; 1 saw no difference. Of the others" in told and "95 % interval" in told
    verdicts = rows_with(page, "Preferred")
    preferred = ["Video" if orders[1] else "Text", "Text" if orders[2] else "Video", "No difference"]
    assert [row["Preferred"] for row in verdicts] == preferred
    exported = blind.to_csv(here.comparisons.view("set"), here.voting.verdicts("set", TWO)).decode()
    assert exported.count("'=1+1") == 3


def test_a_viewer_does_not_vote_and_an_unfinished_comparison_has_no_ballots(here: Wiring, monkeypatch: pytest.MonkeyPatch):
    comparisons.made(here, "one")
    assert "nothing to vote on yet" in visits.told(visit(comparison="one", view="blind"))
    visits.become(UserRole.VIEWER, here, monkeypatch)
    assert "Reviewing lessons needs the role" in visits.told(visit(comparison="one", view="blind"))


def test_the_share_is_told_with_what_it_is_worth():
    assert blind.share(Tally(one=0, other=0, no_difference=2, share_of_other=None), "Video") == "2 votes; 2 saw no difference."
    close = blind.share(Tally(one=4, other=6, no_difference=0, share_of_other=wilson(6, 10)), "Video")
    assert close.endswith("6 of 10 preferred Video: 60% (95 % interval 31% to 83%). That can still be chance.")
    assert "chance" not in blind.share(Tally(one=1, other=19, no_difference=1, share_of_other=wilson(19, 20)), "Video")


def test_files_that_are_gone_are_said_to_be(here: Wiring, store: LocalStore):
    view = comparisons.made(here, "one")
    comparisons.decide(here, view.request_id(1, 2))
    store.path(f"{view.request_id(1, 2)}/video-1080.mp4").unlink()
    assert "The file of this video is no longer on this machine." in visits.told(visit(comparison="one"))
