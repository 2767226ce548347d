"""The page Prompts: the registry, one prompt in its parts, the playground and replays; text of models and people stays text."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from console.prompts import address, drafts, faults, listing, made, marking, service, variants
from pipeline.comparison import Variant
from pipeline.config import ROOT, read_settings
from pipeline.domain import Modality, Origin, Sentence, Stage
from pipeline.experiments import Experiments, Proofs
from pipeline.prompts import Fault, diff
from pipeline.registry import PRODUCTION, Evidence, Version
from pipeline.tables import UserRole
from pipeline.wiring import Wiring
from tests.console import lessons, prompted, visits
from tests.console.conftest import PATIENCE_SECONDS, Queue
from tests.console.prompted import HOSTILE
from tests.console.visits import press, rows, told

PAGE = ROOT / "console" / "pages" / "prompts.py"


class Again:
    """The queue that runs requests again: it keeps what it was asked for."""

    def __init__(self, wiring: Wiring) -> None:
        self.asked: list[tuple[str, Stage | None, dict[str, str]]] = []
        self._wiring = wiring

    def __call__(self, request_id: str, from_stage: Stage | None = None, *, asked_by: str | None = None,
                 prompts: dict[str, str] | None = None) -> str:
        self.asked.append((request_id, from_stage, dict(prompts or {})))
        fresh = f"again-{len(self.asked)}"
        self._wiring.record.accept(lessons.request(fresh, prompts=prompts or {}))
        return fresh


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose hook has a second version, and a request that asked with the first; every test gets a copy."""
    home = tmp_path_factory.mktemp("prompted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wiring, "token_counter", prompted.Words())
        wiring = Wiring(read_settings({"VIVIDLY_HOME": str(home)}))
        prompted.saved(wiring)
        prompted.asked(wiring)
        wiring.engine.dispose()
    return home


@pytest.fixture
def library(
    filled: Path, tmp_path: Path, wiring: Wiring, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> Wiring:
    monkeypatch.setattr(Wiring, "token_counter", prompted.Words())
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    request.getfixturevalue("queue")  # opens the database, so only now
    return wiring


@pytest.fixture
def newest(library: Wiring) -> Version:
    """The second version of hook."""
    return library.registry.versions("hook")[0]


def visit(**said: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


def put(page: AppTest, name: str) -> list[str]:
    value = page.query_params.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def html(page: AppTest) -> str:
    return "\n".join(str(getattr(element, "value", "")) for element in page.get("html"))


def tables(page: AppTest) -> list[list[dict[str, Any]]]:
    """The rows of every table of the page, from top to bottom."""
    return [table.value.to_dict("records") for table in page.dataframe]


def look_at(page: AppTest, part: str) -> AppTest:
    """Another part of the same prompt."""
    page.query_params["part"] = part
    return page.run()


def metrics(page: AppTest) -> dict[str, str]:
    return {str(one.label): str(one.value) for one in page.metric}


# the list


def test_every_prompt_stands_with_its_stage_its_versions_and_who_changed_it_last(library: Wiring) -> None:
    found = {row["Prompt"]: row for row in rows(visit(), "prompts_table")}
    assert {"nlu", "hook", "link", "support", "answered", "relevant"} <= set(found)
    hook = found["hook"]
    count = len(library.registry.versions("hook"))
    assert (hook["Stage"], hook["Versions"], hook["By"]) == ("Write", count, "command line")
    assert hook["Production"] == library.registry.version("hook", PRODUCTION).version and found["link"]["By"] == "shipped"


def test_the_list_is_searched_filtered_and_ordered_and_the_address_says_so(library: Wiring) -> None:
    page = visit(q="opens lesson")
    assert [row["Prompt"] for row in rows(page, "prompts_table")] == ["hook"]
    page.selectbox(key="prompts_stage").set_value("Understand the question").run()
    assert "No prompt fits the filter." in told(page) and put(page, "stage") == ["Understand the question"]
    press(page, "prompts_clear")
    page.selectbox(key="prompts_sort").set_value("versions").run()
    assert rows(page, "prompts_table")[0]["Prompt"] == "hook" and put(page, "sort") == ["versions"]


@pytest.mark.parametrize("said", [{"prompt": HOSTILE}, {"prompt": "hook", "version": HOSTILE, "one": "x", "part": "?"},
                                  {"tab": address.PLAYGROUND, "comparison": HOSTILE}, {"tab": address.PLAYGROUND, "replay": HOSTILE},
                                  {"sort": "x", "stage": HOSTILE, "label": HOSTILE}])
def test_an_address_that_says_nonsense_does_no_harm(library: Wiring, said: dict[str, Any]) -> None:
    page = visit(**said)
    assert not page.exception and "<script>" not in html(page)


# one prompt


def test_a_version_stands_with_its_variables_marked_its_settings_and_where_it_comes_from(library: Wiring, newest: Version) -> None:
    page = visit(prompt="hook", version=newest.version)
    assert 'class="variable" title="The variable topic"' in html(page) and f"v{newest.number} · " in html(page) and "v1 · " in html(page)
    assert "Shorter questions" in told(page) and "48" in html(page)
    page.selectbox(key="choose_version").set_value(newest.parent).run()
    assert put(page, "version") == [newest.parent]


def test_history_has_versions_and_every_move_of_a_label(library: Wiring) -> None:
    page = visit(prompt="hook", part=address.HISTORY)
    assert next((row["No."], row["Message"]) for row in rows(page, "prompt_versions")) == (
        f"v{library.registry.versions('hook')[0].number}", "Shorter questions")
    page = press(page, "prompt_label")
    page.selectbox(key="label_name").set_value("candidate")
    page.text_input(key="label_why").set_value("worth a look")
    next(button for button in page.button if button.label == "Put it").click().run()
    assert library.registry.labelled("candidate")["hook"] == library.registry.versions("hook")[0].version
    assert [tables(page)[1][0][column] for column in ("Label", "Why")] == ["candidate", "worth a look"]
    press(page, "undo")
    assert library.registry.versions("hook")[0].labels == ()


def test_two_versions_stand_word_by_word_and_can_be_swapped(library: Wiring) -> None:
    page = visit(prompt="hook", part=address.DIFFERENCE)
    assert "<ins> Use at most ten words.</ins>" in html(page) and "The same in both: told to the model" in told(page)
    press(page, "difference_swap")
    assert "<del> Use at most ten words.</del>" in html(page)


# editing


def test_what_is_typed_is_checked_with_its_place_and_kept_while_one_looks_elsewhere(library: Wiring) -> None:
    page = visit(prompt="hook", part=address.EDIT)
    page.text_area(key="edit_user").set_value("Topic: {{ topic }}\nAsk about {{ weather }}.").run()
    assert "<b>Asked, line 2</b>" in html(page) and "weather" in html(page) and page.button(key="edit_submit").disabled
    assert [metric.label for metric in look_at(page, address.PREVIEW).metric] == []  # it cannot be filled in
    look_at(page, address.EDIT)
    assert "weather" in page.text_area(key="edit_user").value
    page = press(page, "edit_drop")
    assert "weather" not in page.text_area(key="edit_user").value and "Nothing is wrong" in told(page)


@pytest.mark.parametrize(("field", "value", "place"), [
    ("stop", "[", "Stops at"), ("schema", "{]", "Form of the answer"), ("stop", '"x"', "Stops at"), ("system", "", "Told to the model"),
])
def test_fields_that_are_no_prompt_are_refused_with_their_place(library: Wiring, field: str, value: str, place: str) -> None:
    page = visit(prompt="hook", part=address.EDIT)
    fields = page.text_area if field in ("system", "schema") else page.text_input
    fields(key=f"edit_{field}").set_value(value).run()
    assert f"<b>{place}" in html(page) and all(button.key != "edit_submit" for button in page.button)


def test_a_change_becomes_a_version_only_with_a_message(library: Wiring) -> None:
    page = visit(prompt="link", part=address.EDIT)
    page.number_input(key="edit_max_tokens").set_value(60).run()
    press(page, "edit_submit")
    assert visits.errors(page) and library.registry.versions("link")[0].text.max_tokens != 60
    page.text_input(key="edit_message").set_value("Shorter").run()
    press(page, "edit_submit")
    version = library.registry.versions("link")[0]
    assert (version.text.max_tokens, version.message, version.author, version.labels) == (60, "Shorter", "local admin", ())
    assert put(page, "version") == [version.version] and version.version in html(page)


# preview


def test_a_version_is_filled_in_with_what_a_real_request_filled_in(library: Wiring, newest: Version) -> None:
    page = visit(prompt="hook", part=address.PREVIEW, version=newest.version)
    assert metrics(page)["Tokens to read"].isdigit()
    page.selectbox(key="preview_request").set_value("asked").run()
    assert put(page, "request") == ["asked"]
    assert "Topic: Newton&#39;s third law" in html(page) and "&lt;script&gt;alert(1)&lt;/script&gt;" in html(page)
    assert "<ins> Use at most ten words.</ins>" in html(page)


def test_what_is_being_typed_is_previewed(library: Wiring) -> None:
    page = visit(prompt="hook", part=address.EDIT)
    page.text_area(key="edit_user").set_value("{{ topic }} {{ summary }} {{ interest }} {{ scene }} {{ lesson }} Go.").run()
    assert "Go.</pre>" in html(look_at(page, address.PREVIEW))


# in service


def test_a_version_goes_into_production_with_a_reason_and_comes_back(library: Wiring, newest: Version) -> None:
    page = press(visit(prompt="hook", part=address.SERVICE), "prompt_promote")
    press(page, "promote_submit")
    assert visits.errors(page) and library.registry.version("hook", PRODUCTION).version == newest.parent
    page.segmented_control(key="promote_way").set_value("No evaluation, and a reason").run()
    page.text_input(key="promote_reason").set_value("Urgent, <b>seen</b> by two").run()
    press(page, "promote_submit")
    assert library.registry.version("hook", PRODUCTION).version == newest.version
    assert "No evaluation speaks for it. local admin took it on themselves: Urgent, <b>seen</b> by two" in told(page)
    page = press(page, "prompt_back")
    page.text_input(key="back_why").set_value("Worse").run()
    press(page, "back_submit")
    assert library.registry.version("hook", PRODUCTION).version == newest.parent and "Worse" in told(page)


def test_a_version_goes_into_production_by_an_evaluation_and_a_pair_together(
    library: Wiring, newest: Version, monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = prompted.saved(library, "link", max_tokens=64)
    library.registry.label(library.people.local_admin(), "link", "candidate", link.version)
    monkeypatch.setattr(Experiments, "newest", lambda *_, **__: [prompted.RUN])
    monkeypatch.setattr(Proofs, "evidence", lambda _, run_id, prompts: Evidence(
        run_id=run_id, passed=len(prompts) == 2, said="Better beyond chance."))
    page = press(visit(prompt="hook", part=address.SERVICE), "prompt_promote")
    page.selectbox(key="promote_run").set_value(prompted.RUN.run_id).run()
    press(page, "promote_submit")
    assert "did not pass" in visits.errors(page)[0]
    page.multiselect(key="promote_with").set_value([f"link · candidate · {link.version}"]).run()
    press(page, "promote_submit")
    assert library.registry.labelled(PRODUCTION)["hook"] == newest.version and library.registry.labelled(PRODUCTION)["link"] == link.version
    assert "The evaluation run-1 speaks for it: Better beyond chance." in told(page)


def test_where_two_have_to_agree_the_promotion_waits_and_can_be_withdrawn(
    library: Wiring, newest: Version, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIVIDLY_SECOND_PERSON", "1")
    registry = Wiring(read_settings()).registry
    assert registry.second_person
    registry.promote(library.people.local_admin(), {"hook": newest.version}, override="Urgent")
    page = visit()
    assert "local admin wants hook@" in told(page) and "Without an evaluation: Urgent" in told(page)
    press(page, "approve_1")
    assert "Needs a second person" in visits.errors(page)[0]
    page = press(page, "withdraw_1")
    page.text_input(key="withdraw_why").set_value("Not now").run()
    press(page, "withdraw_submit")
    assert library.registry.promotions(waiting=True) == [] and "local admin wants" not in told(page)


def test_a_split_is_started_looked_at_and_stopped(library: Wiring, newest: Version) -> None:
    page = press(visit(prompt="hook", part=address.SERVICE), "split_start")
    page.number_input(key="split_share_0").set_value(20).run()
    page.text_input(key="split_why").set_value("Are shorter ones better?").run()
    assert "80 % of the students stay with production." in told(page)
    press(page, "split_submit")
    (split,) = library.registry.splits()
    assert [(arm.share, arm.prompts["hook"]) for arm in split.shares.arms] == [(80, newest.parent), (20, newest.version)]
    assert [row["Share"] for row in tables(page)[0]] == ["80 %", "20 %"] and "Are shorter ones better?" in told(page)
    page = press(page, "split_stop")
    page.text_input(key="stop_why").set_value("Seen enough").run()
    press(page, "stop_submit")
    assert not library.registry.splits()[0].open and "Seen enough" in told(page)


def test_whoever_may_only_look_sees_why_nothing_can_be_changed(library: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, library, monkeypatch)
    for part, key in ((address.HISTORY, "prompt_label"), (address.SERVICE, "prompt_promote"), (address.SERVICE, "split_start")):
        button = visit(prompt="hook", part=part).button(key=key)
        assert button.disabled and "you are viewer" in button.help
    assert visit(tab=address.PLAYGROUND).button(key="playground_go").disabled


# the playground


def test_variants_are_made_through_the_queue_with_their_versions_pinned(library: Wiring, queue: Queue, newest: Version) -> None:
    page = press(visit(prompt="hook", version=newest.version), "prompt_try")
    assert page.session_state[address.TAB] == address.PLAYGROUND and put(page, "try") == [f"hook@{newest.version}"]
    page.text_area(key="playground_questions").set_value("Why does a rocket rise?\nWhat is inertia?").run()
    page = press(page, "playground_go")
    assert [request.prompts for request in queue.submitted if request.student_query.startswith("Why")] == [
        {"hook": newest.parent}, {"hook": newest.version}]
    assert len(queue.submitted) == 4 and all(request.fresh for request in queue.submitted)
    assert "production" in told(page) and f"hook@{newest.version}" in told(page) and "0 of 4 texts decided" in told(page)
    press(page, "trial_cancel")
    assert all(library.record.view(request.request_id).cancel_requested for request in queue.submitted)


def test_variants_that_do_not_differ_are_refused(library: Wiring, queue: Queue) -> None:
    page = visit(tab=address.PLAYGROUND)
    page.selectbox(key="playground_label_1").set_value("production")
    page.text_area(key="playground_questions").set_value("Why does a rocket rise?").run()
    assert "must differ" in visits.errors(press(page, "playground_go"))[0] and queue.submitted == []


def test_texts_grow_side_by_side_and_the_words_that_differ_are_marked(library: Wiring, newest: Version) -> None:
    pair = [Variant(modality=Modality.TEXT, prompts={"hook": one}) for one in (newest.parent or "", newest.version)]
    view = library.comparisons.create(library.people.local_admin(), "trial", questions=[prompted.QUESTION], variants=pair)
    library.comparisons.send(library.people.local_admin(), "trial")
    first, second = (library.comparisons.view("trial").request_id(1, number) for number in (1, 2))
    library.record.begin(first)
    library.record.note(first, draft="# Rockets\n\n<b>It</b> rises", progress=0.4)
    page = visit(tab=address.PLAYGROUND, comparison="trial")
    assert "&lt;b&gt;It&lt;/b&gt; rises" in html(page) and "Waits for a worker." in told(page)
    prompted.decide(library, first, prompted.book(library), "Why does it rise?")
    library.record.begin(second)
    prompted.decide(library, second, prompted.book(library), f"Why does it fall? {HOSTILE}")
    page = visit(tab=address.PLAYGROUND, comparison=view.comparison_id)
    assert "Why does it <ins>fall</ins>?" in html(page) and "<script>" not in html(page) and "dropped: not supported" in html(page)
    assert "2 of 2 texts decided" in told(page) and "$" in told(page)


def test_a_recorded_stage_is_repeated_with_another_version_beside_what_it_was(
    library: Wiring, queue: Queue, newest: Version, monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = Again(library)
    monkeypatch.setattr(queue, "run_again", again, raising=False)
    page = visit(tab=address.PLAYGROUND)
    page.segmented_control(key="playground_source").set_value("A recorded request").run()
    page.selectbox(key="replay_request").set_value("asked").run()
    assert put(page, "replay") == ["asked"]
    page.multiselect(key="replay_picked_0").set_value([("hook", newest.version)]).run()
    page = press(page, "replay_go")
    ((request_id, stage, pins),) = again.asked
    assert (request_id, stage, pins["hook"]) == ("asked", Stage.SCRIPT, newest.version) and "link" in pins and "nlu" not in pins
    assert put(page, "made") == ["again-1"] and "As it was" in told(page) and f"hook@{newest.version}" in told(page)
    press(page, "replay_cancel_again-1")
    assert library.record.view("again-1").cancel_requested


def test_without_a_recorded_request_the_page_says_what_to_do(wiring: Wiring, queue: Queue) -> None:
    page = visit(tab=address.PLAYGROUND)
    page.segmented_control(key="playground_source").set_value("A recorded request").run()
    assert "Make a lesson first" in told(page)


# pieces


@pytest.mark.parametrize(("text", "shown"), [
    ("{{ topic }}", '<mark class="variable" title="The variable topic">{{ topic }}</mark>'),
    ("{{ weather }}", '<mark class="strange" title="Not declared">{{ weather }}</mark>'),
    ("{% for card in cards %}{{ card.title }}{% endfor %}", "carried out, not said\">{{ card.title }}</i>"),
    ("<b>{{ topic|upper }}</b>", "&lt;b&gt;<mark"), ("{{ 'weather' ~ topic }}", "The variable topic"), ("a { b", "a { b"),
])
def test_the_variables_of_a_template_are_marked_and_everything_is_escaped(text: str, shown: str) -> None:
    assert shown in marking.template(text, ["topic"])


@pytest.mark.parametrize(("chosen", "pins"), [
    ([{}, {"hook": "b"}], [{"hook": "a"}, {"hook": "b"}]),
    ([{"hook": "a", "link": "l"}, {"hook": "b", "link": "l"}], [{"hook": "a"}, {"hook": "b"}]),
    ([{"hook": "b"}, {"link": "m"}], [{"hook": "b", "link": "l"}, {"hook": "a", "link": "m"}]), ([{}, {}], [{}, {}]),
])
def test_variants_pin_every_version_that_any_of_them_changes(chosen: list[dict[str, str]], pins: list[dict[str, str]]) -> None:
    assert variants.pinned(chosen, {"hook": "a", "link": "l"}) == pins


@pytest.mark.parametrize(("pins", "name"), [
    ({"hook": "a"}, "production"), ({"hook": "b", "link": "m"}, "plain"), ({"hook": "b", "link": "l"}, "hook@b + link@l"), ({}, "production"),
])
def test_versions_are_called_by_the_label_that_all_of_them_have(pins: dict[str, str], name: str) -> None:
    assert variants.called(pins, {"plain": {"hook": "b", "link": "m"}, "production": {"hook": "a", "link": "l"}}) == name


@pytest.mark.parametrize(("place", "words"), [
    ("user:3", "Asked, line 3"), ("variables.weather", "Variables, weather"), ("schema.properties.topic", "Form of the answer, properties.topic"),
    ("name", "name"),
])
def test_a_place_is_said_in_words(place: str, words: str) -> None:
    assert faults.place(place) == words and "<b>" in faults.as_html([Fault(place=place, said=HOSTILE)])


def test_an_empty_answer_of_the_model_is_no_sentence() -> None:
    assert made.said([Sentence(text="", origin=Origin.DROPPED), Sentence(text="The book.", origin=Origin.BOOK)]) == ""
    assert str(marking.added(diff("a b", "a c"))) == "a <ins>c</ins>"


def test_drafts_differ_from_their_version_only_when_something_was_typed(library: Wiring, newest: Version) -> None:
    draft = drafts.of(newest)
    assert draft.read("hook") == newest.text and draft == drafts.of(newest)


def test_a_prompt_without_moves_has_no_way_back(library: Wiring) -> None:
    assert service.earlier(library.registry.history("link")) == [] and service.earlier([]) == []
    assert [entry.name for entry in listing.fitting(library.registry.entries(), label="gone")] == []
