"""The page Deployments: a lane for each deploy with its verdict and checklist, recording one, and the baseline."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from console.deployments import bands, checks, lanes, wording
from pipeline.comparison import Interval
from pipeline.config import ROOT
from pipeline.deployments import Band, Check, CheckState, Deploy, Exposed, Fate, Kind, Look, LookState, Unit, Verdict
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import DeployOrigin, UserRole
from pipeline.wiring import Wiring
from tests.console import mishaps, visits
from tests.console.conftest import PATIENCE_SECONDS
from tests.console.visits import press, told

PAGE = ROOT / "console" / "pages" / "deployments.py"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def visit(**said: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mishaps.home(tmp_path_factory.mktemp("told"))


@pytest.fixture
def story(wiring: Wiring, told_home: Path) -> Wiring:
    """Three builds, each of which fixed a group of errors and uncovered the next; the last one is clean."""
    mishaps.copy(told_home, wiring)
    return wiring


def html(page: AppTest) -> list[str]:
    assert not page.exception, page.exception
    return [str(part.value) for part in page.get("html")]


# deploys


def test_before_the_first_deploy_the_page_says_how_to_record_one(wiring: Wiring) -> None:
    page = visit()
    assert "python -m pipeline deploy record --build ID" in told(page)


def test_each_deploy_has_a_lane_that_says_what_it_fixed_and_uncovered(story: Wiring) -> None:
    found = [part for part in html(visit()) if "<article" in part]
    assert [name in lane for name, lane in zip(("d9e50e55", "a879e323", "eda8fd41"), found, strict=True)] == [True] * 3
    assert "Clean" in found[0] and "Unmasked another" in found[1] and "Unmasked another" in found[2]
    assert "<h4>Fixed</h4>" in found[0] and "<h4>Unmasked</h4>" not in found[0]
    assert "hidden behind" in found[1] and "30 executions" in found[0]
    group = next(one for one in story.incidents.groups().groups if "School" in one.title)
    assert f'href="errors?group={group.fingerprint}&amp;when=all"' in found[2]


def test_one_build_is_shown_alone_with_its_checklist_and_the_lines_it_rests_on(story: Wiring) -> None:
    page = visit(build="d9e50e55")
    found = html(page)
    assert len([part for part in found if "<article" in part]) == 1
    (listed,) = (part for part in found if 'class="checks"' in part)
    assert listed.count('<li class="passed">') == 5 and "$0.183" in listed and "<code>id" in listed
    assert "5 of 5 passed" in told(page)
    press(page, "all_deploys")
    assert len([part for part in html(page) if "<article" in part]) == 3
    assert "No deploy of this build is recorded." in told(visit(build="never"))


def test_older_deploys_are_shown_when_asked_for(wiring: Wiring) -> None:
    for number in range(10):
        wiring.deployments.record(COMMAND_LINE, Deploy(build=f"b{number}", at=NOON - timedelta(days=400 + number)))
    page = visit()
    assert len([part for part in html(page) if "<article" in part]) == 8
    press(page, "more_deploys")
    assert len([part for part in html(page) if "<article" in part]) == 10


def test_deploys_of_one_service_are_shown_alone(wiring: Wiring) -> None:
    for number in range(4):
        wiring.deployments.record(COMMAND_LINE, Deploy(build=f"b{number}", service=f"s{number % 2}",
                                                       at=NOON - timedelta(days=400 + number)))
    page = visit()
    assert len([part for part in html(page) if "<article" in part]) == 4
    page.selectbox(key="service").select("s1").run()
    lanes_shown = [part for part in html(page) if "<article" in part]
    assert len(lanes_shown) == 2 and all("Build b1" in part or "Build b3" in part for part in lanes_shown)
    assert len([part for part in html(visit(service="s1")) if "<article" in part]) == 2


def test_a_deploy_is_recorded_by_form_and_a_wrong_one_is_refused(wiring: Wiring) -> None:
    page = press(visit(), "record_deploy")
    press(page, "deploy_submit")
    assert visits.errors(page) == ["The build is missing: its id names the deploy."]
    page.text_input(key="deploy_build").set_value("<b>b1</b>")
    page.text_input(key="deploy_commit").set_value("75a8000")
    page.datetime_input(key="deploy_at").set_value(datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1))
    press(page, "deploy_submit")
    assert len(visits.errors(page)) == 1 and "future" in visits.errors(page)[0]
    page.datetime_input(key="deploy_at").set_value(datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1))
    press(page, "deploy_submit")
    (deploy,) = wiring.deployments.all()
    assert (deploy.build, deploy.commit, deploy.origin, deploy.recorded_by) == (
        "<b>b1</b>", "75a8000", DeployOrigin.CONSOLE, "local admin")
    (lane,) = (part for part in html(page) if "<article" in part)
    assert any("The deploy is recorded." in str(one.value).replace("\\", "") for one in page.success)
    assert "<b>b1</b>" not in lane and "&lt;b&gt;b1&lt;/b&gt;" in lane and "in the console by local admin" in lane


def test_whoever_may_only_look_can_record_nothing(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, wiring, monkeypatch)
    page = visit()
    assert page.button(key="record_deploy").disabled
    assert visit(tab="Baseline").button(key="baseline_start").disabled


def fate(title: str = "boom", **said: object) -> Fate:
    return Fate.model_validate({"fingerprint": "c1&", "title": title, "before": 3, "before_of": 4, "after": 0, "after_of": 9, **said})


def test_a_lane_escapes_what_it_shows_and_says_how_sure_it_is() -> None:
    verdict = Verdict(
        kind=Kind.REGRESSED, reason="<i>", exposure=Exposed(executions=9, requests=1, lines=20),
        broke=(fate("<script>", why="<u>"),), gone=(fate(sure=False, more_needed=7, chance=0.2),),
        unmasked=(fate("second", before=0, before_of=0, after=2, unmasked_by="c1&", why="it was <hidden>"),))
    shown = lanes.lane(Deploy(build="b" * 36, commit="c" * 40, image="w@sha256:" + "d" * 64, at=NOON), verdict, NOON)
    for word in ("<script>", "<i>r", "<u>", "<hidden>"):
        assert word not in shown
    assert "Build bbbbbbbb<" in shown and "commit cccccccc ·" in shown and "image dddddddddddd ·" in shown
    assert 'href="errors?group=c1%26&amp;when=all"' in shown and "Regressed" in shown
    assert "9 executions, 1 request, 20 lines" in shown and "Not seen since, not sure yet: 1 group" in shown
    assert "7 more without it until that is sure" in shown and "the chance of this had nothing changed: 20%" in shown
    assert "not seen before, in 2 of 9 executions since" in shown


@pytest.mark.parametrize(("chance", "said"), [
    (None, ""), (0.00001, "the chance of this had nothing changed: under 0.01 %"), (0.04, "the chance of this had nothing changed: 4.00%"),
])
def test_how_sure_it_is_stands_in_words(chance: float | None, said: str) -> None:
    assert wording.sureness(fate(chance=chance)) == said


def test_an_exposure_begins_with_what_was_counted() -> None:
    seen = Exposed(executions=1, requests=2, minutes=3, lines=4)
    assert wording.exposure(seen, Unit.MINUTES) == "3 minutes, 1 execution, 2 requests, 4 lines"


def test_a_checklist_says_how_many_passed_and_what_did_not() -> None:
    found = [Check(name="<b>", state=state, said="<i>", line_ids=("<u>",), count=12) for state in CheckState]
    assert checks.summary(found) == "1 of 4 passed, 1 failed, 1 not yet, 1 cannot be told"
    shown = checks.listed(found)
    assert "Evidence: 1 line of 12" in shown
    for word in ("<b><", "<i>", "<u>"):
        assert word not in shown


# the baseline


def test_a_baseline_is_started_reset_and_ended(story: Wiring) -> None:
    page = visit(tab="Baseline")
    assert "python -m pipeline baseline start" in told(page)
    press(page, "baseline_start")
    page.datetime_input(key="baseline_at").set_value(datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=2))
    page.selectbox(key="baseline_build").set_value("d9e50e55")
    press(page, "baseline_confirm")
    (baseline,) = story.baselines.all()
    assert baseline.build == "d9e50e55" and baseline.hours == 24
    assert "for build d9e50e55" in told(page) and "There is nothing to compare yet" in told(page)
    progress = page.get("progress")[0].proto
    assert "22.0 of 24 hours to go" in progress.text
    (looks,) = (part for part in html(page) if 'class="looks"' in part)
    assert looks.count("<li") == 7 and looks.count("not_yet") == 6
    assert page.button(key="baseline_start").label == "Reset the 24-hour baseline"
    press(page, "baseline_end")
    press(page, "baseline_end_confirm")
    assert story.baselines.all()[0].ended_at is not None


def test_what_left_its_band_is_told(story: Wiring) -> None:
    first = min(group.first_seen for group in story.incidents.groups().groups)
    story.baselines.start(COMMAND_LINE, at=first - timedelta(minutes=1), hours=1)
    page = visit(tab="Baseline")
    assert any("Left its band: Error rate" in str(one.value).replace("\\", "") for one in page.warning)
    (shown,) = (part for part in html(page) if 'class="bands"' in part)
    assert '<div class="band left"><b>Error rate' in shown and "100.0%" in shown


def test_a_look_and_a_band_are_told_in_words_and_escaped() -> None:
    looks = bands.looks([Look(hour=4, at=NOON, state=LookState.FAILED, said="<b>"), Look(hour=8, at=NOON, state=LookState.NOT_YET, said="")])
    assert "<b>4 h</b><span>failed</span><small>&lt;b&gt;" in looks and "22 Nov 12:00 UTC" in looks
    near = Interval(value=0.5, low=0.25, high=0.75, n=8)
    shown = bands.listed([Band(name="success", unit="<i>", baseline=near, lately=None), Band(name="tts", unit="s", baseline=None, lately=None)])
    assert "50.0% (25.0% to 75.0%)" in shown and "<i>&" not in shown and "Speak" not in shown
    assert 'style="left:33.3%;width:66.7%"' in shown
    saved = Band(name="saved", unit="USD", baseline=None, lately=None)
    assert bands.told(saved, Interval(value=float(Decimal("0.183")), low=None, high=None, n=1)) == "$0.183"
    assert bands.told(Band(name="video", unit="s", baseline=None, lately=None), Interval(value=75, low=60, high=90, n=9)) == (
        "1 min 15 s (1 min 0 s to 1 min 30 s)")
