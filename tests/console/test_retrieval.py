"""The page Retrieval: three lists with their reasons, labels, two systems query by query, runs, corpora; text stays text."""

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from console.literal import JOINER
from console.retrieval import address, figures, frames, lists, marking, one_run, systems, wording
from pipeline.config import ROOT, read_settings
from pipeline.corpora import SHIPPED, Chunk
from pipeline.evaluation import PRIMARY, Estimate, Outcome
from pipeline.search import Document, Hit
from pipeline.tables import UserRole
from pipeline.testing import FakeEmbedder
from pipeline.wiring import Wiring
from tests.console import searches, visits
from tests.console.conftest import PATIENCE_SECONDS
from tests.console.searches import HOSTILE
from tests.console.visits import press, rows, told

PAGE = ROOT / "console" / "pages" / "retrieval.py"
QUESTION = "Why does the swimmer move forward?"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wiring, "embedder", FakeEmbedder())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped topics, two books, three runs; every test gets a copy."""
    home = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wiring, "embedder", FakeEmbedder())
        wiring = Wiring(read_settings({"VIVIDLY_HOME": str(home)}))
        searches.fill(wiring)
        wiring.engine.dispose()
    return home


@pytest.fixture
def library(fake: None, filled: Path, tmp_path: Path, wiring: Wiring) -> Wiring:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return wiring


def visit(**said: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


def tables(page: AppTest) -> list[list[dict[str, Any]]]:
    """The rows of every table of the page, from top to bottom."""
    return [table.value.to_dict("records") for table in page.dataframe]


def put(page: AppTest, name: str) -> list[str]:
    value = page.query_params.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def html(page: AppTest) -> str:
    return "\n".join(str(getattr(element, "value", "")) for element in page.get("html"))


def hit(**fields: object) -> Hit:
    given = {"chunk_id": "c", "module": "m", "score": 1.0, "lexical_rank": 1, "lexical_score": 2.5, "dense_rank": None,
             "dense_score": None, "matched": ("bold",), "why": "words #1 (BM25 2.5: <b>)", **fields}
    return Hit(**given)  # type: ignore[arg-type]


def chunk(**fields: object) -> Chunk:
    return Chunk.model_validate({"chunk_id": "c", "corpus": "school", "version": "v", "module_key": "m", "title": HOSTILE,
                                 "section": HOSTILE, "kind": "paragraph", "text": HOSTILE, "licence": "<CC>", "position": 0, **fields})


class LastIsBest:
    """A judge."""

    name = "last"

    def margin(self, question: str, document: Document) -> float:
        return 0.5


# asking


def test_before_a_question_was_asked_the_page_offers_some(fake: None, wiring: Wiring) -> None:
    page = press(visit(), "example_0")
    assert put(page, "q") == ["What is inertia?"] and page.text_input(key="retrieval_q").value == "What is inertia?"
    assert html(page).count('class="hit"') == 15


def test_a_question_is_answered_in_three_lists_with_the_reason_for_each_place(library: Wiring) -> None:
    page = visit(q=QUESTION, corpus="physics")
    assert [one.value for one in page.subheader] == ["Fused", "By words", "By meaning"]
    shown = html(page)
    assert "<mark>swimmer</mark>" in shown and "words #1, BM25" in shown and "meaning #1, cosine" in shown
    assert "#1 of the fused list" in shown and "CC BY 4.0" in shown
    assert "% words" in told(page) and "read as question" in told(page)


def test_weights_and_threshold_are_moved_and_stand_in_the_address(library: Wiring) -> None:
    page = visit(q=QUESTION, corpus="physics")
    assert page.slider(key="retrieval_words").disabled
    page.segmented_control(key="retrieval_fusion").set_value("rrf").run()
    page.slider(key="retrieval_words").set_value(100).run()
    assert (put(page, "fusion"), put(page, "words")) == (["rrf"], ["100"]) and "100% words, 0% meaning" in told(page)
    page.slider(key="retrieval_threshold").set_value(99).run()
    assert put(page, "threshold") == ["99"]
    page = visit(q="Who won the cup?", corpus="physics", threshold="99")
    assert "Nothing in the library comes near enough" in told(page)


def test_filters_narrow_and_are_cleared(library: Wiring) -> None:
    page = visit(q=QUESTION, corpus=["physics", "school"], licence="CC BY 4.0", grade="9", subject="physics")
    assert "school" not in html(page) and "among subject physics" in html(page)
    press(page, "retrieval_clear")
    assert not any(put(page, name) for name in ("corpus", "licence", "grade", "subject")) and put(page, "q") == [QUESTION]


def test_a_passage_that_may_not_be_used_commercially_says_so(library: Wiring) -> None:
    assert "not for commercial use" in html(visit(q="momentum", corpus="school"))


def test_an_address_that_says_nonsense_does_not_count(library: Wiring) -> None:
    page = visit(q=QUESTION, fusion="magic", words="999", threshold="-1", limit="7", grade="40", run="x")
    assert page.slider(key="retrieval_words").value == address.USUAL_WEIGHT and html(page).count('class="hit"') == 15


def test_a_corpus_that_is_not_there_is_one_sentence(library: Wiring) -> None:
    assert visits.errors(visit(q=QUESTION, corpus="gone")) == [
        "There is no corpus gone: choose another one, or take the filter back."]


@pytest.mark.parametrize("question", ["the of and", "why " * 1200, HOSTILE])
def test_a_question_of_stop_words_or_without_end_or_of_markup_is_answered(library: Wiring, question: str) -> None:
    assert "<script>" not in html(visit(q=question, corpus="physics"))


def test_without_the_model_the_page_says_what_to_run(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIVIDLY_MODELS", str(tmp_path / "none"))
    page = visit(q=QUESTION)
    assert len(visits.errors(page)) == 1 and "models pull" in visits.errors(page)[0]


# labels


def test_a_passage_is_labelled_said_again_and_taken_back(library: Wiring) -> None:
    page = visit(q=QUESTION, corpus="physics")
    first = next(control for control in page.segmented_control if str(control.key).startswith("label_"))
    first.set_value(2).run()
    (label,) = library.labels.all()
    assert (label.query, label.corpus, label.grade, label.by) == (QUESTION, "physics", 2, "local admin")
    assert "Answers, said by local admin just now" in told(page)
    press(page, "undo")
    assert library.labels.all() == []


def test_each_passage_can_be_labelled_once_wherever_it_stands(library: Wiring) -> None:
    page = visit(q=QUESTION, corpus="physics")
    keys = [str(control.key) for control in page.segmented_control if str(control.key).startswith("label_")]
    assert len(keys) == len(set(keys)) == len(searches.MODULES)


def test_labels_stand_with_who_and_when_and_can_be_taken_along(library: Wiring) -> None:
    assert "Nobody has labelled a passage yet" in told(visit(tab=address.LABELS))
    admin = library.people.local_admin()
    passage = library.corpora.chunks("physics")[0].chunk_id
    library.labels.add(admin, query=QUESTION, corpus="physics", chunk_id=passage, grade=1)
    page = visit(tab=address.LABELS)
    (row,) = tables(page)[0]
    assert (row["Question"], row["Label"], row["Passage"], row["By"]) == (QUESTION, "Helps", passage, "local admin")
    assert "1 label of 1 question" in told(page)


def test_whoever_may_only_look_sees_why_no_label_can_be_given(library: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, library, monkeypatch)
    page = visit(q=QUESTION, corpus="physics")
    control = next(control for control in page.segmented_control if str(control.key).startswith("label_"))
    assert control.disabled and "you are viewer" in control.help


def test_the_language_model_reads_the_best_again_where_somebody_may_ask_it_to(
    library: Wiring, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Wiring, "judge", LastIsBest())
    page = visit(q=QUESTION, corpus="physics", threshold="0")
    page.toggle(key="retrieval_rerank").set_value(True).run()
    assert put(page, "rerank") == ["yes"] and "the language model&#39;s margin +0" in html(page)
    visits.become(UserRole.VIEWER, library, monkeypatch)
    page = visit(q=QUESTION, corpus="physics", rerank="yes")
    assert page.toggle(key="retrieval_rerank").disabled and "margin" not in html(page)


# two systems


def test_two_systems_stand_query_by_query_with_what_both_found(library: Wiring) -> None:
    page = visit(tab=address.SYSTEMS, run="2", one="lexical", other="dense")
    found = rows(page, "retrieval_pairs")
    assert len(found) == 8 and set(found[0]) == {"Query", "Kind", "lexical", "dense", "Difference", "Id"}
    assert "nDCG@10 of dense less lexical" in told(page) and 'class="relevant"' in html(page)
    page.selectbox(key="two_kind").set_value("why").run()
    assert {row["Kind"] for row in rows(page, "retrieval_pairs")} == {"why"} and put(page, "kind") == ["why"]
    page = visit(tab=address.SYSTEMS, run="2", query="q5")
    assert "q5" in told(page)


def test_without_a_run_of_two_systems_the_page_says_how_to_make_one(fake: None, wiring: Wiring) -> None:
    assert "python -m pipeline evaluate retrieval" in told(visit(tab=address.SYSTEMS))


# runs


def test_before_anything_was_measured_the_page_says_how_to(fake: None, wiring: Wiring) -> None:
    assert "python -m pipeline evaluate retrieval --corpus vividly" in told(visit(tab=address.RUNS))


def test_runs_of_one_set_stand_over_time_with_the_verdict_of_the_newest(library: Wiring) -> None:
    page = visit(tab=address.RUNS)
    assert len(rows(page, "retrieval_runs")) == 1 and len(page.get("plotly_chart")) == 1
    series = next(name for name in page.selectbox(key="retrieval_series").options if SHIPPED in name)
    page.selectbox(key="retrieval_series").select(series).run()
    assert [row["Run"] for row in rows(page, "retrieval_runs")] == [2, 1]
    newest = library.retrieval_runs.all(corpus=SHIPPED)[0]
    assert newest.verdict.said in told(page) and put(page, "name")


def test_a_run_is_shown_whole_and_leads_to_its_queries(library: Wiring) -> None:
    page = visit(tab=address.RUNS, run="2")
    whole, by_kind, compared = tables(page)
    assert [row["System"] for row in whole] == ["lexical", "dense", "default"]
    assert {row["Kind"] for row in by_kind} == {"why", "definition"} and {row["Against"] for row in compared} == {"lexical"}
    assert "c0ffee" in html(page) and "somebody" in html(page)
    press(page, "all_runs")
    assert not put(page, "run")


def test_a_run_with_off_topic_questions_shows_what_every_threshold_would_do(library: Wiring) -> None:
    page = visit(tab=address.RUNS, run="2")
    assert "What a threshold keeps out, and what it costs" in [one.value for one in page.subheader]
    assert page.selectbox(key="run_threshold_of").value == "default"


def test_a_run_that_is_not_there_is_one_sentence(library: Wiring) -> None:
    assert "There is no run 99" in told(visit(tab=address.RUNS, run="99"))


# corpora


def test_corpora_stand_with_licence_size_and_health_and_what_is_not_free_is_flagged(library: Wiring) -> None:
    page = visit(tab=address.CORPORA)
    found = {str(row["Corpus"]): row for row in rows(page, "retrieval_corpora")}
    assert set(found) == {SHIPPED, "physics", "school"} and {row["Index"] for row in found.values()} == {"whole"}
    assert found["school"]["Licence"] == "CC BY-NC-SA 4.0 (not for commercial use)"
    assert found["physics"]["Modules"] == 3 and found["physics"]["By"] == "command line"
    assert "The licence of school does not allow commercial use" in "".join(str(one.value) for one in page.warning).replace("\\", "").replace(JOINER, "")


def test_one_corpus_says_what_became_of_its_words_and_what_it_covers(library: Wiring) -> None:
    page = visit(tab=address.CORPORA, name="physics", corpus_coverage="true")
    modules, reasons, topics = tables(page)
    assert all(row["Words"] == row["Found"] + row["Kept apart"] + row["Left out"] + row["Lost"] for row in modules)
    assert reasons == [{"What": "note os-teacher", "Why": "for teachers", "Words": 21}]
    assert len(topics) > 40 and "topics have a passage that is near enough" in told(page)
    assert "abc123" in html(page) and "Small physics, OpenStax" in html(page)


def test_a_corpus_is_removed_and_the_shipped_one_cannot_be(library: Wiring) -> None:
    page = press(visit(tab=address.CORPORA, name="school"), "corpus_remove")
    press(page, "corpus_remove_confirm")
    assert {view.name for view in library.corpora.all()} == {SHIPPED, "physics"} and not put(page, "name")
    assert all(button.key != "corpus_remove" for button in visit(tab=address.CORPORA, name=SHIPPED).button)


# pieces


@pytest.mark.parametrize(("text", "words", "shown"), [
    ("The forces act.", ["force"], "The <mark>forces</mark> act."),
    ("<b>Force</b>", ["force"], "&lt;b&gt;<mark>Force</mark>&lt;/b&gt;"),
    ("a & b", [], "a &amp; b"), ("", ["x"], ""),
])
def test_words_are_marked_in_any_form_and_everything_is_escaped(text: str, words: list[str], shown: str) -> None:
    assert str(marking.marked(text, words)) == shown


def test_an_excerpt_has_the_first_word_that_matched_and_no_more_characters_than_asked() -> None:
    text = "word " * 100 + "swimmer pushes" + " water" * 100
    cut = marking.excerpt(text, ["swimmer"], 260)
    assert "swimmer" in cut and len(cut) <= 262 and cut.startswith("…") and cut.endswith("…")
    assert marking.excerpt("short", ["swimmer"], 260) == "short"


def test_a_card_shows_markup_as_text() -> None:
    shown = lists.card(1, hit(duplicates=("<i>",)), chunk(), why="<u>", flagged={"school"})
    assert not any(tag in shown for tag in ("<script", "<b>bold", "<u>", "<i>", "<CC>")) and "&lt;script&gt;" in shown
    assert "not for commercial use" in shown and "<mark>bold</mark>" in shown
    assert "not in the corpus any more" in lists.card(2, hit(), None, why="")


def test_what_only_one_system_found_is_said() -> None:
    outcome = Outcome(query_id="q", text="<b>", kind="why", values={PRIMARY: 1.0}, judged={"c": 2}, found=("c", "<gone>"),
                      seconds=0.1, answered=True)
    shown = systems.found(outcome, {"c": chunk()}, outcome.judged, either={"c"})
    assert shown.count("only here") == 1 and "grade 2" in shown and "&lt;gone&gt;" in shown and "<script" not in shown


@pytest.mark.parametrize(("count", "said"), [(None, "–"), (999, "999 bytes"), (1500, "1.5 KB"), (123_456_789, "123 MB"),
                                             (2_500_000_000_000, "2,500 GB")])
def test_sizes_are_said_in_plain_units(count: int | None, said: str) -> None:
    assert wording.size(count) == said


@pytest.mark.parametrize(("value", "said"), [(None, "–"), (0.0, "0.000"), (-0.0001, "0.000"), (0.1234, "+0.123"), (-0.5, "−0.500")])
def test_a_difference_has_its_sign(value: float | None, said: str) -> None:
    assert wording.signed(value) == said


def test_an_estimate_without_bounds_says_that_there_are_too_few() -> None:
    assert wording.estimate(Estimate(mean=0.5, low=None, high=None, n=1)) == "0.500 (too few)"


def test_pictures_hold_the_runs_and_differences_as_text(library: Wiring) -> None:
    runs = library.retrieval_runs.all(corpus=SHIPPED)
    figure = figures.over_time(runs, PRIMARY)
    assert [trace.name for trace in figure.data] == ["lexical", "dense", "default"] and len(figure.data[0].x) == 2
    pairs = library.retrieval_runs.pairs(2, "lexical", "dense")
    assert len(figures.differences(pairs).data[0].y) == sum(pair.difference != 0 for pair in pairs)
    one = library.retrieval_runs.one(2)
    assert list(figures.intervals(one.systems, PRIMARY).data[0].y)[-1] == max(
        one.systems, key=lambda system: system.measures[PRIMARY].mean).name


def test_a_table_taken_along_runs_nothing_in_a_spreadsheet(library: Wiring) -> None:
    run = library.retrieval_runs.one(2)
    renamed = run.systems[0].model_copy(update={"name": "=1+1"})
    (row,) = csv.DictReader(io.StringIO(one_run._csv(frames.systems_frame([renamed])).decode()))
    assert row["System"] == "'=1+1"
