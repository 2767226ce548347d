"""Versions never change, labels keep their history, production needs evidence or a name, and what ships stays apart."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.config import DATA
from pipeline.database import open_database, upgrade
from pipeline.errors import BadRequest, NotAllowed, OperatorError
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.prompts import SLOTS, read_texts
from pipeline.registry import MoveKind, PromotionState
from pipeline.tables import UserRole
from tests.registry.conftest import CARLA, PAUL, VERA, Desk, FakeEvaluations, longer


def test_what_ships_is_there_once_and_in_production(desk: Desk):
    for _ in range(2):
        registry = desk.registry()
    shipped = {text.name: text.version for text in read_texts(DATA / "prompts")}
    assert {entry.name: entry.production for entry in registry.entries()} == shipped
    assert [entry.name for entry in registry.entries()] == list(SLOTS)
    plain = {text.name: text.version for text in read_texts(DATA / "prompts" / "variants" / "plain")}
    assert registry.labelled("plain") == plain
    assert [version.author for version in registry.versions("hook")] == ["shipped", "shipped"]
    assert registry.production().versions == shipped


def test_a_version_is_kept_with_who_why_when_and_from_what(desk: Desk):
    registry = desk.registry()
    desk.wait(hours=1)
    saved = registry.save(CARLA, longer(registry), message="A longer question", parent="production")
    again = desk.registry().version("hook", saved.version)
    assert again == saved and (saved.number, saved.author, saved.message, saved.at) == (3, "Carla", "A longer question", desk.now)
    assert saved.parent == registry.version("hook", "v1").version
    assert registry.save(VERA, longer(registry), message="The same again") == saved
    for ref in (saved.version, saved.version[:6], "v3"):
        assert registry.version("hook", ref) == saved
    entry = next(e for e in Audit(desk.engine).entries(COMMAND_LINE) if e.action == "prompt.saved")
    assert entry.entity_id == f"hook@{saved.version}"


@pytest.mark.parametrize(("name", "ref", "said"), [
    ("hook", "v9", "hook has none that is 'v9'"), ("hook", "nowhere", "hook has none"), ("nothing", "v1", "none called 'nothing'"),
    ("hook", "", "hook has none"),
])
def test_a_version_that_is_not_there_is_a_sentence(light: Desk, name: str, ref: str, said: str):
    with pytest.raises(BadRequest, match=said):
        light.registry().version(name, ref)


def test_a_text_with_faults_is_not_kept(light: Desk):
    registry = light.registry()
    with pytest.raises(BadRequest, match=r"hook cannot be used: user:1 uses the variable 'colour', which is not declared"):
        registry.save(CARLA, longer(registry).model_copy(update={"user": "{{ colour }}", "variables": ()}), message="x")
    assert len(registry.versions("hook")) == 2


def test_labels_move_and_their_history_stays(desk: Desk):
    registry = desk.registry()
    saved = registry.save(CARLA, longer(registry), message="longer")
    registry.label(CARLA, "hook", "candidate", "v1", why="to begin with")
    desk.wait(minutes=5)
    moved = registry.label(CARLA, "hook", "candidate", saved.version)
    assert registry.label(CARLA, "hook", "candidate", "v3") == moved  # nothing to move, nothing written
    registry.unlabel(VERA, "hook", "candidate", why="given up")
    assert [(m.before, m.version, m.by, m.kind) for m in registry.history("hook", "candidate")] == [
        (saved.version, None, "Vera", MoveKind.REMOVED),
        (registry.version("hook", "v1").version, saved.version, "Carla", MoveKind.SET),
        (None, registry.version("hook", "v1").version, "Carla", MoveKind.SET)]
    with pytest.raises(BadRequest, match="'candidate' is on no version"):
        registry.labelled("candidate")


@pytest.mark.parametrize("label", ["production", "shipped", "v3", "deadbeef", "Has Space", "", "x" * 33])
def test_some_words_are_no_labels_for_people(light: Desk, label: str):
    with pytest.raises(BadRequest, match="label"):
        light.registry().label(VERA, "hook", label, "v1")


def test_a_passing_evaluation_promotes_a_pair_together(desk: Desk):
    registry = desk.registry()
    hook = registry.save(CARLA, longer(registry), message="longer")
    link = registry.save(CARLA, longer(registry, "link"), message="longer")
    pair = {"hook": hook.version, "link": link.version}
    done = registry.promote(PAUL, pair, run_id="good")
    assert done.state is PromotionState.DONE and done.said == "It is better." and desk.evaluations.asked == [pair]
    assert {name: registry.production().versions[name] for name in pair} == pair
    move = registry.history("hook", "production")[0]
    assert (move.kind, move.by, move.run_id) == (MoveKind.PROMOTED, "Paul", "good")
    with pytest.raises(BadRequest, match="would change nothing"):
        registry.promote(PAUL, pair, run_id="good")


@pytest.mark.parametrize(("how", "said"), [
    ({}, "either an evaluation that passed or a reason"), ({"run_id": "good", "override": "x"}, "either"),
    ({"run_id": "bad"}, "bad did not pass: It is worse"), ({"run_id": "none"}, "there is none"),
])
def test_without_evidence_or_a_reason_nothing_goes_into_production(light: Desk, how: dict[str, str], said: str):
    registry = light.registry()
    registry.save(CARLA, longer(registry), message="longer")
    with pytest.raises(BadRequest, match=said):
        registry.promote(PAUL, {"hook": "v3"}, **how)
    assert registry.production().versions["hook"] == registry.version("hook", "v1").version and registry.promotions() == []


def test_an_override_has_a_name_and_a_reason(light: Desk):
    registry = light.registry()
    registry.save(CARLA, longer(registry), message="longer")
    registry.promote(VERA, {"hook": "v3"}, override="The old one is in the wrong language.")
    move = registry.history("hook", "production")[0]
    assert (move.kind, move.by, move.why) == (MoveKind.OVERRIDDEN, "Vera", "The old one is in the wrong language.")


def test_where_it_is_set_so_a_second_person_decides(desk: Desk):
    registry = desk.registry(second_person=True)
    saved = registry.save(CARLA, longer(registry), message="longer")
    asked = registry.promote(VERA, {"hook": "v3"}, run_id="good")
    assert asked.state is PromotionState.WAITING and registry.version("hook", "production").number == 1
    with pytest.raises(BadRequest, match="needs a second person"):
        registry.approve(VERA, asked.promotion_id)
    assert registry.promotions(waiting=True) == [asked]
    assert registry.approve(PAUL, asked.promotion_id).state is PromotionState.DONE
    move = registry.history("hook", "production")[0]
    assert (move.version, move.by, move.second) == (saved.version, "Vera", "Paul")
    with pytest.raises(BadRequest, match="is done: it waits for nobody"):
        registry.withdraw(PAUL, asked.promotion_id, why="too late")


def test_a_promotion_that_is_withdrawn_moves_nothing(light: Desk):
    registry = light.registry(second_person=True)
    registry.save(CARLA, longer(registry), message="longer")
    asked = registry.promote(VERA, {"hook": "v3"}, override="urgent")
    gone = registry.withdraw(VERA, asked.promotion_id, why="not so urgent")
    assert (gone.state, gone.why) == (PromotionState.WITHDRAWN, "not so urgent") and registry.promotions(waiting=True) == []
    assert registry.version("hook", "production").number == 1


def test_rolling_back_goes_to_the_version_before_and_twice_to_the_one_before_that(light: Desk):
    registry = light.registry()
    for by in (1, 2):
        saved = registry.save(CARLA, longer(registry, by=by), message="longer")
        registry.promote(PAUL, {"hook": saved.version}, override="try")
    assert registry.version("hook", "production").number == 4
    assert registry.rollback(PAUL, "hook", why="worse").version == registry.version("hook", "v3").version
    assert registry.rollback(PAUL, "hook", why="this too").version == registry.version("hook", "v1").version
    with pytest.raises(BadRequest, match="nothing to go back to"):
        registry.rollback(PAUL, "hook", why="more")
    assert registry.rollback(PAUL, "hook", why="the last was best", to="v4").version == registry.version("hook", "v4").version
    with pytest.raises(BadRequest, match="was never"):
        registry.rollback(PAUL, "hook", why="plain", to="plain")


@pytest.mark.parametrize(("role", "edits", "promotes"), [
    (UserRole.VIEWER, False, False), (UserRole.CONTENT, True, False), (UserRole.PRODUCT, False, True),
    (UserRole.ENGINEERING, True, True), (UserRole.ADMIN, True, True), (UserRole.TEACHER, False, False),
])
def test_who_may_edit_and_who_may_promote(light: Desk, role: UserRole, edits: bool, promotes: bool):
    registry, who = light.registry(), Actor(user_id="x", name="X", role=role)
    tries = {
        "save": lambda: registry.save(who, longer(registry), message="m"), "label": lambda: registry.label(who, "hook", "mine", "v2"),
        "unlabel": lambda: registry.unlabel(who, "hook", "mine"), "promote": lambda: registry.promote(who, {"hook": "v2"}, override="y"),
        "rollback": lambda: registry.rollback(who, "hook", why="y"), "approve": lambda: registry.approve(who, 99),
        "withdraw": lambda: registry.withdraw(who, 99, why="y"), "stop": lambda: registry.stop_split(who, 99, why="y"),
        "start": lambda: registry.start_split(who, [], why="y"),
    }
    allowed = {}
    for name, act in tries.items():
        try:
            act()
            allowed[name] = True
        except NotAllowed:
            allowed[name] = False
        except BadRequest:
            allowed[name] = True
    editing = {"save", "label", "unlabel"}
    assert allowed == {name: edits if name in editing else promotes for name in tries}


# what ships, and files


def test_an_upgrade_moves_production_on_only_where_nobody_decided(light: Desk, tmp_path: Path):
    registry = light.registry()
    saved = registry.save(CARLA, longer(registry), message="ours")
    registry.promote(PAUL, {"hook": saved.version}, override="ours")
    folder = Path(shutil.copytree(DATA / "prompts", tmp_path / "prompts"))
    for name in ("hook", "link"):
        file = folder / f"{name}.toml"
        file.write_text(file.read_text().replace("max_tokens = ", "max_tokens = 1"))
    newer = {text.name: text.version for text in read_texts(folder)}
    upgraded = light.registry(shipped=folder)
    assert upgraded.production().versions["hook"] == saved.version  # people decided
    assert upgraded.production().versions["link"] == newer["link"]
    assert upgraded.labelled("shipped")["hook"] == newer["hook"]
    assert upgraded.version("link", newer["link"]).parent == registry.version("link", "v1").version


def test_a_folder_without_prompts_is_a_sentence(light: Desk, tmp_path: Path):
    with pytest.raises(OperatorError, match="holds no prompts"):
        light.registry(shipped=tmp_path)


def test_versions_go_out_as_files_and_come_back_as_themselves(light: Desk, tmp_path: Path):
    registry = light.registry()
    files = registry.export(tmp_path / "out")
    assert {text.name: text.version for text in read_texts(tmp_path / "out")} == registry.production().versions
    assert len(files) == len(SLOTS)
    file = tmp_path / "out" / "hook.toml"
    file.write_text(file.read_text().replace("Begin with Why", "Start with Why"))
    taken = {version.name: version for version in registry.take(CARLA, tmp_path / "out", message="edited in git")}
    assert taken["hook"].number == 3 and taken["link"].number == 1
    assert taken["hook"].parent == registry.version("hook", "production").version


def test_of_a_folder_with_a_fault_nothing_is_taken(light: Desk, tmp_path: Path):
    registry = light.registry()
    registry.export(tmp_path)
    good, bad = tmp_path / "answered.toml", tmp_path / "support.toml"
    good.write_text(good.read_text().replace("Topic:", "The topic:"))
    bad.write_text(bad.read_text().replace("{{ claim }}", "{{ colour }}"))
    with pytest.raises(BadRequest, match="support cannot be used"):
        registry.take(CARLA, tmp_path, message="edited")
    assert len(registry.versions("answered")) == 1


# labels as a machine


class LabelMachine(RuleBasedStateMachine):
    """Whatever is done, a label points where its newest move says, and no move is ever lost or changed."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        file = self.folder / "machine.sqlite"
        file.unlink(missing_ok=True)
        upgrade(f"sqlite:///{file}")
        self.engine = open_database(f"sqlite:///{file}")
        self.registry = Desk(self.engine, evaluations=FakeEvaluations()).registry()
        self.where: dict[str, str | None] = {}
        self.seen = list(self.registry.history("hook"))

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(by=some.integers(1, 4))
    def save(self, by: int) -> None:
        text = self.registry.text("hook", "v1")
        self.registry.save(VERA, text.model_copy(update={"max_tokens": text.max_tokens + by}), message="m")

    @rule(label=some.sampled_from(["candidate", "mine"]), pick=some.integers(0, 9))
    def put(self, label: str, pick: int) -> None:
        versions = self.registry.versions("hook")
        self.where[label] = self.registry.label(VERA, "hook", label, versions[pick % len(versions)].version).version

    @precondition(lambda self: any(self.where.get(label) for label in ("candidate", "mine")))
    @rule()
    def take_away(self) -> None:
        label = next(label for label in ("candidate", "mine") if self.where.get(label))
        self.registry.unlabel(VERA, "hook", label)
        self.where[label] = None

    @rule(pick=some.integers(0, 9))
    def promote(self, pick: int) -> None:
        versions = self.registry.versions("hook")
        chosen = versions[pick % len(versions)]
        if "production" not in chosen.labels:
            self.registry.promote(VERA, {"hook": chosen.version}, override="because")
            self.where["production"] = chosen.version

    @rule()
    def back(self) -> None:
        try:
            self.where["production"] = self.registry.rollback(VERA, "hook", why="worse").version
        except BadRequest as refusal:
            assert "nothing to go back to" in str(refusal)

    @invariant()
    def labels_are_where_they_were_put(self) -> None:
        for label, version in self.where.items():
            holders = [each.version for each in self.registry.versions("hook") if label in each.labels]
            assert holders == ([version] if version else [])

    @invariant()
    def history_only_grows(self) -> None:
        now = list(self.registry.history("hook"))
        assert now[len(now) - len(self.seen):] == self.seen
        for newer, older in zip(now, now[1:], strict=False):
            before = next((m.version for m in now[now.index(newer) + 1:] if m.label == newer.label), None)
            assert newer.before == before and newer.move_id > older.move_id
        self.seen = now


def test_labels_and_their_history_agree_whatever_is_done(tmp_path: Path):
    LabelMachine.folder = tmp_path
    LabelMachine.TestCase.settings = settings(
        max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    LabelMachine.TestCase("runTest").runTest()
