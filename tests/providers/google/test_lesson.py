"""Lessons by the family as a whole: the real clients over the stand-in, the flow and the record as everywhere."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline import families
from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.domain import Lesson, Stage, StageRun, Status, Unit
from pipeline.errors import OperatorError
from pipeline.generate import House, generate
from pipeline.prices import cost, today
from pipeline.testing import FakeEmbedder, FakeRenderer, QuietJournal
from pipeline.testing.cloud_faults import refusal
from pipeline.testing.google import Google
from pipeline.testing.google_server import served
from pipeline.trace import Trace
from pipeline.wiring import Wiring
from tests.providers.google.conftest import Cloud

TEXT, VOICE = "gemini-3.5-flash-lite", "en-US-Neural2-F"


def house(settings: Settings, cloud: Cloud) -> House:
    """The family's house; pictures and vectors are fakes, because no service makes them here."""
    over = replace(settings, family="google", google_project=cloud.google.project, google_endpoint=cloud.account.endpoint)
    text, models = families.text_models(over)
    return Wiring(over).furnish(embedder=FakeEmbedder(), text=text, voice=families.voice(over), renderer=FakeRenderer(),
                                language_models=models)


def made(house: House, request) -> tuple[Lesson, list[StageRun]]:
    journal = QuietJournal()
    return generate(house.allow(request), house, Trace(journal)), journal.runs


def services(runs: list[StageRun]) -> dict[tuple[str, str], int]:
    used: dict[tuple[str, str], int] = {}
    for row in (row for run in runs for row in run.usage if row.provider == "google" and row.unit in (
            Unit.INPUT_TOKEN, Unit.OUTPUT_TOKEN, Unit.CHARACTER)):
        used[row.model, row.unit.value] = used.get((row.model, row.unit.value), 0) + int(row.quantity)
    return used


@pytest.fixture
def at_google(settings: Settings, cloud: Cloud) -> House:
    return house(settings, cloud)


def test_a_text_costs_what_the_list_says_of_what_the_service_counted(at_google: House, cloud: Cloud, ask):
    lesson, runs = made(at_google, ask("text"))
    assert lesson.status is Status.COMPLETED
    used = services(runs)
    assert used == dict(cloud.google.billed)
    by_hand = (Decimal(used[TEXT, "input_token"]) * Decimal("0.30") + Decimal(used[TEXT, "output_token"]) * Decimal("2.50")) / 10**6
    rows = [row for run in runs for row in run.usage if row.unit in (Unit.INPUT_TOKEN, Unit.OUTPUT_TOKEN)]
    assert cost(rows, on=today()) == by_hand > 0
    makers = {run.stage: (run.family, run.model) for run in runs if run.family}
    assert makers[Stage.NLU] == makers[Stage.SCRIPT] == ("google", TEXT)


def test_a_film_costs_its_characters_besides(at_google: House, cloud: Cloud, ask):
    lesson, runs = made(at_google, ask("video"))
    assert lesson.status is Status.COMPLETED
    assert services(runs) == dict(cloud.google.billed)
    (spoken,) = (run for run in runs if run.stage is Stage.TTS)
    assert (spoken.family, spoken.model) == ("google", VOICE)
    characters = [row for row in spoken.usage if row.unit is Unit.CHARACTER]
    assert cost(characters, on=today()) == Decimal(cloud.google.billed[VOICE, "character"]) * 16 / 10**6 > 0


def test_each_stage_is_made_by_its_own_model_and_the_record_and_the_bill_say_so(settings: Settings, cloud: Cloud, ask):
    wanted = {"nlu": "gemini-3.1-flash-lite", "script": "gemini-2.5-pro", "judge": "gemini-2.5-flash"}
    both = house(replace(settings, google_models=wanted), cloud)
    doubtful = ask("text", student_query="What is energy in a cell?")  # the reader is asked, and declines
    runs = [*made(both, doubtful)[1], *made(both, ask("text"))[1]]
    makers = {run.stage: run.model for run in runs if run.stage in (Stage.NLU, Stage.SCRIPT)}
    assert makers == {Stage.NLU: "gemini-3.1-flash-lite", Stage.SCRIPT: "gemini-2.5-pro"}
    assert services(runs) == dict(cloud.google.billed)
    assert {model for model, _ in services(runs)} == {"gemini-3.1-flash-lite", "gemini-2.5-pro"}
    assert both.text_of("judge").name == "gemini-2.5-flash"
    chosen = both.of(ask("text").model_copy(update={"language_model": "gemini-2.5-flash"}))
    assert {chosen.text_of(work).name for work in ("nlu", "script", "judge")} == {"gemini-2.5-flash"}


