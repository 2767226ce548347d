"""The page Requests as a person uses it: filters in the address, figures, one request, and what is done to many."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from console import money
from console.literal import literal
from console.requests import evidence, gantt, listing, numbers, outputs, story
from pipeline.config import ROOT
from pipeline.domain import Modality, Stage, StageStatus, Status, Unit
from pipeline.errors import BadRequest
from pipeline.ports import Kept, Prompt
from pipeline.prices import Unpriced
from pipeline.scoring import Expected
from pipeline.store import LocalStore
from pipeline.tables import EventKind, UserRole
from pipeline.tracking import Event, Filter, Line, Record, Search, Speed, Step
from pipeline.tracking.results import dump
from pipeline.wiring import Wiring
from tests.conftest import NEWTON
from tests.console import lessons, visits, works
from tests.console.conftest import PATIENCE_SECONDS, Queue

PAGE = ROOT / "console" / "pages" / "requests.py"
Visit = Callable[..., AppTest]


def visit(**address: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


@pytest.fixture
def filled(record: Record, store: LocalStore, queue: Queue) -> Record:
    works.everything(record, store)
    return record


def asked(page: AppTest) -> list[str]:
    """The ids in the table."""
    assert not page.exception
    return [str(one) for table in page.dataframe if table.key == "requests_table" for one in table.value["Id"]]


def metric(page: AppTest, label: str) -> str:
    return next(str(each.value) for each in page.metric if each.label == label)


# the list


def test_an_empty_record_says_what_to_run(queue: Queue) -> None:
    page = visit()
    assert "python -m pipeline submit" in visits.told(page)
    assert (metric(page, "Requests"), metric(page, "Success rate"), metric(page, "In flight")) == ("0", "–", "0")


def test_everything_stands_there_with_its_numbers(filled: Record) -> None:
    page = visit()
    assert len(asked(page)) == 12 and asked(page)[0] == "under-way"
    assert metric(page, "Success rate") == "66.7%"  # 3 completed and 1 partial of those and 2 failed
    assert (metric(page, "In flight"), metric(page, "Dead")) == ("3", "2")
    assert {each.label for each in page.metric} >= {"Text, p50 · p95", "Video, p50 · p95"}


ADDRESSES = [
    ({"status": "failed"}, {"failed", "given-up"}),
    ({"status": "pending,running"}, {"running", "waiting", "under-way"}),
    ({"stage": "video"}, {"under-way"}),
    ({"form": "images"}, set()),  # nobody wanted no more than pictures
    ({"organisation": "none", "status": "failed"}, {"failed", "given-up"}),
    ({"organisation": "nobody's"}, set()),
    ({"model": "nobody's"}, set()),
    ({"topic": "none", "text": "yesterday"}, {"declined"}),
    ({"used": "video", "spent": "2020-01-01~2020-01-03"}, set()),
    ({"used": "cooking", "spent": "yesterday", "text": "yesterday"}, {"declined"}),
    ({"spent": "0001-01-01~0001-01-01", "when": "0001-01-01~9999-12-31", "text": "yesterday"}, {"declined"}),
    ({"text": "yesterday"}, {"declined"}),
    ({"family": "embedded", "status": "failed"}, {"failed", "given-up"}),
    ({"family": "nobody"}, set()),
    ({"student": "nobody"}, set()),
    ({"when": "2020-01-01~2020-01-03"}, set()),
    ({"when": "2020-01-03~2020-01-01", "text": "yesterday"}, {"declined"}),  # no span: the usual time
    ({"status": "banana", "stage": "x", "form": "TEXT", "when": "never", "text": "asked\x00"}, {"asked"}),
]


def test_the_address_is_the_filter_and_what_it_says_wrongly_does_not_count(filled: Record) -> None:
    for address, kept in ADDRESSES:
        page = visit(**address)
        assert set(asked(page)) == kept, address
        assert metric(page, "Requests") == str(len(kept))


def test_whole_days_can_be_asked_for_in_the_address(filled: Record) -> None:
    today = datetime.now(UTC).date()
    page = visit(when=f"{today - timedelta(days=40)}~{today + timedelta(days=1)}")
    assert len(asked(page)) == 12
    first, last = today - timedelta(days=40), today
    assert page.selectbox(key="requests_when").options[-1] == f"{first.day} {first:%b} – {last.day} {last:%b}"


def test_what_a_bar_of_costs_asks_for_is_told_with_the_way_back(filled: Record) -> None:
    today = datetime.now(UTC).date()
    page = visit(when="all", spent=f"{today}~{today + timedelta(days=1)}", used="script", organisation="none")
    assert "Only requests that used something" in visits.told(page)
    assert page.button(key="widen_spent").label == f"on {today.day} {today:%b}"
    assert page.selectbox(key="requests_organisation").value == "none"
    few = asked(page)
    visits.press(page, "widen_used")
    visits.press(page, "widen_spent")
    assert "used" not in page.query_params and "spent" not in page.query_params and set(few) <= set(asked(page))


def test_what_is_chosen_goes_into_the_address_and_back_to_the_first_page(filled: Record) -> None:
    page = visit(older="2030-01-01T00:00:00+00:00~x")
    page.multiselect(key="requests_status").set_value([Status.FAILED]).run()
    page.text_input(key="requests_text").input("newton").run()
    assert page.query_params["status"] in ("failed", ["failed"])
    assert page.query_params["text"] in ("newton", ["newton"]) and "older" not in page.query_params
    assert set(asked(page)) == {"failed", "given-up"}
    visits.press(page, "clear_filter")
    assert len(asked(page)) == 12 and not page.multiselect(key="requests_status").value


def test_a_page_ends_and_the_next_one_goes_on(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(visit())
    monkeypatch.setattr(Search.page, "__kwdefaults__", {"older": None, "newer": None, "rows": 5})
    page = visit()
    assert asked(page) == whole[:5]
    visits.press(page, "older")
    assert asked(page) == whole[5:10]
    visits.press(page, "older")
    assert asked(page) == whole[10:] and page.button(key="older").disabled
    visits.press(page, "newer")
    assert asked(page) == whole[5:10]
    visits.press(page, "newest")
    assert asked(page) == whole[:5] and page.button(key="newest").disabled


def test_a_place_that_cannot_be_read_is_the_first_page(filled: Record) -> None:
    for key in ("x", "2026-11-22~", "2026-11-22T04:00:00~'; DROP TABLE usage; --", "\x00"):
        assert len(asked(visit(newer=key))) == 12, key


def test_the_export_has_the_whole_filter_and_runs_nothing() -> None:
    line = Line(request_id="r", student_id="=cmd", student_query="=1+1", status=Status.FAILED, stage=None, queue="text",
                modalities=(Modality.TEXT,), attempts=1, error="", created_at=datetime(2026, 11, 1, tzinfo=UTC), started_at=None,
                finished_at=datetime(2026, 11, 1, 0, 0, 9, tzinfo=UTC))
    written = listing.to_csv(listing.frame([line], {"r": Decimal("0.000120")})).decode().splitlines()
    assert written[1] == "r,Failed,'=1+1,,Text,'=cmd,9.0,0.00012,1,2026-11-01 00:00:00,"


def test_each_row_has_its_cost_and_what_has_no_price_says_so(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    table = visits.rows(visit(), "requests_table")
    costs = {row["Id"]: row["Price"] for row in table}
    assert costs["finished"] == "$0.00080" and costs["waiting"] == "" and costs["cancelled"] == "$0"
    assert [row["#"] for row in table] == list(range(1, 13)) and table[0]["State"] == ["Running"]
    monkeypatch.setattr(money, "cost", unpriced)
    assert {row["Id"]: row["Price"] for row in visits.rows(visit(), "requests_table")}["finished"] == "no price"


def unpriced(*_: object, **__: object) -> Decimal:
    raise Unpriced("embedded", ("nobody", "m", Unit.IMAGE, "standard"), date(2026, 11, 22))


def test_why_stands_beside_the_question_where_all_failed() -> None:
    def order(*statuses: Status) -> list[str]:
        return listing._order([Line(
            request_id="r", student_id="s", student_query="q", status=status, stage=None, queue="text", modalities=(), attempts=1,
            error="", created_at=datetime.now(UTC), started_at=None, finished_at=None) for status in statuses])

    assert order(Status.FAILED)[:4] == ["#", "State", "Question", "Error"]
    assert order(Status.FAILED, Status.COMPLETED)[-2:] == ["Error", "UTC"]
    assert "Error" not in order(Status.COMPLETED)


def test_a_request_is_opened_from_the_list_below_without_a_pointer(filled: Record) -> None:
    page = visit(status="failed")
    chooser = page.selectbox(key="open_one")
    assert chooser.options[0] == "1. Failed: Explain Newton's third law using basketball"
    chooser.set_value("failed").run()
    assert page.query_params["request"] in ("failed", ["failed"])


# one request


def test_one_request_has_its_story_its_cost_and_its_inputs(filled: Record) -> None:
    page = visit(request="moved")
    told = visits.told(page)
    assert "Taken over from silent-worker after 40 s of silence" in told
    assert "To be tried again in 2.0 s: The provider did not answer: &lt;b&gt;503&lt;/b&gt;" in told
    assert "req_0011223344556677" in told and "Newton's third law (94%)".replace("'", "&#39;") in told
    assert metric(page, "Attempts") == "3" and metric(page, "Cost") != "no price"
    assert page.get("plotly_chart")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folded part of a request is open."""
    monkeypatch.setattr(evidence, "_folded", lambda label, key, draw: draw())


