"""Lines of any log: how well they are told apart, and what must not matter for it."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.logs import group
from pipeline.logs.masking import mask
from tests.logs import loghub
from tests.logs.invented import SYSTEMS, lines_of
from tests.logs.loghub import score

MASKED = [
    ("took 12.5 ms", "took <*>"), ("lifetime <1 sec", "lifetime <*>"), ("lifetime 00:01", "lifetime <*>"), ("1.26 KB sent", "<*> sent"),
    ("from /10.1.2.3:5050 to ::ffff:10.1.2.4", "from <*> to <*>"), ("from 5c:50:15:4c:18:13 via x", "from <*> via x"),
    ("link fe80::c6b3:1ff:fecd:467f up", "link <*> up"), ("at Fri Jun 17 20:55:07 2005 again", "at <*> again"),
    ("2025-11-04 00:44:21,728 x", "<*> x"), ("id 7d9f3f2a-1111-4222-8333-abcdefabcdef", "id <*>"), ("at 0x0b85eee0, x", "at <*>, x"),
    ("open /var/log/x.log", "open <*>"), (r"open C:\Windows\logs", "open C:<*>"), ("see https://example.org/a?b=1&c=2", "see https://<*>"),
    ("mail bob@example.org", "mail <*>"), ("block blk_-388 done", "block <*> done"), ("utf-8 and HttpServer2", "utf-8 and HttpServer2"),
    ("on www.example.com now", "on <*> now"), ("org.apache.hadoop.Server up", "org.apache.hadoop.Server up"), ("and/or I/O", "and/or I/O"),
    ("fans ( 3552 3534 3375 )", "fans ( <*> )"), ("$0.183 and 95%", "<*> and <*>"), ("instruction......7", "instruction......<*>"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_what_varies_by_its_looks_is_masked(text: str, masked: str):
    assert mask(text) == masked


def partition(lines: list[str]) -> set[frozenset[int]]:
    labels = group(lines)
    return {frozenset(n for n, label in enumerate(labels) if label == one) for one in set(labels)}


def together(*lines: str) -> bool:
    return len(set(group(lines))) == 1


@pytest.mark.parametrize("lines", [
    ["lock=1, tag=\"View Lock\", name=android, ws=null", "lock=2, tag=\"*job*\", name=com.x.y, ws=WorkSource{10111}"],
    ["labels changed to [\"a\"]", "labels changed to [\"a\", \"b\", \"c\"]"],
    ["event {\"a\": 1} queued", "event {\"a\": 1, \"b\": {\"c\": [2, 3]}} queued"],
    ["session opened for user root by (uid=0)", "session opened for user cyrus by (uid=1)"],
    ["connection from 1.2.3.4 () at noon", "connection from 1.2.3.4 (a.example.com) at noon"],
    ["panel 7 expanded false", "panel 7 expanded true"], ["worker-a1 is gone", "worker-b2 is gone"],
], ids=lambda lines: lines[0][:20])
def test_one_template(lines: list[str]):
    assert together(*lines)


@pytest.mark.parametrize("lines", [
    ["session opened for alice", "session closed for alice"], ["VM Started (Lifecycle Event)", "VM Paused (Lifecycle Event)"],
    ["instruction cache parity error", "data cache parity error"], ["cupsd startup succeeded", "klogd startup succeeded"],
    ["Task Transitioned from NEW to RUNNING", "Task Transitioned from RUNNING to DONE"], ["boot (command 1)", "halt (command 2)"],
    ["expression 'School' failed to locate a name", "expression 'User' failed to locate a name", "expression 'FeatureFlag' failed to locate a name"],
], ids=lambda lines: lines[0][:20])
def test_templates_that_differ_in_a_word(lines: list[str]):
    assert len(set(group(lines))) == len(lines)


def test_a_place_where_many_words_stand_varies():
    assert together(*[f"password refused for {name} tonight" for name in ("root", "admin", "guest", "cyrus", "news")])


def test_lines_with_the_same_traceback_are_one_whatever_was_said_before_it():
    trace = "Traceback (most recent call last):\n  File \"/app/x.py\", line {}, in f\n    g()\nNameError: name 'time' is not defined"
    assert together(f"Request 17 failed\n{trace.format(7)}", f"Worker crashed\n{trace.format(9)}",
                    json.dumps({"message": "x", "exception": {"traceback": trace.format(3)}}))


@pytest.mark.parametrize("system", SYSTEMS)
def test_systems_that_nobody_tuned_for_are_told_apart(system: str):
    said = lines_of(system)
    found = score(group(said.lines), said.labels)
    assert found.accuracy >= 0.8 and found.f1 >= 0.78


def test_systems_that_nobody_tuned_for_are_told_apart_well_on_the_whole():
    scores = [score(group(said.lines), said.labels) for said in map(lines_of, SYSTEMS)]
    assert sum(one.accuracy for one in scores) / len(scores) >= 0.93
    assert sum(one.f1 for one in scores) / len(scores) >= 0.9


@pytest.mark.skipif(not loghub.systems(), reason="no public labelled logs here: set VIVIDLY_LOGHUB to their folder")
@pytest.mark.parametrize("system", loghub.systems() or ["none"])
def test_public_logs_are_told_apart(system: str):
    log = loghub.load(system)
    found = score(group(log.lines), log.labels)
    assert found.accuracy >= 0.86 and found.f1 >= 0.86


@pytest.mark.parametrize("system", SYSTEMS)
def test_neither_order_nor_repetition_nor_a_head_matters(system: str):
    lines = list(lines_of(system, count=600).lines)
    order = list(range(len(lines)))
    random.Random(5).shuffle(order)
    apart = partition(lines)
    assert {frozenset(order[n] for n in one) for one in partition([lines[n] for n in order])} == apart
    assert {frozenset(n for n in one if n < len(lines)) for one in partition(lines + lines[:200])} == apart
    assert partition([f"2025-11-04 00:{n % 60:02d}:21,{n % 1000:03d} - __main__ - INFO - {line}" for n, line in enumerate(lines)]) == apart
    assert partition([json.dumps({"severity": "INFO", "at": n, "message": line}) for n, line in enumerate(lines)]) == apart


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_part_of_a_log_is_told_apart_as_well(system: str):
    said = lines_of(system, count=400)
    assert score(group(said.lines[:200]), said.labels[:200]).accuracy >= 0.75


@pytest.mark.parametrize("piece", ["-", ".", "a.", "{a:", "[a,", "1:", "x: failed ", "=(", "'a ", "0.a-", "\n"])
def test_a_hostile_line_is_a_line(piece: str):
    """It would take minutes with a pattern that goes back over what it has read."""
    lines = [f"{head}{piece * 3000}" for head in ("", "2025-11-04 00:00:00 ", "1 ")]
    assert len(group(lines)) == 3


def test_a_log_of_sentences_that_share_nothing_ends():
    chance = random.Random(2)
    words = [f"{a}{b}" for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "ul", "en", "ir")]
    assert len(group([" ".join(chance.choices(words, k=12)) for _ in range(2_000)])) == 2_000


ANY = st.one_of(st.text(max_size=60), st.sampled_from(["{", "[", "a=b", "{\"a\": [", "=" * 50, "<*>", "\x00", "Traceback (most recent call last)"]))


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY, max_size=12))
def test_every_line_has_a_label_and_equal_lines_the_same(lines: list[str]):
    labels = group(lines)
    assert len(labels) == len(lines)
    assert all(labels[n] == labels[lines.index(line)] for n, line in enumerate(lines))