def test_the_models_of_stages_are_in_the_keys_of_lessons_and_of_experiments(settings: Settings, cloud: Cloud, ask):
    over = replace(settings, google_models={"script": "gemini-2.5-pro", "nlu": TEXT})
    usual, other = house(settings, cloud), house(over, cloud)
    judged = house(replace(settings, google_models={"judge": "gemini-2.5-pro"}), cloud)
    assert usual.shelf.intent_key(ask("text")) == judged.shelf.intent_key(ask("text")) != other.shelf.intent_key(ask("text"))
    assert Wiring(replace(over, family="google")).language == f"{TEXT}, script gemini-2.5-pro"
    assert families.language_models(replace(over, family="google")) == (TEXT, "gemini-2.5-pro")


def test_what_a_failed_stage_used_is_on_its_bill(at_google: House, cloud: Cloud, ask):
    cloud.google.faults += [None, refusal(503), refusal(503), refusal(503)]  # one answer, then silence
    journal = QuietJournal()
    with pytest.raises(Exception, match="503"):
        generate(at_google.allow(ask("text")), at_google, Trace(journal))
    assert services(journal.runs) == dict(cloud.google.billed) != {}


def test_parts_of_two_families_go_together(settings: Settings, cloud: Cloud):
    mixed = replace(settings, family="google", parts={"voice": "embedded"}, google_project="vividly-test",
                    google_endpoint=cloud.account.endpoint)
    assert (mixed.family_of("text"), mixed.family_of("voice"), mixed.family_of("embedder")) == ("google", "embedded", "embedded")
    text, _ = families.text_models(mixed)
    assert text.family == "google"
    assert families.language_models(mixed) == (text.name,)


@pytest.mark.parametrize(("more", "words"), [
    ({"google_project": ""}, "set GOOGLE_CLOUD_PROJECT"), ({"google_project": "No Project"}, "is not the id"),
    ({"google_project": "p", "google_endpoint": "http://example.com"}, "VIVIDLY_GOOGLE_ENDPOINT"),
    ({"google_project": "p", "google_location": "Mars!"}, "GOOGLE_CLOUD_LOCATION"),
])
def test_an_account_that_cannot_be_says_what_to_set(settings: Settings, more: dict, words: str):
    with pytest.raises(OperatorError, match=words):
        families.account(replace(settings, family="google", **more))


@pytest.fixture
def environment(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    google = Google()
    with served(google) as address:
        for name in [name for name in os.environ if name.startswith(("VIVIDLY_", "GOOGLE_"))]:
            if name not in ("VIVIDLY_MODELS",):
                monkeypatch.delenv(name)
        for name, value in {"VIVIDLY_HOME": str(tmp_path), "GOOGLE_CLOUD_PROJECT": google.project,
                            "VIVIDLY_GOOGLE_ENDPOINT": address, "VIVIDLY_LOG": "file"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("VIVIDLY_LOG_ENDPOINT", address)
        yield google


def test_the_check_asks_each_service_once_and_says_what_mends_it(environment: Google, capsys):
    environment.faults += [None, refusal(403, reason="SERVICE_DISABLED"), None, None]
    assert main(["providers", "check", "--json"]) == 1
    found = {one["part"]: one for one in json.loads(capsys.readouterr().out)["services"]}
    assert found["text"]["works"] and found["embedder"]["works"] and not found["voice"]["works"]
    assert "gcloud services enable texttospeech.googleapis.com" in found["voice"]["said"]


def test_the_check_asks_the_models_of_stages_too(environment: Google, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VIVIDLY_GOOGLE_MODELS", "nlu=gemini-3.1-flash-lite,judge=palm-2")
    assert main(["providers", "check", "--json"]) == 1
    found = {one["part"]: one for one in json.loads(capsys.readouterr().out)["services"]}
    assert found["text"]["works"] and "gemini-3.1-flash-lite" in found["text nlu"]["said"]
    assert not found["text judge"]["works"] and "palm-2" in found["text judge"]["said"]


def test_the_check_looks_at_batches_and_their_bucket(environment: Google, capsys, monkeypatch: pytest.MonkeyPatch):
    for folder, works in (("gs://vividly-batches/judges", True), ("gs://elsewhere", False)):
        monkeypatch.setenv("VIVIDLY_GOOGLE_BATCH", folder)
        main(["providers", "check", "--json"])
        found = {one["part"]: one for one in json.loads(capsys.readouterr().out)["services"]}
        assert found["batch"]["works"] is works
        assert folder.removeprefix("gs://") in found["batch"]["said"]


def test_the_check_names_voices_where_the_chosen_one_is_missing(environment: Google, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VIVIDLY_GOOGLE_VOICE", "en-US-Nobody")
    assert main(["providers", "check"]) == 1
    assert "for example to en-US-Neural2-A" in capsys.readouterr().out
