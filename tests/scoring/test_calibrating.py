"""The labelled claims that ship, what the model said of them, and that the figures that ship follow from both."""

import json
from collections import defaultdict
from dataclasses import replace

import pytest

from pipeline.__main__ import main
from pipeline.config import DATA, read_settings
from pipeline.errors import BadRequest, OperatorError
from pipeline.scoring import (
    COMBINED,
    GROUNDING,
    Margins,
    area,
    ask,
    calibrate,
    calibrating,
    read_calibration,
    read_claims,
    read_margins,
    read_report,
    write_made,
)
from pipeline.testing import FakeWiring
from pipeline.writing import Evidence

FAULTS = {"reversed_roles", "wrong_cause", "wrong_number", "wrong_object", "overgeneral", "not_in_text", "meaningless", "grammar"}


@pytest.fixture(scope="module")
def claims():
    return read_claims(DATA)


@pytest.fixture(scope="module")
def margins():
    found = read_margins(DATA / GROUNDING / "margins.json")
    assert found
    return found


@pytest.fixture(scope="module")
def report(claims, margins):
    return calibrate(claims, margins)


def test_there_are_enough_claims_half_of_them_supported_and_each_fault_has_a_name(claims):
    assert len(claims) >= 300 and len({claim.key for claim in claims}) == len(claims)
    for split in ("tune", "test"):
        half = [claim for claim in claims if claim.split == split]
        assert len(half) >= 140 and 0.45 < sum(claim.supported for claim in half) / len(half) < 0.55
    assert {claim.fault for claim in claims if not claim.supported} == FAULTS
    assert {claim.fault for claim in claims if claim.supported} == {""}


def test_no_text_has_claims_in_both_halves(claims):
    halves = defaultdict(set)
    for claim in claims:
        halves[claim.source].add(claim.split)
    assert {len(splits) for splits in halves.values()} == {1}


def test_unsupported_claims_are_subtle_their_words_do_not_give_them_away(claims):
    for split in ("tune", "test"):
        half = [claim for claim in claims if claim.split == split]
        told = [Evidence(text=claim.evidence).cover(claim.text) for claim in half]
        assert 0.35 < area(told, [claim.supported for claim in half]).value < 0.65


def test_the_figures_that_ship_follow_from_the_margins_that_ship(report):
    assert report == read_report(DATA / GROUNDING / "calibration.json")
    assert read_calibration(DATA / GROUNDING / "calibration.json") == report.calibration


def test_the_judge_is_better_than_a_coin_on_claims_that_were_held_back(report):
    assert report.area(COMBINED, "test").low > 0.5 and report.brier < report.brier_of_share


def test_a_claim_whose_text_was_changed_is_lacking_and_too_few_claims_are_no_calibration(claims, margins, report):
    asked = [claim for claim in claims if claim.key in margins.margins]
    other = asked[0].model_copy(update={"evidence": "Another text."})
    assert calibrate([other, *asked[1:]], margins).lacking == 1 and report.asked == len(asked)
    with pytest.raises(OperatorError, match=r"^10 of 10 claims have a margin of .*, which is too few"):
        calibrate(asked[:10], margins)


def test_only_what_was_not_asked_is_asked_and_another_model_or_prompt_is_asked_anew(claims, tools):
    few, kept = claims[:30], []
    first = ask(few[:25], tools, None, keep=kept.append)
    assert [len(one.margins) for one in kept] == [20, 25] and set(first.margins.values()) == {0.8}
    asked = len(tools.model.prompts)
    assert len(ask(few, tools, first).margins) == 30 and len(tools.model.prompts) == asked + 5
    ask(few, tools, first.model_copy(update={"model": "another"}))
    assert len(tools.model.prompts) == asked + 35


def test_without_a_model_nothing_is_calibrated(claims, tools):
    with pytest.raises(OperatorError, match="models pull"):
        ask(claims, replace(tools, model=None), None)


def test_margins_and_reports_come_back_from_their_files_or_are_refused(tmp_path, report):
    path = tmp_path / "file.json"
    assert read_margins(path) is None
    told = Margins(model="m", prompt="p", margins={"a": 0.25})
    write_made(told, path)
    assert read_margins(path) == told
    for broken in ('{"model": 1}', "{", ""):
        path.write_text(broken)
        with pytest.raises(OperatorError, match="no usable margins"):
            read_margins(path)
        with pytest.raises(OperatorError, match="evaluate calibrate"):
            read_report(path)
    write_made(report, path)
    assert read_report(path) == report


@pytest.mark.parametrize("row", [{"chunk_id": "nowhere"}, {"split": "train"}, {"text": ""}])
def test_a_labelled_row_that_cannot_be_is_refused_with_its_line(data, row):
    folder = data / GROUNDING
    folder.mkdir(parents=True)
    good = {"chunk_id": "topic_phys_mech_newton_3-explanation-1", "text": "It pushes.", "supported": True, "fault": "", "split": "tune"}
    (folder / "claims.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good | row) + "\n")
    with pytest.raises(BadRequest, match="line 2"):
        read_claims(data)


def test_the_command_asks_once_fits_writes_and_prints(data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(calibrating, "LEAST_CLAIMS", 2)
    shipped = [json.loads(line) for line in (DATA / GROUNDING / "claims.jsonl").read_text("utf-8").splitlines()]
    few = [row for row in shipped if row["chunk_id"].startswith(("topic_phys_mech_newton_3", "topic_bio_photosynthesis"))]
    halves = [row | {"split": "tune" if number // 2 % 2 else "test"} for number, row in enumerate(sorted(few, key=lambda row: row["text"]))]
    (data / GROUNDING).mkdir(parents=True)
    (data / GROUNDING / "claims.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in halves), "utf-8")
    (data / "evaluation" / "support.jsonl").write_text("")
    wiring = FakeWiring(read_settings({"VIVIDLY_HOME": str(tmp_path / "home"), "VIVIDLY_DATA": str(data)}))
    assert main(["evaluate", "calibrate"], wire=lambda _: wiring) == 0
    assert "margin          0.500" in capsys.readouterr().out and len(wiring.text.prompts) == len(few) == 8
    assert main(["evaluate", "calibrate", "--json"], wire=lambda _: wiring) == 0
    assert json.loads(capsys.readouterr().out)["calibration"]["model"] == "fake-text" and len(wiring.text.prompts) == 8
    assert wiring.scoring_tools(wiring.text).calibration == read_calibration(data / GROUNDING / "calibration.json")
    assert main(["evaluate", "calibrate", "--again"], wire=lambda _: wiring) == 0 and len(wiring.text.prompts) == 16
