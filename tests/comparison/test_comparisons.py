"""A comparison is stored whole, sent once however often, stopped, and taken up again."""

import pytest

from pipeline.comparison import Asked, State, Variant, label, spoken
from pipeline.domain import Modality, Status
from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE
from tests.comparison.conftest import MODELS, QUESTIONS, TEXT, VIDEO, Bench


def test_every_question_is_asked_in_every_variant_fresh_and_behind_the_students(bench: Bench, maker):
    view = bench.made(maker)
    assert view.state is State.RUNNING and view.decided == 0 and view.author == "product@school.org"
    assert (view.questions, view.variants) == (QUESTIONS, (TEXT, VIDEO))
    asked = [(r.student_query, r.grade_level, r.interest, r.requested_modalities, r.fresh) for r in bench.queue.asked]
    assert sorted(asked, key=repr) == sorted((
        (q.question, q.grade_level, q.interest, (variant.modality,), True) for q in QUESTIONS for variant in (TEXT, VIDEO)), key=repr)
    assert set(bench.queue.priorities) == {-10}
    first = [r.requested_modalities[0] for r in bench.queue.asked[::2]]
    assert first == [Modality.TEXT, Modality.VIDEO, Modality.TEXT]  # none is always made first


def test_one_question_waits_like_any_other(bench: Bench, maker):
    bench.made(maker, questions=QUESTIONS[:1])
    assert bench.queue.priorities == [0, 0]


def test_a_variant_says_what_differs_from_the_question(bench: Bench, maker):
    other = Variant(modality=Modality.TEXT, grade_level=4, interest="", seed=7)
    bench.made(maker, questions=QUESTIONS[1:2], variants=(TEXT, other))
    plain, changed = bench.queue.asked
    assert (plain.grade_level, plain.interest, plain.seed) == (10, "chess", 1)
    assert (changed.grade_level, changed.interest, changed.seed) == (4, None, 7)


def test_a_variant_may_pin_versions_of_prompts(bench: Bench, maker):
    pinned = Variant(modality=Modality.TEXT, prompts={"link": "b", "hook": "a"})
    view = bench.made(maker, questions=QUESTIONS[:1], variants=(TEXT, pinned))
    assert view.variants == (TEXT, pinned) and [request.prompts for request in bench.queue.asked] == [{}, pinned.prompts]
    assert (label(pinned), spoken(pinned)) == ("Text, hook@a, link@b", "the text with hook@a and link@b")


def test_a_variant_may_be_made_by_another_language_model(bench: Bench, maker):
    other = Variant(modality=Modality.TEXT, model=MODELS[1])
    view = bench.made(maker, questions=QUESTIONS[:1], variants=(TEXT, other))
    assert view.variants == (TEXT, other)
    assert [request.language_model for request in bench.queue.asked] == [None, MODELS[1]]
    assert (label(other), spoken(other)) == ("Text, small", "the text by small")


def test_made_or_sent_twice_is_one_comparison(bench: Bench, maker):
    view = bench.made(maker)
    again = bench.made(maker, questions=QUESTIONS[:1])
    assert again == view and len(bench.queue.asked) == 6
    assert [line.comparison_id for line in bench.comparisons.newest()] == ["c1"]


def test_what_broke_on_the_way_into_the_queue_is_sent_later_and_nothing_twice(bench: Bench, maker):
    bench.comparisons.create(maker, "c1", questions=QUESTIONS, variants=(TEXT, VIDEO))
    bench.queue.broken_after = 2
    with pytest.raises(ConnectionError):
        bench.comparisons.send(maker, "c1")
    assert bench.comparisons.view("c1").state is State.UNSENT
    bench.queue.broken_after = None
    assert bench.comparisons.send(maker, "c1", most=1) == 3
    assert bench.comparisons.send(maker, "c1") == 0 == bench.comparisons.send(maker, "c1")
    assert len(bench.queue.asked) == 6 == len({r.request_id for r in bench.queue.asked})
    assert bench.comparisons.view("c1").state is State.RUNNING


def test_an_answer_that_got_lost_between_queue_and_comparison_is_found_again(bench: Bench, maker):
    from sqlalchemy import update

    from pipeline.comparison.rows import ITEMS

    view = bench.made(maker)
    with bench.engine.begin() as connection:  # the process died before it wrote the id down
        connection.execute(update(ITEMS).values(request_id=None))
    bench.comparisons.send(maker, "c1")
    assert bench.comparisons.view("c1") == view and len(bench.queue.asked) == 6


