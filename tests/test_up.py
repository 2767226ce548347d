"""`up`: what is killed is started again, what cannot work is not."""

import pytest

from pipeline.commands.up import MOST_KILLED_SOON, SOON_SECONDS, Kept

LONG = SOON_SECONDS + 1


class Process:
    """A process that ends when it is told to."""

    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


class Story:
    """A process that is kept, and a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.started: list[Process] = []
        self.kept = Kept("worker", self.start, clock=lambda: self.now)  # type: ignore[arg-type,return-value]

    def start(self) -> Process:
        self.started.append(Process())
        return self.started[-1]

    def ends(self, code: int, *, after: float) -> int | None:
        self.now += after
        self.started[-1].code = code
        return self.kept.look()


@pytest.mark.parametrize("code", [-9, -15, 0, 1])
def test_what_ends_after_it_worked_is_started_again(code: int, capsys: pytest.CaptureFixture[str]):
    story = Story()
    assert story.kept.look() is None
    assert story.ends(code, after=LONG) is None
    assert len(story.started) == 2 and "worker ended" in capsys.readouterr().err
    assert story.kept.look() is None and story.kept.process is story.started[-1]  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_cannot_work_at_all_is_not_started_again(code: int):
    story = Story()
    assert story.ends(code, after=1) == code
    assert len(story.started) == 1


def test_what_is_killed_at_once_is_tried_a_few_times_only():
    story = Story()
    for _ in range(MOST_KILLED_SOON):
        assert story.ends(-9, after=1) is None
    assert story.ends(-9, after=1) == 9
    assert len(story.started) == MOST_KILLED_SOON + 1


def test_one_that_worked_in_between_has_all_its_tries_again():
    story = Story()
    for after in (1, 1, 1, LONG, 1, 1, 1):
        assert story.ends(-9, after=after) is None
    assert story.ends(-9, after=1) == 9
