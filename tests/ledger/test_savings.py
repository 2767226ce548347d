"""What was saved: learned from films in the record, told for what was skipped, on both databases."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.domain import GenerationRequest, Lesson, Modality, StageRun, Status
from pipeline.errors import BadRequest, OperatorError
from pipeline.ledger import Where
from pipeline.ledger.prediction import FEWEST
from pipeline.ledger.savings import LEARNED_SECONDS, SavedBy, Savings
from pipeline.report import SKIPPABLE, Basis, Estimate, planned, savings
from pipeline.tables import RequestRow, StageRunRow, UsageRow
from pipeline.testing import FakeWiring
from tests.conftest import Workshop
from tests.ledger.conftest import Books

SPEAK, DRAW, FILM = SKIPPABLE
VCPU = Decimal("0.000018")
"""USD for a vCPU-second in the embedded book."""
FEW = FEWEST - 1


def film(books: Books, words: int, *, status: str = "completed", extra: str = "") -> str:
    """A film that took 2 s to speak, 3 s to draw, and 5 s and 0.1 s for each word to film."""
    request_id = books.accept("video")
    books.begin(request_id)
    if extra:
        books.stage(request_id, "video", ("m", "vcpu_second", extra), status="failed")
    for stage, seconds in (("tts", "2"), ("images", "3"), ("video", str(5 + Decimal(words) / 10))):
        books.stage(request_id, stage, ("m", "vcpu_second", seconds), status="failed" if status == "failed" and stage == "video" else "completed")
    books.decide(request_id, status, words=words)
    return request_id


def films(books: Books, number: int) -> None:
    for words in range(400, 400 + 10 * number, 10):
        film(books, words)


def skip(books: Books, *modalities: str, words: int | None = 500, status: str = "completed", cached: bool = False,
         topic: str = "topic_a", student: str = "sam") -> str:
    """A request that did without what its modalities do not need."""
    request_id = books.accept(*modalities, student=student)
    books.begin(request_id)
    made = {"audio": "tts", "images": "images"}
    for stage in SKIPPABLE:
        books.stage(request_id, stage, status="completed" if stage in {made.get(m) for m in modalities} else "skipped")
    books.decide(request_id, status, words=words, cached=cached, topic=topic)
    return request_id


def compared(books: Books, request_id: str) -> None:
    """As if a comparison had had it made."""
    with books.engine.begin() as connection:
        asked = {**books.record.view(request_id).request.model_dump(mode="json"), "fresh": True}  # type: ignore[union-attr]
        connection.execute(update(RequestRow).where(RequestRow.id == request_id).values(request=asked))


def cost(seconds: str) -> Decimal:
    """Of so many vCPU-seconds, as an estimate tells it."""
    return (Decimal(seconds) * VCPU).quantize(Decimal("0.000001"))


def test_under_twenty_films_the_planning_assumption_is_told_and_says_so(books: Books):
    films(books, FEW)
    skip(books, "text")
    told = Savings(books.engine).report()
    assert told.saved == Estimate(usd=Decimal("0.183"), basis=Basis.PLANNING, observations=FEW)
    assert f"There are {FEW} films" in told.assumptions[0] and "planning book" in told.assumptions[0]


def test_from_twenty_films_on_each_script_has_a_saving_of_its_own(books: Books):
    films(books, FEWEST)
    saving = Savings(books.engine)
    assert saving.foresee(SKIPPABLE, 1000).usd == cost("110") and saving.foresee([FILM], 100).usd == cost("15")
    assert saving.foresee([DRAW, FILM], 100).basis is Basis.FITTED
    for modalities, words in (("text", 500), ("audio", 600), ("images", 700)):
        skip(books, modalities, words=words)
    skip(books, "audio", "images", words=800)
    told = saving.report()
    assert told.saved.usd == cost(str((10 + 50) + (8 + 60) + (7 + 70) + (5 + 80))) and told.requests == 4
    assert told.back_test is not None and told.back_test.tested == FEWEST and told.back_test.coverage == 1
    assert told.unpriced == () and told.wordless == 0


def test_savings_are_told_by_day_organisation_topic_and_form(books: Books):
    films(books, FEWEST)
    books.person("ada", "north")
    first = skip(books, "text", student="ada", topic="topic_b")
    skip(books, "audio", words=600)
    with books.engine.begin() as connection:
        connection.execute(update(RequestRow).where(RequestRow.id == first).values(finished_at=datetime(2026, 3, 2, 23, 59, tzinfo=UTC)))
    saving, text, audio = Savings(books.engine), cost("60"), cost("68")

    def lines(by: SavedBy, **window: date) -> dict[str, Decimal]:
        return {line.key: line.saved.usd for line in saving.report(**window, by=by).lines}

    assert list(lines(SavedBy.DAY).values()) == [text, audio] and "2026-03-02" in lines(SavedBy.DAY)
    assert lines(SavedBy.ORGANISATION) == {"north": text, "none": audio}
    assert lines(SavedBy.TOPIC) == {"topic_a": audio, "topic_b": text}
    assert lines(SavedBy.MODALITY) == {"audio": cost("2"), "images": cost("6"), "video": cost("120")}
    assert lines(SavedBy.TOPIC, until=date(2026, 3, 3)) == {"topic_b": text}
    assert lines(SavedBy.TOPIC, since=date(2026, 3, 3)) == {"topic_a": audio}
    books.ledger.fold()
    assert lines(SavedBy.TOPIC) == {"topic_a": audio, "topic_b": text}


def test_what_would_not_have_had_a_film_anyway_saved_nothing(books: Books):
    for status in ("failed", "cancelled", "clarification_needed", "out_of_scope"):
        skip(books, "text", status=status)
    skip(books, "text", cached=True)
    film(books, 500)
    told = Savings(books.engine).report()
    assert (told.saved.usd, told.requests, told.lines) == (0, 0, ())


@pytest.mark.parametrize("folded", [False, True])
def test_what_a_comparison_had_made_saves_nothing_and_is_no_share_of_text_only(books: Books, folded: bool):
    films(books, FEWEST)
    skip(books, "text")
    for _ in range(3):
        compared(books, skip(books, "text"))
    compared(books, film(books, 500))
    if folded:
        books.ledger.fold()
    told, counts = Savings(books.engine).report(), books.ledger.counts()
    assert (told.saved.usd, told.requests) == (cost("60"), 1)
    assert (counts.completed, counts.wanted, counts.text_only) == (FEWEST + 5, FEWEST + 1, 1 / (FEWEST + 1))
    assert counts.compared == {Modality.TEXT: 3, Modality.VIDEO: 1}
    assert any("comparison saves nothing" in said and "text only" in said for said in told.assumptions)
    assert not [found for found in books.ledger.balance() if found]


def test_savings_can_be_narrowed_to_a_form_an_organisation_or_a_topic(books: Books):
    films(books, FEWEST)
    books.person("ada", "north")
    skip(books, "text", student="ada", topic="topic_b")
    skip(books, "audio", words=600, topic="topic_b")
    skip(books, "audio", words=700, topic="topic_a")

    def saved(by: SavedBy = SavedBy.DAY, **where: str) -> Decimal:
        report = Savings(books.engine).report(by=by, where=Where.model_validate(where))
        return report.saved.usd

    for _ in range(2):  # before and after they are in the roll-ups
        assert saved(modality="text") == saved(organisation="north") == saved(topic="topic_b", modality="text") == cost("60")
        assert saved(modality="audio", organisation="none") == cost("68") + cost("78")
        assert saved(SavedBy.TOPIC, topic="topic_b") == saved(SavedBy.MODALITY, topic="topic_b") == cost("60") + cost("68")
        books.ledger.fold()


@pytest.mark.parametrize(("where", "by", "field"), [
    ({"stage": "video"}, SavedBy.DAY, "stage"), ({"model": "m"}, SavedBy.DAY, "model"), ({"family": "google"}, SavedBy.DAY, "family"),
    ({"topic": "t", "organisation": "o"}, SavedBy.DAY, "topic"), ({"topic": "t"}, SavedBy.ORGANISATION, "topic"),
])
def test_what_savings_cannot_be_narrowed_to_is_named(books: Books, where: dict[str, str], by: SavedBy, field: str):
    with pytest.raises(BadRequest) as refused:
        Savings(books.engine).report(by=by, where=Where.model_validate(where))
    assert refused.value.field == field


def test_a_script_that_cannot_be_read_is_counted_and_not_guessed(books: Books):
    films(books, FEWEST)
    skip(books, "text", words=None)
    told = Savings(books.engine).report()
    assert (told.requests, told.wordless, told.saved.usd) == (1, 1, 0)


def test_films_without_a_price_are_not_learned_from_and_are_named(books: Books):
    films(books, FEW)
    runs = select(StageRunRow.id).where(StageRunRow.request_id == film(books, 900))
    with books.engine.begin() as connection:
        connection.execute(update(UsageRow).where(UsageRow.stage_run_id.in_(runs)).values(provider="elsewhere"))
    told = Savings(books.engine).report()
    assert told.saved.observations == FEW
    assert len(told.unpriced) == 1 and "vcpu_second of elsewhere (m)" in told.unpriced[0]


@pytest.mark.parametrize("other", ["partial film", "comparison", "shelf"])
def test_only_ordinary_whole_films_are_learned_from(books: Books, other: str):
    films(books, FEW)
    if other == "partial film":
        film(books, 500, status="failed")
    elif other == "comparison":
        compared(books, film(books, 500))
    else:
        one = film(books, 500)
        with books.engine.begin() as connection:
            connection.execute(update(RequestRow).where(RequestRow.id == one).values(cache_hit=True))
    assert Savings(books.engine).learned().count == FEW


def test_a_film_costs_its_failed_tries_too(books: Books):
    film(books, 500, extra="7")
    (seen,) = Savings(books.engine).learned().films.observations
    assert seen.usd == (2 * VCPU, 3 * VCPU, (7 + 5 + 50) * VCPU) and seen.words == 500


def test_a_fit_is_used_for_five_minutes(books: Books):
    now = [0.0]
    saving = Savings(books.engine, clock=lambda: now[0])
    assert saving.learned().count == 0
    film(books, 500)
    assert saving.learned().count == 0
    now[0] = LEARNED_SECONDS + 1
    assert saving.learned().count == 1


def test_another_book_tells_another_saving_of_the_same_record(books: Books):
    films(books, FEWEST)
    skip(books, "text")
    saving = Savings(books.engine)
    assert saving.report(book="planning").saved == Estimate(usd=Decimal("0.183"), basis=Basis.PLANNING)
    assert saving.report(book="planning").unpriced == ()
    assert saving.report().saved.usd == cost("60")
    with pytest.raises(OperatorError, match="nonsense"):
        saving.report(book="nonsense")


def test_a_window_without_days_is_refused(books: Books):
    with pytest.raises(BadRequest) as refused:
        Savings(books.engine).report(date(2026, 3, 2), date(2026, 3, 2))
    assert refused.value.field == "until"


# one request


RUNS = tuple(StageRun(stage=stage, status="skipped") for stage in SKIPPABLE)


@pytest.mark.parametrize(("changed", "asked", "runs", "usd"), [
    ({}, {}, RUNS, "0.183"),
    ({"status": "partial"}, {}, RUNS[1:], "0.183"),  # the film was switched off
    ({"cache_hit": True}, {}, RUNS, None),  # its film would have been on the shelf
    ({"status": "failed"}, {}, RUNS, None),
    ({"status": "out_of_scope"}, {}, (), None),
    ({}, {"revision_of": "another"}, RUNS, None),
    ({}, {"fresh": True}, RUNS, None),  # a comparison had it made
    ({}, {}, (), None),  # it was a film
])
def test_what_a_lesson_saved(
    ask: Callable[..., GenerationRequest], changed: dict[str, Any], asked: dict[str, Any], runs: tuple[StageRun, ...], usd: str | None
):
    request = ask("text").model_copy(update=asked)
    lesson = Lesson.model_validate({"request_id": request.request_id, "status": "completed", **changed})
    told = savings(request, lesson, runs)
    assert (None if told is None else str(told.usd)) == usd
    assert savings(request, None, runs) is None


def test_the_skip_line_tells_the_saving_of_this_very_script(
    workshop: Callable[..., Workshop], ask: Callable[..., GenerationRequest], caplog: pytest.LogCaptureFixture
):
    heard: list[tuple[Any, int]] = []

    def foresee(stages: Any, words: int) -> Estimate:
        heard.append((tuple(stages), words))
        return Estimate(usd=Decimal("0.002500"), low=Decimal("0.001"), high=Decimal("0.004"), basis=Basis.FITTED, observations=31)

    shop = workshop().with_parts(foresee=foresee)
    with caplog.at_level(logging.INFO, logger="pipeline"):
        lesson, _ = shop.make(ask("audio"))
        shop.make(ask("audio"))
        shop.make(ask("audio").model_copy(update={"fresh": True}))
    assert lesson.script is not None and heard == [((DRAW, FILM), len(lesson.script.article.split()))]
    lines = [record.getMessage() for record in caplog.records if "COST SAVINGS" in record.getMessage()]
    assert lines[0].endswith("COST SAVINGS: $0.002500 saved per request (estimated from 31 films, 95 % between $0.001 and $0.004)")
    assert lines[1].endswith("COST SAVINGS: $0.000 saved per request (from the shelf, as its film would have been)")
    assert lines[2].endswith("COST SAVINGS: $0.000 saved per request (for a comparison)")


def test_a_lesson_does_not_fail_because_its_saving_cannot_be_told(
    workshop: Callable[..., Workshop], ask: Callable[..., GenerationRequest], caplog: pytest.LogCaptureFixture
):
    def broken(stages: Any, words: int) -> Estimate:
        raise OperatorError("The price book cannot be read.")

    lesson, _ = workshop().with_parts(foresee=broken).make(ask("text"))
    assert lesson.status is Status.COMPLETED
    assert "saving not told" in caplog.text and "COST SAVINGS" not in caplog.text


def test_a_plan_without_films_says_what_it_is():
    assert planned(SKIPPABLE).because == "planning assumption, 0 films to learn from"


# the command


def test_the_command_tells_the_same_to_people_and_machines(settings: Settings, capsys: pytest.CaptureFixture[str]):
    wiring = FakeWiring(settings)
    books = Books(wiring.engine)
    films(books, FEWEST)
    skip(books, "text")

    def told(*argv: str) -> str:
        assert main(["savings", *argv], wire=lambda _: wiring) == 0
        return capsys.readouterr().out

    report = json.loads(told("--by", "topic", "--json"))
    assert (report["saved"]["usd"], report["saved"]["basis"], report["lines"][0]["key"]) == ("0.001080", "fitted", "topic_a")
    said = told()
    assert "1 requests did without a film and saved $0.001080 (95 %: $0.001080 to $0.001080)." in said
    assert f"Back-test: {FEWEST} films" in said and "This rests on:" in said


@pytest.mark.parametrize("argv", [["--since", "yesterday"], ["--since", "2026-03-02", "--until", "2026-03-01"]])
def test_the_command_names_a_bad_day(settings: Settings, capsys: pytest.CaptureFixture[str], argv: list[str]):
    assert main(["savings", *argv], wire=lambda _: FakeWiring(settings)) == 2
    assert argv[-2].removeprefix("--") in capsys.readouterr().err
