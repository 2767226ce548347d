"""Verdicts over histories made by hand: what may be called hidden, and what was simply brought."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.deployments import Deploy, Exposed, Kind, Verdict
from pipeline.deployments.eras import Eras
from pipeline.deployments.history import History, Known, Struck
from pipeline.deployments.judging import judge
from tests.deployments.story import BEGAN, HOUR

JOB = frozenset({"worker"})


def history(exposed: Sequence[int], groups: Mapping[str, Sequence[int]], **known: dict[str, frozenset[str] | str]) -> History:
    """Executions in each era, and how many of them each group struck."""
    deploys = [Deploy(build=f"b{number}", at=BEGAN + number * HOUR) for number in range(1, len(exposed))]
    return History(
        eras=Eras(deploys, {}), exposed=[Exposed(executions=n, minutes=n, lines=n * 5) for n in exposed],
        groups={name: Known.model_validate({"fingerprint": name, "title": name, "jobs": JOB, **known.get(name, {})}) for name in groups},
        struck={name: [Struck(lines=n, executions=n, minutes=n) for n in counts] for name, counts in groups.items()},
        old_lines=[0] * len(exposed))


def verdict(exposed: Sequence[int], groups: Mapping[str, Sequence[int]], era: int = 1, **known) -> Verdict:
    return judge(history(exposed, groups, **known), era)


def names(fates) -> list[str]:
    return [fate.fingerprint for fate in fates]


def test_what_a_fault_of_every_execution_hid_is_unmasked():
    found = verdict((3, 1), {"first": (3, 0), "second": (0, 1)})
    assert (found.kind, names(found.unmasked), names(found.fixed)) == (Kind.UNMASKED, ["second"], ["first"])
    assert found.fixed[0].why == "What it had stopped every time got further since."


def test_what_enough_executions_had_passed_by_without_showing_is_new():
    """60 of 100 were not stopped, and none of them showed it: it was not there."""
    found = verdict((100, 30), {"first": (40, 0), "second": (0, 20)})
    assert (found.kind, names(found.broke), names(found.unmasked)) == (Kind.REGRESSED, ["second"], [])


def test_a_fault_that_stopped_few_hides_nothing():
    found = verdict((10, 10), {"first": (2, 0), "second": (0, 10)})
    assert found.kind is Kind.REGRESSED


def test_a_fault_of_another_job_hides_nothing():
    found = verdict((3, 3), {"first": (3, 0), "second": (0, 3)}, first={"jobs": frozenset({"api"})})
    assert found.kind is Kind.REGRESSED


def test_a_fault_of_a_job_hides_nothing_of_a_writer_without_one():
    found = verdict((3, 3), {"first": (3, 0), "second": (0, 3)}, second={"jobs": frozenset()})
    assert found.kind is Kind.REGRESSED


def test_where_no_writer_names_its_job_all_are_one():
    bare = {"jobs": frozenset[str]()}
    assert verdict((3, 3), {"first": (3, 0), "second": (0, 3)}, first=bare, second=bare).kind is Kind.UNMASKED


def test_a_single_error_of_another_kind_in_thirty_executions_was_not_hidden():
    found = verdict((3, 30), {"first": (3, 0), "second": (0, 1)})
    assert (found.kind, names(found.fixed), names(found.rare)) == (Kind.CLEAN, ["first"], ["second"])


@pytest.mark.parametrize(("first", "second", "kind"), [
    ("nlu", "video", Kind.UNMASKED), ("script", "script", Kind.UNMASKED),
    ("video", "nlu", Kind.REGRESSED),  # what is made last cannot stop what is made first
])
def test_a_later_stage_hides_no_earlier_one(first: str, second: str, kind: Kind):
    found = verdict((3, 3), {"first": (3, 0), "second": (0, 3)},
                    first={"stages": frozenset({first})}, second={"stages": frozenset({second})})
    assert found.kind is kind


def test_of_two_that_went_the_one_that_stopped_more_had_hidden_it():
    found = verdict((10, 10), {"most": (10, 0), "half": (6, 0), "second": (0, 10)})
    assert [fate.unmasked_by for fate in found.unmasked] == ["most"]


def test_of_equals_the_one_of_the_same_kind_had_hidden_it():
    found = verdict((4, 4), {"alike": (4, 0), "other": (4, 0), "second": (0, 4)},
                    alike={"exception": "InvalidRequestError"}, second={"exception": "InvalidRequestError"})
    assert [fate.unmasked_by for fate in found.unmasked] == ["alike"]


def test_what_was_seen_long_ago_is_not_unmasked():
    found = verdict((3, 3, 3), {"first": (0, 3, 0), "second": (1, 0, 3)}, era=2)
    assert found.unmasked == () and found.kind is Kind.REGRESSED


def test_a_rare_fault_that_goes_on_does_not_take_clean_away():
    found = verdict((400, 400), {"hot": (400, 0), "rare": (4, 3)})
    assert (found.kind, names(found.fixed), names(found.still)) == (Kind.CLEAN, ["hot"], ["rare"])
    assert "As before: “rare”" in found.reason


def test_a_frequent_fault_that_goes_on_does():
    found = verdict((40, 40), {"hot": (40, 0), "also": (20, 18)})
    assert found.kind is Kind.SAME and names(found.fixed) == ["hot"] and "Fixed: “hot”" in found.reason


def test_a_single_error_of_a_new_kind_among_hundreds_is_told_and_decides_nothing():
    found = verdict((500, 400), {"new": (0, 1)})
    assert (found.kind, names(found.rare)) == (Kind.CLEAN, ["new"])


def test_a_deploy_that_nothing_ran_in_fixes_nothing_and_the_next_one_does():
    exposed, groups = (5, 0, 30), {"hot": (5, 0, 0)}
    first, second = (verdict(exposed, groups, era) for era in (1, 2))
    assert (first.kind, first.fixed, first.more_needed) == (Kind.TOO_EARLY, (), 5)
    assert (second.kind, names(second.fixed)) == (Kind.CLEAN, ["hot"])


COUNTS = some.integers(0, 40)
ERA_COUNTS = some.lists(COUNTS, min_size=3, max_size=3)


@settings(max_examples=300, deadline=None)
@given(exposed=ERA_COUNTS, groups=some.lists(ERA_COUNTS, max_size=5), era=some.integers(1, 2))
def test_every_group_has_one_fate_and_clean_is_never_said_too_early(exposed: list[int], groups: list[list[int]], era: int):
    held = {f"g{number}": [min(count, of) for count, of in zip(counts, exposed, strict=True)] for number, counts in enumerate(groups)}
    found = verdict(exposed, held, era)
    told = [name for part in ("fixed", "broke", "unmasked", "still", "gone", "rare") for name in names(getattr(found, part))]
    assert len(told) == len(set(told))
    assert {name for name, counts in held.items() if counts[era]} <= set(told)
    assert not {name for name in names(found.fixed) if held[name][era]}
    assert {fate.unmasked_by for fate in found.unmasked} <= set(names((*found.fixed, *found.gone)))
    if found.kind is Kind.CLEAN:
        assert exposed[era] > 2 or sum(exposed[era:]) > 2
        assert not found.broke and not found.unmasked and found.more_needed == 0
    assert (found.kind is Kind.TOO_EARLY) == (found.more_needed > 0 and not (found.broke or found.unmasked) and found.kind is not Kind.SAME)
    assert found.reason


@settings(max_examples=100, deadline=None)
@given(before=some.integers(1, 60), quiet=some.integers(0, 80))
def test_more_quiet_executions_never_make_it_less_sure(before: int, quiet: int):
    kinds = [verdict((before, n), {"hot": (before, 0)}).more_needed for n in (quiet, quiet + 1)]
    assert kinds[1] == max(0, kinds[0] - 1)
