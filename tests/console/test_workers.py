"""The page Workers: what is wrong in words, cards that escape what they show, dead letters with replay and discard."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from console.loaders.workers import Floor
from console.workers import alerts, cards, letters
from pipeline.config import ROOT
from pipeline.domain import Stage, Status
from pipeline.organisation import Actor
from pipeline.store import LocalStore
from pipeline.tables import BreakerState, QueueName, UserRole
from pipeline.tracking import Breaker, Doing, Hour, QueueView, Record, WorkerView
from pipeline.wiring import Wiring
from tests.console import visits, works
from tests.console.conftest import PATIENCE_SECONDS, Queue

PAGE = ROOT / "console" / "pages" / "workers.py"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELD = Doing(request_id="<i>'/?&", stage=Stage.VIDEO, since=NOW - timedelta(seconds=75))


def visit(**address: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def worker(name: str = "w", *, silent: float = 1.0, stopped: bool = False, doing: Sequence[Doing] = (),
           queues: tuple[QueueName, ...] = tuple(QueueName)) -> WorkerView:
    return WorkerView(
        worker_id=name, host="<b>studio</b>", machine="m", pid=7, version="0.1.0", queues=queues, concurrency=2,
        started_at=NOW - timedelta(hours=3, minutes=20), heartbeat_at=NOW - timedelta(seconds=silent), silent_seconds=silent,
        stopped_at=NOW if stopped else None, memory_bytes=1_480_000_000, done=12, failed=1, doing=tuple(doing))


def queue_view(name: QueueName, waiting: int = 0, *, oldest: float = 5.0) -> QueueView:
    return QueueView(name=name, waiting=waiting, running=1, done_last_hour=3,
                     oldest_waiting_at=NOW - timedelta(seconds=oldest) if waiting else None)


def floor(*workers: WorkerView, text: int = 0, video: int = 0, oldest: float = 5.0, dead: int = 0,
          breakers: Sequence[Breaker] = (), taken_over: dict[str, int] | None = None) -> Floor:
    lines = (queue_view(QueueName.TEXT, text, oldest=oldest), queue_view(QueueName.VIDEO, video, oldest=oldest))
    return Floor(workers=workers, queues=lines, breakers=breakers, dead=dead, taken_over=taken_over or {})


RESTING = Breaker(provider="google", state=BreakerState.OPEN, failures=5, changed_at=NOW - timedelta(seconds=20), last_error="503")


@pytest.mark.parametrize(("seen", "told"), [
    (floor(worker()), []),
    (floor(), []),  # nothing waits, so nobody is missed
    (floor(worker(queues=(QueueName.TEXT,)), video=2),
     ["error The video queue has work and no worker polls it: 2 requests waiting. Start one: python -m pipeline worker --queues video"]),
    (floor(worker(silent=40), worker("other"), taken_over={"w": 2}),
     ["warning Worker <b>studio</b>, process 7, silent for 40 s: its 2 requests were taken over"]),
    (floor(worker(silent=12, doing=[HELD]), worker("other")),
     ["error Worker <b>studio</b>, process 7, silent for 12 s: it holds 1 request, another worker takes them over"]),
    (floor(worker(silent=12, doing=[HELD])), ["error Worker <b>studio</b>, process 7, silent for 12 s: it holds 1 request, nobody "
                                              "is there to take over. Start a worker: python -m pipeline worker"]),
    (floor(worker(silent=5000)), []),  # long gone
    (floor(worker(stopped=True, silent=40)), []),  # said goodbye
    (floor(worker(), text=1, oldest=601), ["warning The oldest request in the text queue has waited 10 min 1 s. More workers make it "
                                           "shorter: python -m pipeline worker --queues text"]),
    (floor(worker(), breakers=[RESTING], dead=1),
     ["warning google is not asked, since 20 s: 503", "warning 1 dead letter to be looked at, below."]),
])
def test_what_is_wrong_is_said_in_words_the_worst_first(seen: Floor, told: list[str]) -> None:
    assert [f"{alert.weight} {alert.text}" for alert in alerts.alerts(seen, NOW)] == told


def test_cards_escape_what_they_show() -> None:
    shown = cards.workers([worker(doing=[HELD])], {"w": Hour(done=5, failed=2)}, NOW)
    assert "<b>studio" not in shown and "<i>'" not in shown
    assert 'href="requests?request=%3Ci%3E%27%2F%3F%26"' in shown
    assert all(part in shown for part in ("3 h 20 min", "5 · 2", "12 done and 1 failed since it started", "1,411 MiB", "Film, since 1 min 15 s", "alive"))


def test_the_living_stand_first_and_queues_say_who_serves_them() -> None:
    shown = cards.workers([worker("dead", stopped=True), worker("alive")], {}, NOW)
    assert shown.index("worker alive") < shown.index("worker stopped")
    shown = cards.queues([queue_view(QueueName.TEXT), queue_view(QueueName.VIDEO, 3)], [worker(queues=(QueueName.TEXT,))], {}, NOW)
    assert "1 worker" in shown and "no worker" in shown and "50% of 2 places" in shown


def test_a_queue_shows_its_last_day_and_nothing_ended_is_no_bar() -> None:
    shown = cards.queues([queue_view(QueueName.TEXT)], [], {QueueName.TEXT: (*(0,) * 21, 100, 1, 50)}, NOW)
    assert [part.split("%")[0] for part in shown.split("height:")[1:]] == [*["0"] * 21, "100", "4", "50"]
    assert "151 ended in the last 24 hours, 50 of them in the last one" in shown
    assert "0 ended in the last 24 hours" in cards.queues([queue_view(QueueName.TEXT)], [], {QueueName.TEXT: (0,) * 24}, NOW)


@pytest.mark.parametrize(("span", "said"), [(timedelta(seconds=48), "48 s"), (timedelta(minutes=12), "12 min"),
                                            (timedelta(days=2, hours=4), "2 days 4 h"), (timedelta(seconds=-1), "0 s")])
def test_spans_have_their_largest_units(span: timedelta, said: str) -> None:
    assert cards.long(span) == said


# the page


class Yard:
    """Replay and discard as the queue does them, on the record alone."""

    def __init__(self, record: Record) -> None:
        self.replay, self.discard = record.replayed, record.discarded


@pytest.fixture
def filled(record: Record, store: LocalStore, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Record:
    works.everything(record, store)
    yard = Yard(record)
    monkeypatch.setattr(queue, "replay", yard.replay, raising=False)
    monkeypatch.setattr(queue, "discard", yard.discard, raising=False)
    return record


def test_without_workers_the_page_says_what_to_run(queue: Queue) -> None:
    told = visits.told(visit())
    assert "No worker ran in the last day. Start one: `python -m pipeline worker`" in told
    assert "No dead letters." in told and "text queue" in told


def test_everybody_and_everything_stands_there(filled: Record) -> None:
    page = visit()
    told = visits.told(page)
    assert "studio-1 · 4021" in told and "Film, since" in told and "not asked" in told
    assert "The text queue has work and no worker polls it: 1 request waiting." in "\n".join(visits.errors(page))
    assert "its 1 request was taken over" in "\n".join(str(w.value) for w in page.warning).replace("\\", "")
    assert "request_id: must be a UUID" in told and "Pub/Sub bridge" in told


def test_a_dead_letter_is_opened_replayed_and_gone(filled: Record, wiring: Wiring) -> None:
    page = visits.press(visit(), "dead_look_1")
    assert page.query_params["dead"] in ("1", ["1"]) and page.json
    visits.press(page, "dead_replay")
    view = filled.view("given-up")
    assert view is not None and view.status is Status.PENDING
    assert "replayed just now" in visits.told(page)
    assert [letter.dead_id for letter in filled.dead_letters()] == [2]
    assert visits.newest(wiring, ADMIN).action == "dead_letter.replayed"


ADMIN = Actor(user_id="someone", name="someone", role=UserRole.ADMIN)


def test_a_message_that_can_never_succeed_is_only_discarded(filled: Record, wiring: Wiring) -> None:
    page = visit(dead="2")
    assert page.button(key="dead_replay").disabled
    visits.press(page, "dead_discard")
    assert [letter.dead_id for letter in filled.dead_letters()] == [1]
    assert visits.newest(wiring, ADMIN).action == "dead_letter.discarded"
    visits.press(page, "undo")
    assert [letter.dead_id for letter in filled.dead_letters()] == [2, 1]
    assert visits.newest(wiring, ADMIN).action == "dead_letter.restored"
    visits.press(page, "dead_close")
    assert "dead" not in page.query_params


def test_what_somebody_else_settled_meanwhile_is_refused_in_a_sentence(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visit(dead="1")
    filled.discarded(1)
    monkeypatch.setattr(letters, "_settled", lambda _: "")  # as it stood when the page was drawn
    visits.press(page, "dead_replay")
    assert any("There is no open dead letter 1." in said for said in visits.errors(page))


def test_many_letters_come_in_pages(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "AT_ONCE", 1)
    page = visit()
    visits.press(page, "dead_older")
    assert page.button(key="dead_look_1") and not [b for b in page.button if b.key == "dead_look_2"]
    visits.press(page, "dead_newest")
    assert page.button(key="dead_look_2")


def test_addresses_that_nobody_made_are_told_so(filled: Record) -> None:
    for number in ("99", "0"):
        assert "There is no dead letter of this number." in visits.told(visit(dead=number))
    for number in ("x", "-1", "9" * 40, "²"):
        assert "Dead letters" in visits.told(visit(dead=number, before=number))


def test_whoever_may_only_look_cannot_replay(filled: Record, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, wiring, monkeypatch)
    page = visit(dead="1")
    assert page.button(key="dead_replay").disabled and page.button(key="dead_discard").disabled