def test_what_a_request_rests_on_stands_there_and_runs_nothing(filled: Record, wiring: Wiring, opened: None) -> None:
    line = {"time": datetime.now(UTC).isoformat(), "severity": "WARNING", "message": "try failed", "request_id": "running",
            "action": "retry_scheduled", "stage": "", "worker": "studio-1-7", "seconds": 2.0, "note": "<i>"}
    (wiring.settings.home / "logs").mkdir()
    (wiring.settings.home / "logs" / "worker.jsonl").write_text(json.dumps(line) + "\n")
    prompt = Prompt(name="hook", version="3fa9", system="You are a teacher.", user=lessons.HOSTILE, max_tokens=1)
    filled.stage_finished("running", lessons.run(Stage.SCRIPT), 0.5,
                          kept=dump(Stage.SCRIPT, Kept(value=lessons.script(), prompts=(prompt,))))
    filled.stage_finished("running", lessons.run(Stage.RETRIEVAL), 0.6,
                          kept=dump(Stage.RETRIEVAL, Kept(value=lessons.PASSAGES)))
    told = visits.told(visit(request="running"))
    assert "version 3fa9" in told and "You are a teacher." in told and "&lt;b&gt;bold&lt;/b&gt;" in told and "<b>bold</b>" not in told
    assert lessons.LAW in told and "explanation · match 0.57 · newton-3-explanation-1" in told
    assert "try failed" in told and "seconds=2.0 note=&lt;i&gt;" in told and "worker.jsonl in" in told


