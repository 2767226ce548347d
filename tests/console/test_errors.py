"""The page Errors: sums that add up, one group whole, what people decide and take back, rules, the tail, and reading logs."""

import csv
import io
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from console.incidents import address, alarms, evidence, figures, listing, rules, sources, tail, wording
from console.loaders import pulling, tailing
from console.loaders.tailing import Follower, Seen, seen_by
from pipeline.config import ROOT
from pipeline.deployments import Alarm
from pipeline.incidents import (
    OTHERS,
    Groups,
    Occurrence,
    Pulled,
    RatePoint,
    RuleState,
    Sort,
    Standing,
    State,
    Where,
    Window,
)
from pipeline.logs import Entry
from pipeline.tables import RuleVerdict, UserRole
from pipeline.wiring import Wiring
from tests.console import mishaps, visits
from tests.console.conftest import PATIENCE_SECONDS
from tests.console.visits import press, rows, told

PAGE = ROOT / "console" / "pages" / "errors.py"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def visit(**said: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


def put(page: AppTest, name: str) -> list[str]:
    value = page.query_params.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def table(page: AppTest) -> list[dict[str, object]]:
    return rows(page, "errors_table_0")


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mishaps.home(tmp_path_factory.mktemp("told"))


@pytest.fixture
def story(wiring: Wiring, told_home: Path) -> Wiring:
    """Three builds, each of which fixed a group of errors and uncovered the next."""
    mishaps.copy(told_home, wiring)
    return wiring


def named(wiring: Wiring, word: str) -> str:
    """The fingerprint of the group whose title has the word."""
    return next(group.fingerprint for group in wiring.incidents.groups().groups if word in group.title)


# the list


def test_before_any_log_was_read_the_page_says_how_to_read_one(wiring: Wiring) -> None:
    page = visit()
    assert "python -m pipeline logs pull" in told(page) and page.button(key="pull").label == "Pull"


def test_the_groups_add_up_and_each_says_what_fixed_it_and_what_hid_it(story: Wiring) -> None:
    page, whole = visit(), story.incidents.groups()
    shown = {metric.label: metric.value for metric in page.metric}
    assert (shown["Errors"], shown["Groups"], shown["Unparsed"]) == ("9", "3", "0")
    assert shown["Lines"] == f"{whole.lines:,}"
    assert "3 groups with 9 errors in all: every error line of the time is in exactly one of them." in told(page)
    found = {row["Fingerprint"]: row for row in table(page)}
    assert sum(int(str(row["Count"])) for row in found.values()) == 9 == whole.every_error
    flag, user, school = (found[named(story, word)] for word in ("FeatureFlag", "users", "School"))
    assert [row["Fixed in"] for row in (school, user, flag)] == ["eda8fd41", "a879e323", "d9e50e55"]
    assert school["Unmasked by"] == "" and "School" in str(user["Unmasked by"]) and "join condition" in str(flag["Unmasked by"])
    assert {row["Runbook"] for row in found.values()} == {"Fix a SQLAlchemy mapper error"}
    assert len(page.get("plotly_chart")) == 1


def test_what_does_not_fit_the_filter_is_told_and_not_lost(story: Wiring) -> None:
    page = visit(text="FeatureFlag")
    assert "1 group with 3 errors in all; 6 others of the 9 errors of the time do not fit the filter." in told(page)
    assert [row["Count"] for row in table(page)] == [3]
    assert len(table(visit(state="resolved"))) == 3, "a group that a deploy fixed is resolved"
    page = visit(state="ignored")
    assert "No group fits." in told(page)
    page = visit(when="2020-01-01T00:00~2020-01-01T01:00")
    assert "No errors in this time." in told(page)


def test_controls_write_into_the_address_and_a_wrong_address_does_not_count(story: Wiring) -> None:
    page = visit(when="never", sort="colour", state="angry", page="x")
    assert len(table(page)) == 3
    page.selectbox(key="errors_when").set_value("1h").run()
    page.selectbox(key="errors_sort").set_value(Sort.LAST).run()
    page.multiselect(key="errors_state").set_value([State.NEW]).run()
    assert (put(page, "when"), put(page, "sort"), put(page, "state")) == (["1h"], ["last"], ["new"])
    press(page, "errors_clear")
    assert not any(put(page, name) for name in ("when", "sort", "state"))


def test_a_window_of_ones_own_begins_as_the_one_before(story: Wiring) -> None:
    page = visit()
    page.selectbox(key="errors_when").set_value("own").run()
    (said,) = put(page, "when")
    mine = address.own(said)
    assert mine and mine.since and mine.until and mine.until - mine.since == timedelta(days=1)
    page.datetime_input(key="errors_from").set_value(datetime(2026, 1, 2, 3, 4)).run()
    assert put(page, "when")[0].startswith("2026-01-02T03:04~")


@pytest.mark.parametrize("said", ["", "2026-01-02", "2026-01-02~", "2026-01-03~2026-01-02", "x~y", "9999-01-01~9999-02-01"])
def test_a_window_that_is_none_does_not_count(said: str) -> None:
    assert address.own(said) is None


def test_the_export_has_every_group_and_no_cell_is_run(wiring: Wiring) -> None:
    mishaps.hostile(wiring, "=cmd|' /C calc'!A0")
    chosen = address.Choices(when="all", window=Window(), where=Where())
    exported = list(csv.DictReader(io.StringIO(listing.to_csv(listing._whole(chosen)).decode())))
    assert len(exported) == 1 and exported[0]["Cause"].startswith("'=") and exported[0]["Count"] == "1"


def test_strangers_words_are_shown_as_they_are(wiring: Wiring) -> None:
    mishaps.hostile(wiring)
    page = visit()
    (fingerprint,) = (row["Fingerprint"] for row in table(page))
    page = visit(group=str(fingerprint))
    assert "<script>" not in "".join(str(getattr(part, "value", "")) for part in page.get("html"))
    assert any(code.value == mishaps.HOSTILE for code in page.code)
    assert "<script>" not in page.get("plotly_chart")[0].proto.spec


# one group


def test_a_group_is_shown_with_its_lines_its_requests_and_what_hid_it(story: Wiring) -> None:
    page = visit(group=named(story, "FeatureFlag"))
    said = told(page)
    assert "Hidden behind another group until that one was fixed with build a879e323." in said
    assert "Traceback (most recent call last):" in said and "Fixed in" in said and "d9e50e55" in said
    assert said.count('href="requests?request=') >= 3 and "id0000" in said
    press(page, "group_before")
    assert put(page, "group") == [named(story, "users")]
    press(page, "all_groups")
    assert not put(page, "group") and len(table(page)) == 3


def test_a_fingerprint_that_nobody_knows_is_told(story: Wiring) -> None:
    assert "There is no group with this fingerprint" in told(visit(group="c1-nothing"))


def test_lines_are_turned_page_by_page(story: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.incidents.group.AT_ONCE", 2)
    page = visit(group=named(story, "School"))
    first = told(page)
    press(page, "lines_older")
    assert put(page, "before") and told(page) != first
    press(page, "lines_newest")
    assert not put(page, "before")


def test_a_group_is_resolved_with_a_reason_and_taken_back(story: Wiring) -> None:
    fingerprint = named(story, "School")
    page = press(visit(group=fingerprint), "group_resolve")
    press(page, "resolve_confirm")
    assert visits.errors(page) == ["The reason is missing: say in a few words why, so that others can follow it."]
    page.selectbox(key="resolve_version").set_value("eda8fd41").run()
    page.text_area(key="resolve_why").set_value("the relationship is gone").run()
    press(page, "resolve_confirm")
    standing = story.incidents.detail(fingerprint).group.standing
    assert (standing.state, standing.version, standing.why) == (State.RESOLVED, "eda8fd41", "the relationship is gone")
    assert "Resolved in eda8fd41" in told(page) and "the relationship is gone" in told(page)
    press(page, "undo")
    assert story.incidents.detail(fingerprint).group.standing.state is State.ONGOING
    assert visits.newest(story, story.people.local_admin()).action == "error_group.restored"


def test_a_group_is_ignored_until_it_was_seen_more_often_and_reopened(story: Wiring) -> None:
    fingerprint = named(story, "School")
    page = press(visit(group=fingerprint), "group_ignore")
    page.radio(key="ignore_until").set_value("count").run()
    page.number_input(key="ignore_more").set_value(7).run()
    page.text_area(key="ignore_why").set_value("known").run()
    press(page, "ignore_confirm")
    assert story.incidents.detail(fingerprint).group.standing.until_count == 10
    assert "Ignored until seen 10 times in all" in told(page)
    press(page, "group_reopen")
    page.text_area(key="reopen_why").set_value("it hurts").run()
    press(page, "reopen_confirm")
    assert story.incidents.detail(fingerprint).group.standing.state is State.ONGOING


def test_groups_are_merged_split_and_merged_back(story: Wiring) -> None:
    school, flag = named(story, "School"), named(story, "FeatureFlag")
    page = press(visit(), "errors_merge")
    page.multiselect(key="merge_these").set_value([school, flag]).run()
    page.selectbox(key="merge_into").set_value(school).run()
    page.text_area(key="merge_why").set_value("one cause").run()
    press(page, "merge_confirm")
    assert sorted(group.count for group in story.incidents.groups().groups) == [3, 6]
    page = visit(group=flag)
    assert "The group in the address was merged into this one." in told(page)
    press(page, "group_split")
    page.text_area(key="split_why").set_value("two after all").run()
    press(page, "split_confirm")
    assert story.incidents.groups().found == 3
    press(page, "undo")
    assert story.incidents.groups().found == 2


def test_a_merge_is_undone(story: Wiring) -> None:
    school, flag = named(story, "School"), named(story, "FeatureFlag")
    page = press(visit(group=flag), "group_merge")
    page.selectbox(key="merge_target").set_value(school).run()
    page.text_area(key="merge_why").set_value("one cause").run()
    press(page, "merge_confirm")
    assert put(page, "group") == [school] and story.incidents.groups().found == 2
    press(page, "undo")
    assert story.incidents.groups().found == 3


def test_whoever_may_only_look_sees_why_nothing_can_be_pressed(story: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, story, monkeypatch)
    page = visit(group=named(story, "School"))
    button = page.button(key="group_resolve")
    assert button.disabled and "you are viewer" in button.help
    assert page.button(key="run_start").disabled


# the runbook


def test_steps_of_a_runbook_are_ticked_and_the_run_is_kept(story: Wiring) -> None:
    fingerprint = named(story, "School")
    page = press(visit(group=fingerprint), "run_start")
    (run,) = story.runbook_runs.all(fingerprint=fingerprint)
    page.checkbox(key=f"step_{run.run_id}_1").check().run()
    page.checkbox(key=f"step_{run.run_id}_3").check().run()
    page.checkbox(key=f"step_{run.run_id}_3").uncheck().run()
    assert story.runbook_runs.run(run.run_id).done == {1}
    assert f"1 of {run.steps} steps done" in told(page)
    press(page, "run_finish")
    page.text_area(key="run_why").set_value("the rest was done before").run()
    press(page, "run_end")
    assert "Finished by local admin, 1 of" in told(page) and "the rest was done before" in told(page)


def test_without_a_runbook_for_it_one_can_be_chosen(wiring: Wiring) -> None:
    mishaps.hostile(wiring)
    page = visit(group=wiring.incidents.groups().groups[0].fingerprint)
    page.selectbox(key="runbook_name").set_value("provider-quota").run()
    assert "Runbook: " in told(page)


# rules


def test_a_rule_moves_lines_into_one_group_and_ends_again(story: Wiring) -> None:
    page = press(visit(tab="Rules"), "add_rule")
    page.text_input(key="rule_text").set_value("failed to locate a name").run()
    page.radio(key="rule_verdict").set_value(RuleVerdict.GROUP).run()
    page.text_input(key="rule_title").set_value("Mappers").run()
    page.text_area(key="rule_why").set_value("one cause").run()
    press(page, "rule_confirm")
    assert until(lambda: sorted(group.count for group in story.incidents.groups().groups) == [3, 6])
    assert "failed to locate a name" in told(page) and "go into one group" in told(page)
    (rule,) = story.incidents.rules()
    press(page, f"end_rule_{rule.rule_id}")
    page.text_area(key="end_rule_why").set_value("two after all").run()
    press(page, "end_rule_confirm")
    assert until(lambda: story.incidents.groups().found == 3)
    assert "There is no rule." in told(page)


def test_a_rule_that_cannot_be_followed_is_refused_in_one_sentence(story: Wiring) -> None:
    page = press(visit(tab="Rules"), "add_rule")
    page.text_area(key="rule_why").set_value("why not").run()
    press(page, "rule_confirm")
    assert len(visits.errors(page)) == 1 and story.incidents.rules() == []


def test_a_rule_is_told_in_words() -> None:
    said = rules.rule(RuleState(rule_id=1, field="message", how="contains", text="<b>", verdict="no_error", fingerprint="",
                                by="<i>", why="noise", at=NOON))
    assert "message contains <code>&lt;b&gt;</code> <b>are no errors</b>" in said and "&lt;i&gt;" in said and "<i>" not in said


# reading logs


def until(holds, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return bool(holds())


def write(home: Path, *messages: str, severity: str = "ERROR") -> None:
    folder = home / "logs"
    folder.mkdir(exist_ok=True)
    with (folder / "worker.jsonl").open("a") as file:
        for message in messages:
            file.write(json.dumps({"time": datetime.now(UTC).isoformat(), "severity": severity, "message": message}) + "\n")


def test_pull_reads_what_the_processes_wrote_and_says_what_it_brought(wiring: Wiring) -> None:
    write(wiring.settings.home, "Port 9 did not answer.", "Port 9 did not answer.")
    page = press(visit(), "pull")
    assert until(lambda: not pulling.state().running and wiring.incidents.groups().every_error == 2)
    assert until(lambda: "1 group with 2 errors in all" in told(page.run()))


def test_a_pull_that_is_over_before_the_page_is_drawn_again_shows_what_it_brought_at_once(wiring: Wiring) -> None:
    write(wiring.settings.home, "Port 9 did not answer.")
    pulling.start()
    assert until(lambda: not pulling.state().running)
    page = visit()
    assert "1 group with 1 error in all" in told(page)
    write(wiring.settings.home, "Port 9 did not answer.")
    pulling.start()
    assert until(lambda: not pulling.state().running)
    assert "1 group with 2 errors in all" in told(page.run())


def test_while_somebody_looks_new_lines_are_read_by_themselves_but_not_all_the_time(wiring: Wiring) -> None:
    write(wiring.settings.home, "Port 9 did not answer.")
    reader = pulling._puller()
    reader.start(wiring, by_itself=True)
    assert until(lambda: not reader.state.running) and wiring.incidents.groups().every_error == 1
    ended = reader.state.ended_at
    reader.start(wiring, by_itself=True)
    assert reader.state.ended_at == ended and not reader.state.running


def test_what_could_not_be_read_is_one_sentence(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        name, overlaps = "cloud", False

        def pieces(self, cursor: str = ""):
            raise pulling.PipelineError("The project is not there.")

    monkeypatch.setattr(Wiring, "log_sources", lambda self: (Gone(),))
    page = press(visit(), "pull")
    assert until(lambda: not pulling.state().running)
    assert "cloud could not be read: The project is not there." in visits.errors(page.run())


def test_sources_stand_with_what_they_brought(story: Wiring) -> None:
    (row,) = visit(tab="Sources").dataframe[0].value.to_dict("records")
    assert row["Lines"] == row["Errors"] + row["Others"] + row["Unparsed"] and row["Errors"] == 9


def test_what_two_pulls_brought_is_a_sum() -> None:
    both = pulling.together(Pulled(lines=3, errors=1, others=2, new_groups=("a",)), Pulled(lines=4, unparsed=1, new_groups=("a", "b")))
    assert (both.lines, both.errors, both.unparsed, both.new_groups) == (7, 1, 1, ("a", "b"))
    assert sources.told(both) == "Read 7 lines, 1 error, 1 unparsed, 2 new groups"


# the tail


def entry(message: str = "Worker stopped", severity: str = "INFO", **facts: str) -> Entry:
    return Entry(id="worker.jsonl:1", at=NOON.timestamp(), severity=severity, message=message, **facts)


def test_the_tail_follows_from_its_end_on_and_a_folder_may_come_later(wiring: Wiring) -> None:
    follower = Follower(wiring.own_logs, wiring.own_logs().end(), every=0)
    follower.look()
    assert seen_by([follower]) == Seen()
    write(wiring.settings.home, "first", "second", severity="INFO")
    follower.look()
    assert [one.message for one in seen_by([follower]).entries] == ["first", "second"]


def test_the_tail_of_several_sources_is_in_order_of_time_and_tells_each_fault() -> None:
    here, there, broken = (Follower(list, every=0) for _ in range(3))
    here.kept.extend([entry("b")._replace(at=2.0), entry("d")._replace(at=4.0)])
    there.kept.append(entry("c")._replace(at=3.0))
    broken.fault = "Cloud Logging is away."
    seen = seen_by([here, there, broken])
    assert [one.message for one in seen.entries] == ["b", "c", "d"] and seen.fault == "Cloud Logging is away."


def test_lines_are_chosen_by_severity_and_text_the_newest_first() -> None:
    seen = [entry("a"), entry("b", "ERROR"), entry("c", "WARNING", trace="Traceback: kaputt"), entry("d", "NEW")]
    assert [one.message for one in tail.chosen(seen, severity="All", text="")] == ["d", "c", "b", "a"]
    assert [one.message for one in tail.chosen(seen, severity="WARNING", text="")] == ["c", "b"]
    assert [one.message for one in tail.chosen(seen, severity="All", text=" KAPUTT ")] == ["c"]
    assert len(tail.chosen([entry()] * 1000, severity="All", text="")) == tail.SHOWN


def test_a_line_of_the_tail_is_data() -> None:
    shown = tail.lines([entry("<script>", trace="<b>", worker="<i>")])
    assert "<script>" not in shown and "<b>" not in shown and "<i>" not in shown and "&lt;script&gt;" in shown


def test_the_tail_says_when_nothing_was_written_and_holds_still_when_paused(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Nothing was written since" in told(visit(tab=address.TAIL))
    monkeypatch.setattr(tailing, "seen", lambda: tailing.Seen((entry("one"),)))
    page = visit(tab=address.TAIL)
    assert "1 shown of the newest 1 lines" in told(page) and "one" in told(page)
    page.toggle(key="tail_paused").set_value(True).run()
    monkeypatch.setattr(tailing, "seen", lambda: tailing.Seen((entry("one"), entry("two"))))
    assert "Paused: 1 shown" in told(page.run())
    page.toggle(key="tail_paused").set_value(False).run()
    assert "2 shown" in told(page)


# words and pictures


@pytest.mark.parametrize(("given", "said"), [
    (Standing(state=State.NEW, at=NOON), "New"),
    (Standing(state=State.RESOLVED, at=NOON, version="0.2"), "Resolved in 0.2"),
    (Standing(state=State.IGNORED, at=NOON), "Ignored for good"),
    (Standing(state=State.IGNORED, at=NOON, until=NOON, until_escalates=True),
     "Ignored until 22 Nov 2026 12:00 UTC or until it escalates"),
    (Standing(state=State.IGNORED, at=NOON, until_count=1), "Ignored until seen 1 time in all"),
])
def test_a_state_is_told_with_its_end(given: Standing, said: str) -> None:
    assert wording.standing(given) == said


def test_sums_say_what_is_left_out() -> None:
    found = Groups(groups=(), found=2, errors=5, every_error=7, lines=100, unparsed=0)
    assert wording.sums(found) == "2 groups with 5 errors in all; 2 others of the 7 errors of the time do not fit the filter."


@pytest.mark.parametrize(("title", "said"), [
    ("InvalidRequestError: no name", "no name"), ("Port 9: closed", "Port 9: closed"), ("Error: ", "Error: "), ("plain", "plain")])
def test_the_kind_of_an_exception_is_left_out_where_room_is_dear(title: str, said: str) -> None:
    assert wording.bare(title) == said


@pytest.mark.parametrize(("hours", "width"), [(1, timedelta(minutes=1)), (24, timedelta(minutes=30)), (24 * 365, timedelta(days=7))])
def test_there_are_about_sixty_bars(hours: int, width: timedelta) -> None:
    assert figures.step(NOON - timedelta(hours=hours), NOON) == width


def test_the_picture_has_the_largest_group_first_the_others_grey_and_names_of_deploys_apart() -> None:
    points = [RatePoint(start=NOON, fingerprint=name, title=f"<b>{name}", count=count) for name, count in
              ((OTHERS, 9), ("small", 1), ("large", 5))]
    marks = [figures.Mark(NOON + timedelta(minutes=minute), f"<i>{minute}") for minute in (0, 1, 2, 3, 30)]
    until = NOON + timedelta(hours=1)
    figure = figures.rate(points, marks, since=NOON, until=until, width=timedelta(minutes=1))
    assert [trace.customdata[0][0] for trace in figure.data] == ["large", "small", OTHERS]
    assert figure.data[2].marker.color == figures.GREY and "<b>" not in figure.to_json()
    assert len(figure.layout.shapes) == 5 and len(figure.layout.annotations) == 4
    assert "<i>" not in figure.to_json()


def test_an_alarm_leads_to_where_it_can_be_looked_at() -> None:
    given = [Alarm(kind="new_groups", said="a", build="b&1"), Alarm(kind="escalation", said="b", fingerprints=("c1",)),
             Alarm(kind="silence", said="c")]
    found = alarms.notices(given)
    assert [one.href for one in found] == ["deployments?build=b%261", "errors?group=c1", "errors?tab=Sources"]
    assert [one.weight for one in found] == ["warning", "warning", "error"]


def test_a_line_is_told_with_its_place_and_its_request() -> None:
    row = Occurrence(number=1, fingerprint="c1", own="c1", at=NOON, line_id="worker.log:7", severity="ERROR",
                     message="<script>", trace="<b>", request_id="r&1", job="worker", source="worker.log")
    shown = evidence.occurrences([row])
    assert "worker.log:7" in shown and 'href="requests?request=r%261"' in shown
    assert "<script>" not in shown and "<b>" not in shown


def test_the_bar_of_all_other_groups_leads_to_its_time() -> None:
    moved: dict[str, str] = {"page": "2"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address.st, "query_params", moved)
        address.follow_bar(OTHERS, "2026-11-03T10:00:00+00:00", timedelta(minutes=30))
        assert moved == {"when": "2026-11-03T10:00~2026-11-03T10:30"}
        address.follow_bar("c1-x", "2026-11-03T10:00:00+00:00", timedelta(minutes=30))
        assert moved["group"] == "c1-x"