def test_progress_and_the_list(bench: Bench, maker):
    view = bench.made(maker)
    bench.decide(view.request_id(1, 1))
    bench.decide(view.request_id(1, 2), Status.FAILED)
    line = bench.comparisons.newest()[0]
    assert (line.questions, line.variants, line.decided, line.state) == (3, 2, 2, State.RUNNING)
    assert bench.comparisons.view("c1").decided == 2
    for item in bench.comparisons.view("c1").items:
        if not item.decided:
            bench.decide(item.request_id)
    assert bench.comparisons.newest()[0].state is State.DONE is bench.comparisons.view("c1").state


def test_a_stop_reaches_what_is_under_way_and_holds_back_the_rest(bench: Bench, maker):
    bench.comparisons.create(maker, "c1", questions=QUESTIONS, variants=(TEXT, VIDEO))
    bench.comparisons.send(maker, "c1", most=3)
    bench.decide(bench.queue.asked[0].request_id)
    bench.comparisons.cancel(maker, "c1")
    view = bench.comparisons.view("c1")
    assert view.state is State.CANCELLED
    assert bench.comparisons.send(maker, "c1") == 0 and len(bench.queue.asked) == 3
    assert sorted(str(item.status) for item in view.items) == ["None"] * 3 + ["cancelled"] * 2 + ["completed"]


def test_taken_up_again_only_what_is_missing_is_made(bench: Bench, maker):
    view = bench.made(maker)
    good, bad = view.request_id(1, 1), view.request_id(1, 2)
    bench.decide(good)
    bench.decide(bad, Status.FAILED)
    bench.comparisons.cancel(maker, "c1")
    assert bench.comparisons.again(maker, "c1") == 5
    bench.comparisons.send(maker, "c1")
    fresh = bench.comparisons.view("c1")
    assert fresh.request_id(1, 1) == good and fresh.request_id(1, 2) != bad and fresh.state is State.RUNNING
    assert len({item.request_id for item in fresh.items}) == 6


def test_a_viewer_changes_nothing(bench: Bench, maker):
    bench.made(maker)
    viewer = bench.person("viewer")
    for act in (bench.comparisons.send, bench.comparisons.cancel, bench.comparisons.again, bench.comparisons.close):
        with pytest.raises(NotAllowed):
            act(viewer, "c1")
    with pytest.raises(NotAllowed):
        bench.comparisons.create(viewer, "c2", questions=QUESTIONS, variants=(TEXT, VIDEO))
    assert bench.comparisons.find("c2") is None


def test_what_was_done_is_in_the_log(bench: Bench, maker):
    bench.made(maker)
    bench.comparisons.cancel(maker, "c1")
    bench.comparisons.close(maker, "c1")
    bench.comparisons.close(maker, "c1")
    log = [entry.action for entry in bench.audit.entries(COMMAND_LINE, entity="comparison")]
    assert log == ["comparison.closed", "comparison.cancelled", "comparison.made"]


BAD = [
    ((TEXT,), QUESTIONS, "variants: must be 2 to 4; there are 1."),
    ((TEXT, TEXT), QUESTIONS, "variants: must differ; 'Text' stands there twice."),
    ((TEXT, Variant(modality=Modality.TEXT, model="gpt")), QUESTIONS,
     "variants: ask for the language model 'gpt', which is not on this machine; there are: large-instruct-q4, small-instruct-q4."),
    ((TEXT, VIDEO), (), "questions: must be 1 to 200; there are 0."),
    ((TEXT, VIDEO), QUESTIONS * 67, "questions: must be 1 to 200; there are 201."),
    ((TEXT, VIDEO), (*QUESTIONS, Asked(question="Hm?")), "questions: number 4: the question must have 5 to 500 characters; it has 3."),
    ((TEXT, Variant(modality=Modality.TEXT, seed=-1)), QUESTIONS, "questions: number 1: the seed must be a whole number"),
    ((TEXT, VIDEO), (Asked(question="Why is\x00 it so?"),), "questions: number 1: the question must be plain text"),
]


@pytest.mark.parametrize(("variants", "questions", "said"), BAD)
def test_what_cannot_be_compared_is_named_and_nothing_is_kept(bench: Bench, maker, variants, questions, said):
    with pytest.raises(BadRequest) as refusal:
        bench.comparisons.create(maker, "c1", questions=questions, variants=variants)
    assert str(refusal.value).startswith(said)
    assert bench.comparisons.newest() == [] and bench.queue.asked == []


def test_an_unknown_comparison_is_a_sentence(bench: Bench, maker):
    assert bench.comparisons.find("nobody") is None
    with pytest.raises(BadRequest, match="comparison: there is none with the id 'nobody'"):
        bench.comparisons.send(maker, "nobody")