def test_what_is_not_there_is_said(filled: Record, opened: None) -> None:
    told = visits.told(visit(request="waiting"))
    assert "None: the search was not reached" in told and "None is kept" in told and "wrote a line about this request" in told


def test_what_came_of_a_request_is_there_to_be_taken(filled: Record, store: LocalStore) -> None:
    page = visit(request="whole")
    labels = [button.label.replace("\\", "") for button in page.get("download_button")]
    assert labels[0].startswith("Article · article.md · ") and any(label.startswith("Film, 720 lines · ") for label in labels)
    assert "3 boards" in visits.told(page) and "LUFS" in visits.told(page)
    view = filled.view("whole")
    assert view is not None and view.lesson is not None and view.lesson.video is not None
    store.path(view.lesson.video.video).unlink()
    assert "Film, 1080 lines, video-1080.mp4: no longer on this machine" in visits.told(visit(request="whole"))


def test_what_was_not_made_says_why(filled: Record) -> None:
    view = filled.view("partial")
    assert view is not None and view.lesson is not None
    assert ("Video", f"not made: {view.lesson.failed_modalities[Modality.VIDEO]}", "") in outputs.facts(view.lesson)


@pytest.mark.parametrize(("count", "said"), [(1, "1 byte"), (812, "812 bytes"), (1536, "1.5 KiB"), (20 * 1024, "20 KiB"),
                                             (3_400_000, "3.2 MiB")])
def test_files_have_sizes_that_people_read(count: int, said: str) -> None:
    assert outputs.size(count) == said


def test_a_request_in_any_state_can_be_opened(filled: Record) -> None:
    for name in ("whole", "partial", "asked", "declined", "failed", "cancelled", "running", "waiting"):
        page = visit(request=name)
        assert "What was asked" in visits.told(page) and not visits.errors(page)[1:], name


def test_an_id_that_nobody_has_is_not_found(queue: Queue) -> None:
    for name in ("nobody", "<script>", "x" * 5000, "' OR 1=1 --", "\x00"):
        assert "There is no request with this id" in visits.told(visit(request=name)), name


def test_the_words_of_a_student_are_shown_as_they_are(filled: Record) -> None:
    page = visit(request="waiting")
    assert page.subheader[0].value == literal(lessons.HOSTILE)


def test_a_running_request_is_asked_to_stop(filled: Record) -> None:
    page = visits.press(visit(request="under-way"), "cancel_request")
    view = filled.view("under-way")
    assert view is not None and view.cancel_requested
    assert page.button(key="cancel_request").disabled


