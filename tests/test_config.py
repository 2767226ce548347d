"""Settings: what the environment says wins, and what it cannot mean is refused by name."""

import pytest

from pipeline.config import read_settings
from pipeline.errors import OperatorError


@pytest.mark.parametrize(("env", "factor"), [
    ({}, 3.0),  # this machine does the work itself
    ({"VIVIDLY_FAMILY": "google"}, 1.0),
    ({"VIVIDLY_DEADLINE_FACTOR": "0"}, 0.0),
    ({"VIVIDLY_DEADLINE_FACTOR": "2.5"}, 2.5),
])
def test_deadlines_are_as_planned_for_providers_and_longer_for_this_machine(env: dict[str, str], factor: float):
    assert read_settings(env).deadline_factor == factor


@pytest.mark.parametrize(("name", "said"), [
    ("VIVIDLY_LOG", "paper"), ("VIVIDLY_LOG", ","), ("VIVIDLY_THREADS", "many"), ("VIVIDLY_THREADS", "0"), ("VIVIDLY_THREADS", "-2"),
    ("VIVIDLY_DEADLINE_FACTOR", "soon"), ("VIVIDLY_DEADLINE_FACTOR", "-1"), ("VIVIDLY_DEADLINE_FACTOR", "nan"),
    ("VIVIDLY_DEADLINE_FACTOR", "inf"),
    ("VIVIDLY_RATES", "google"), ("VIVIDLY_RATES", "google=quick"), ("VIVIDLY_RATES", "google=0"), ("VIVIDLY_RATES", "=5"),
])
def test_a_setting_that_means_nothing_is_named(name: str, said: str):
    with pytest.raises(OperatorError, match=name):
        read_settings({name: said})


def test_rates_are_read_by_family():
    assert read_settings({"VIVIDLY_RATES": "google=60, other=0.5,"}).rates == {"google": 60.0, "other": 0.5}
    assert read_settings({}).rates == {}


@pytest.mark.parametrize(("env", "project"), [
    ({}, ""), ({"GOOGLE_CLOUD_PROJECT": "theirs"}, "theirs"),
    ({"GOOGLE_CLOUD_PROJECT": "theirs", "VIVIDLY_LOG_PROJECT": " ours "}, "ours"),
])
def test_the_project_of_the_logs_is_its_own_setting_or_googles(env: dict[str, str], project: str):
    assert read_settings(env).log_project == project


def test_logs_go_to_files_and_wherever_else_is_said():
    assert read_settings({}).log == ("file",)
    assert read_settings({"VIVIDLY_LOG": "stdout, cloud"}).log == ("stdout", "cloud")
