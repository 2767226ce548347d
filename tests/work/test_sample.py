"""`make sample`: a set of questions that is a mix however much of it is asked, and asked once however often."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.commands.sample import FILE, LESSONS, USUAL_SECONDS, Sample, chosen, expected_seconds, read_samples
from pipeline.config import DATA, Settings
from pipeline.corpus.interests import read_interests
from pipeline.domain import Modality, Stage
from pipeline.errors import BadRequest, OperatorError
from pipeline.wiring import Wiring
from tests.work.conftest import Shop

ALL = read_samples(DATA / FILE)


def furthest(sample: Sample) -> str:
    return "video" if Modality.VIDEO in sample.modalities else "text" if sample.modalities == (Modality.TEXT,) else "other"


def test_every_question_is_a_request_with_a_key_of_its_own():
    assert len({sample.key for sample in ALL}) == len(ALL) == 60
    assert all(sample.request().requested_modalities == sample.modalities for sample in ALL)


def test_every_interest_is_one_that_the_library_has():
    names = {interest.name for interest in read_interests(DATA / "interests" / "interests.toml")}
    assert {sample.interest for sample in ALL if sample.interest} <= names


def test_the_first_of_them_are_a_mix_and_all_are_enough_films_to_learn_from():
    first = Counter(furthest(sample) for sample in chosen(ALL, LESSONS))
    assert first["video"] >= 12 and first["text"] >= 10 and first["other"] >= 8 and first.total() >= 30
    assert {furthest(sample) for sample in chosen(ALL, 3)} == {"video", "text", "other"}
    assert Counter(furthest(sample) for sample in ALL)["video"] >= 24
    assert len({sample.grade for sample in ALL}) >= 4 and len({sample.interest for sample in ALL}) >= 12


def test_what_is_asked_again_stands_behind_what_it_is_to_find_on_the_shelf():
    places = {sample.key: number for number, sample in enumerate(ALL)}
    again = [sample for sample in ALL if sample.key.endswith("-again")]
    assert len(again) >= 3
    for sample in again:
        first = ALL[places[sample.key.removesuffix("-again")]]
        assert places[first.key] < places[sample.key]
        assert first.model_copy(update={"key": "", "student": ""}) == sample.model_copy(update={"key": "", "student": ""})


def test_only_lessons_of_one_form_can_be_asked_for():
    assert {furthest(sample) for sample in chosen(ALL, 5, Modality.TEXT)} == {"text"}
    assert len(chosen(ALL, 5, Modality.TEXT)) == 5


@pytest.mark.parametrize("lessons", [0, -1, 61])
def test_a_number_outside_the_set_is_refused(lessons: int):
    with pytest.raises(BadRequest, match="1 to 60"):
        chosen(ALL, lessons)


def test_texts_are_written_beside_films():
    film, text = chosen(ALL, 1, Modality.VIDEO), chosen(ALL, 1, Modality.TEXT)
    usual = {**USUAL_SECONDS, Stage.SCRIPT: 10.0}
    assert expected_seconds([*film, *text], usual) == expected_seconds(film, usual) == 1 + 10 + 8 + 5 + 60
    assert expected_seconds(text * 9, usual) == 9 * 11


def test_a_set_that_cannot_be_read_names_the_file(tmp_path: Path):
    with pytest.raises(OperatorError, match=r"questions.toml"):
        read_samples(tmp_path / FILE)


def test_run_twice_nothing_is_made_twice(shop: Shop, data: Path, capsys: pytest.CaptureFixture[str]):
    (data / "sample").mkdir()
    shutil.copy(DATA / FILE, data / FILE)
    shop.start_worker()
    shop.until(shop.record.workers, "a worker")

    def run(lessons: int) -> str:
        assert main(["sample", "--lessons", str(lessons), "--only", "text"], wire=_with(shop.settings, data)) == 0
        return capsys.readouterr().out

    assert run(1).startswith("1 requests: 1 ")
    assert run(2).startswith("2 requests: ")
    assert len(shop.record.recent()) == 2
    assert [len([event for event in shop.kinds(view.request.request_id) if event == "taken"]) for view in shop.record.recent()] == [1, 1]


def _with(settings: Settings, data: Path) -> Callable[[Settings], Wiring]:
    return lambda _: Wiring(replace(settings, data=data))