class Work:
    """What the page asks the queue for."""

    def __init__(self, queue: Queue, record: Record) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.refuse: set[str] = set()
        self._record = record

    def run_again(self, request_id: str, from_stage: Stage | None = None, *, asked_by: str | None = None, **_: object) -> str:
        if request_id in self.refuse:
            raise BadRequest("from_stage", "the earlier run has no result of nlu: start there or before.")
        self.calls.append((request_id, from_stage))
        return self._fresh(f"again-{len(self.calls)}", request_id)

    def clarify(self, request_id: str, *, option: str | None = None, query: str | None = None, asked_by: str | None = None) -> str:
        self.calls.append((request_id, option, query))
        return self._fresh(f"clear-{len(self.calls)}", request_id)

    def _fresh(self, name: str, of: str) -> str:
        self._record.accept_rerun(lessons.request(name), of=of, first=None, reuse=(), asked_by=None)
        return name


@pytest.fixture
def work(filled: Record, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work(queue, filled)
    monkeypatch.setattr(queue, "run_again", work.run_again, raising=False)
    monkeypatch.setattr(queue, "clarify", work.clarify, raising=False)
    return work


def test_a_request_is_run_again_and_the_new_one_is_shown_until_it_is_taken_back(work: Work, filled: Record) -> None:
    page = visits.press(visit(request="failed"), "run_again")
    assert work.calls == [("failed", None)]
    assert page.query_params["request"] in ("again-1", ["again-1"])
    visits.press(page, "undo")
    view = filled.view("again-1")
    assert page.query_params["request"] in ("failed", ["failed"]) and view is not None and view.status is Status.CANCELLED
    page = visit(request="again-1")
    visits.press(page, "open_The first run")
    assert page.query_params["request"] in ("failed", ["failed"])


def test_a_request_is_run_again_from_a_stage(work: Work) -> None:
    page = visit(request="whole")
    page.selectbox(key="from_stage").set_value(Stage.TTS).run()
    visits.press(page, "run_again_from")
    assert work.calls == [("whole", Stage.TTS)]


def test_what_cannot_be_run_from_there_says_why_and_stays(work: Work) -> None:
    work.refuse = {"whole"}
    page = visits.press(visit(request="whole"), "run_again_from")
    assert visits.errors(page) == ["The earlier run has no result of nlu: start there or before."]
    assert page.query_params["request"] in ("whole", ["whole"])


def test_a_question_back_is_answered_by_an_option_or_in_other_words(work: Work) -> None:
    visits.press(visit(request="asked"), "clarify_1")
    page = visit(request="asked")
    assert page.button(key="clarify_ask").disabled
    page.text_input(key="clarify_query").input("Explain inertia").run()
    visits.press(page, "clarify_ask")
    assert work.calls == [("asked", "Newton's second law", None), ("asked", None, "Explain inertia")]


# many


def test_failed_requests_are_run_again_after_a_look_at_how_many(work: Work) -> None:
    page = visits.press(visit(), "bulk_again")
    assert "**3 requests** would be made anew" in visits.told(page) and work.calls == []
    visits.press(page, "bulk_confirm")
    assert sorted(call[0] for call in work.calls) == ["cancelled", "failed", "given-up"]
    assert "3 requests run again." in visits.told(page)
    visits.press(page, "bulk_again")
    assert "No failed or cancelled request of the filter is left" in visits.told(page)


def test_many_that_were_run_again_are_taken_back_at_once(work: Work, filled: Record) -> None:
    page = visits.press(visits.press(visit(), "bulk_again"), "bulk_confirm")
    visits.press(page, "undo")
    assert {view.status for number in (1, 2, 3) if (view := filled.view(f"again-{number}"))} == {Status.CANCELLED}


def test_a_refusal_of_one_does_not_stop_the_others(work: Work) -> None:
    work.refuse = {"failed"}
    page = visits.press(visits.press(visit(status="failed"), "bulk_again"), "bulk_confirm")
    assert [call[0] for call in work.calls] == ["given-up"]
    assert "1 request run again. 1 refused. failed:" in visits.told(page)


def test_unfinished_requests_of_the_filter_are_cancelled(filled: Record) -> None:
    page = visits.press(visit(form="video"), "bulk_cancel")
    assert "**2 requests** would be stopped" in visits.told(page)
    visits.press(page, "bulk_confirm")
    stopped = {name for name in ("running", "under-way", "waiting") if (view := filled.view(name)) and view.cancel_requested}
    assert stopped == {"running", "under-way"}


def test_whoever_may_only_look_sees_why_the_buttons_are_not_for_them(
        filled: Record, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, wiring, monkeypatch)
    page = visit()
    assert page.button(key="bulk_again").disabled and page.button(key="bulk_cancel").disabled
    page = visit(request="whole")
    assert page.button(key="run_again").disabled and page.button(key="run_again").help


# pictures and words


def test_waiting_stands_apart_from_working_and_a_stage_that_broke_off_ends_where_it_was_lost(filled: Record) -> None:
    view = filled.view("moved")
    assert view is not None
    spans = gantt.bars(view, filled.events("moved"), datetime.now(UTC))
    waits = [span for span in spans if span.row == gantt.WAIT]
    assert len(waits) == 3 and gantt.waited(spans) == pytest.approx(sum(span.seconds for span in waits))
    broken = next(span for span in spans if span.row == "Write" and span.attempt == 1)
    assert broken.look == StageStatus.FAILED and 0 < broken.seconds == pytest.approx(waits[1].begin - broken.begin, abs=0.01)
    assert {bar.name for bar in gantt.figure(spans).data} == {"waiting", "done", "failed"}


def test_a_request_that_waits_has_waited_until_now(filled: Record) -> None:
    view = filled.view("waiting")
    assert view is not None
    (wait,) = gantt.bars(view, filled.events("waiting"), view.created_at + timedelta(seconds=90))
    assert wait.seconds == 90


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_has_its_sentence(kind: EventKind) -> None:
    data = {"stage": "script", "status": "completed" if kind is EventKind.DECIDED else "failed", "error": "<b>", "seconds": 2.0}
    event = Event(event_id=1, request_id="r", at=datetime.now(UTC), kind=kind, data=data)
    assert story.told(event) and "<b>" not in story.story([event], event.at)


def test_the_funnel_has_a_bar_per_stage() -> None:
    figure = numbers.funnel([Step(stage=Stage.NLU, begun=10, done=9, failed=1), Step(stage=Stage.SCRIPT, begun=9, done=6, failed=2)])
    assert [list(bar.x) for bar in figure.data] == [[9, 6], [1, 3]]


@pytest.mark.parametrize(("seconds", "said"), [(0.5, "0.50 s"), (59.4, "59 s"), (160, "2:40 min"), (3599, "59:59 min"),
                                               (5400, "1.5 h"), (400_000, "5 days")])
def test_long_times_need_little_room(seconds: float, said: str) -> None:
    assert numbers.short(seconds) == said
    assert numbers.pace(Speed(modality=Modality.TEXT, count=1, p50=seconds, p95=seconds)) == f"{said} · {said}"


def test_all_pages_of_a_filter_are_exported(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.loaders import requests

    monkeypatch.setattr(requests, "_AT_ONCE", 5)
    assert len(requests.lines(Filter())) == 12
    monkeypatch.setattr(requests, "EXPORTED", 7)
    assert len(requests.lines(Filter())) == 7


# a question for a data set


def test_a_question_is_added_to_a_set_shown_there_and_taken_out_again(work: Work, wiring: Wiring) -> None:
    shipped = len(wiring.datasets.read("lessons").rows)
    page = visits.press(visit(request="declined"), "keep_request")
    visits.press(page, "keep_submit")
    (added,) = wiring.datasets.holding("declined")
    assert (added.reference.expected, added.reference.topic_id, added.dataset) == (Expected.DECLINE, None, "lessons")
    assert len(wiring.datasets.read("lessons").rows) == shipped + 1
    visits.press(page, "undo")
    assert wiring.datasets.holding("declined") == []
    visits.press(visits.press(page, "keep_request"), "keep_submit")
    page = visits.press(visit(request="declined"), f"kept_lessons_{added.reference.question_id}")
    visits.press(page, "keep_out")
    assert wiring.datasets.holding("declined") == []


def test_a_question_to_be_answered_needs_points_that_can_be_checked(work: Work, wiring: Wiring) -> None:
    page = visits.press(visit(request="whole"), "keep_request")
    visits.press(page, "keep_submit")
    assert "Write at least one" in visits.errors(page)[0] and wiring.datasets.holding("whole") == []
    page.text_area(key="keep_points").set_value("Forces come in pairs. | force, pairs").run()
    visits.press(page, "keep_submit")
    (added,) = wiring.datasets.holding("whole")
    assert added.reference.key_points[0].terms == ("force", "pairs") and added.reference.topic_id == NEWTON
    page = visits.press(visit(request="whole"), "keep_request")
    page.text_area(key="keep_points").set_value("Forces come in pairs. | force").run()
    visits.press(page, "keep_submit")
    assert "his question is in lessons already" in " ".join(visits.errors(page))
