"""What is learned of error lines: one group for one cause, never another one tomorrow, and never too much of it."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import OperatorError
from pipeline.logs import Cause, Templates, cause, templates
from pipeline.logs.entry import Entry
from tests.logs.faulty import told

NOUNS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon".split()
TRACE = 'Traceback (most recent call last):\n  File "/app/app/{}.py", line 7, in {}\n    value = call()\nKeyError: \'topic_id\''


def of(message: str, trace: str = "") -> Cause:
    return cause(Entry("1", 0.0, "ERROR", message, trace))


def groups(learned: Templates, messages: list[str]) -> list[str]:
    return [learned.settle(of(message)).fingerprint for message in messages]


def test_texts_alike_are_groups_of_their_own_until_there_are_many_and_then_the_oldest_takes_the_rest():
    found = groups(Templates(), [f"no voice for speaker {noun} in this language" for noun in NOUNS])
    assert len(set(found[:16])) == 16
    assert set(found[16:]) == {found[0]}


def test_names_in_quotes_say_why_and_stay_apart():
    assert len(set(groups(Templates(), [f"expression '{noun}' failed to locate a name" for noun in NOUNS]))) == len(NOUNS)


def test_a_group_keeps_its_fingerprint_when_it_takes_more():
    learned = Templates()
    before = groups(learned, [f"no voice for speaker {noun} in this language" for noun in NOUNS[:16]])
    groups(learned, [f"no voice for speaker {noun} in this language" for noun in NOUNS])
    assert groups(learned, [f"no voice for speaker {noun} in this language" for noun in NOUNS[:16]]) == before


WORDS = st.sampled_from("disk quota voice lesson stuck lost while after reading writing 'A' 'B' 'C' the a in of".split())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), max_size=80), st.data())
def test_what_was_learned_never_changes_and_survives_being_kept_at_any_point(messages: list[str], data: st.DataObject):
    learned, again = Templates(), Templates()
    first = groups(learned, messages)
    cut = data.draw(st.integers(0, len(messages)))
    early = groups(again, messages[:cut])
    again = Templates.load(again.dump())
    assert early + groups(again, messages[cut:]) == first
    assert groups(learned, messages) == first


def test_the_version_grows_only_with_what_is_new():
    learned = Templates()
    learned.settle(of("the disk is full"))
    version = learned.version
    learned.settle(of("the disk is full"))
    assert learned.version == version > 0


@pytest.mark.parametrize("traced_first", [True, False])
def test_with_and_without_a_traceback_is_one_group(traced_first: bool):
    forms = [of("it broke", TRACE.format("nlu", "read")), of("Request 17 failed: 'topic_id'")]
    learned = Templates()
    assert len({learned.settle(form).fingerprint for form in (forms if traced_first else forms[::-1])}) == 1


def test_the_same_words_from_two_places_are_two_groups_whatever_came_before():
    learned = Templates()
    learned.settle(of("Request 17 failed: 'topic_id'"))
    nlu, script = (learned.settle(of("", TRACE.format(name, "read"))).fingerprint for name in ("nlu", "script"))
    assert nlu != script


def test_texts_that_never_repeat_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(templates, "MOST_TEXTS", 500)
    chance, learned = random.Random(3), Templates()
    said = [" ".join(chance.choice(NOUNS) for _ in range(chance.randint(2, 9))) for _ in range(5000)]
    found = groups(learned, said)
    assert len(json.loads(learned.dump())["texts"]) == 500
    assert found == groups(learned, said)
    assert len(set(found)) < 1000


def test_a_state_that_cannot_be_read_is_told():
    with pytest.raises(OperatorError, match="restore the database"):
        Templates.load('{"texts": 3}')


def test_days_read_one_by_one_give_the_groups_of_all_read_at_once():
    log = [cause(line.entry) for line in told(count=3000) if line.cause]
    whole, daily = Templates(), Templates()
    at_once = [whole.settle(one).fingerprint for one in log]
    by_day: list[str] = []
    for start in range(0, len(log), 100):
        daily = Templates.load(daily.dump())
        by_day += [daily.settle(one).fingerprint for one in log[start:start + 100]]
    assert by_day == at_once
