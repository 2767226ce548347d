"""A model is left as soon as the bill says so, even while it is silent."""

import threading
from decimal import Decimal

import pytest

from pipeline.bill import HICCUPS, WAITS_SECONDS, Attentive, Bill
from pipeline.domain import Unit, Usage
from pipeline.errors import Cancelled, DeadlinePassed, Hiccup, ProviderResting, ProviderUnavailable, UnusableOutput
from pipeline.ports import Listener, Paid, Prompt
from pipeline.testing import QuietJournal

PROMPT = Prompt(name="hook", version="1", system="Be brief.", user="Why?", max_tokens=10)


class Stopped(QuietJournal):
    """Somebody asks to stop at `cancel`."""

    def __init__(self) -> None:
        self.stop = False

    def cancel(self) -> None:
        self.stop = True

    def cancelled(self) -> bool:
        return self.stop


class Silent:
    """A model that says nothing before it is let go."""

    family, name = "fake", "silent"

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()
        self.heard_stop: list[bool] = []
        self.ended = threading.Event()

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        self.asked.set()
        assert self.let_go.wait(30)
        assert hear is not None
        self.heard_stop.append(not hear("word"))
        self.ended.set()
        return Paid(value="word")

    def margin(self, prompt: Prompt) -> Paid[float]:
        self.asked.set()
        assert self.let_go.wait(30)
        return Paid(value=1.0)


class Broken(Silent):
    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        raise self.fault


@pytest.mark.parametrize("asking", ["complete", "margin"])
def test_a_silent_model_is_left_when_somebody_cancels(asking: str):
    journal, model = Stopped(), Silent()
    threading.Thread(target=lambda: (model.asked.wait(30), journal.cancel()), daemon=True).start()
    with pytest.raises(Cancelled):
        getattr(Attentive(model, Bill(journal)), asking)(PROMPT)
    assert not model.let_go.is_set()  # it was silent all the time
    model.let_go.set()


def test_a_model_that_was_left_stops_at_its_next_word_and_nobody_hears_it():
    journal, model, heard = Stopped(), Silent(), list[str]()
    threading.Thread(target=lambda: (model.asked.wait(30), journal.cancel()), daemon=True).start()
    with pytest.raises(Cancelled):
        Attentive(model, Bill(journal)).complete(PROMPT, lambda text: bool(heard.append(text)) or True)
    model.let_go.set()
    assert model.ended.wait(30)
    assert model.heard_stop == [True]
    assert heard == []


def test_a_silent_model_is_left_when_its_time_is_over():
    model = Silent()

    def due() -> None:
        if model.asked.is_set():
            raise DeadlinePassed("The stage script took longer than 120 seconds.")

    with pytest.raises(DeadlinePassed, match="120"):
        Attentive(model, Bill(Stopped(), due)).complete(PROMPT)
    model.let_go.set()


@pytest.mark.parametrize("fault", [
    UnusableOutput("cut off"), ProviderUnavailable("429"), TimeoutError("the provider's own"), ConnectionError("gone")])
def test_the_faults_of_a_model_are_its_own(fault: Exception):
    with pytest.raises(type(fault), match=str(fault)):
        Attentive(Broken(fault), Bill(Stopped())).complete(PROMPT)


def test_whatever_is_asked_through_the_bill_is_left_the_same_way():
    journal, spoken = Stopped(), threading.Event()

    def speak() -> str:
        journal.cancel()
        assert spoken.wait(30)
        return "a paragraph"

    with pytest.raises(Cancelled):
        Bill(journal).heed(speak)
    spoken.set()
    assert Bill(Stopped()).heed(lambda: "heard") == "heard"


def test_what_was_asked_is_kept_in_order():
    model = Silent()
    model.let_go.set()
    bill = Bill(Stopped())
    Attentive(model, bill).complete(PROMPT)
    Attentive(model, bill).margin(PROMPT)
    assert bill.prompts == [PROMPT, PROMPT]


def failing(*faults: Exception):
    """Raises these one after the other, and then answers; how often it was asked is `asked`."""
    left = list(faults)

    def ask() -> str:
        ask.asked += 1
        if left:
            raise left.pop(0)
        return "heard"

    ask.asked = 0
    return ask


def test_a_provider_that_asks_for_a_short_rest_is_given_it():
    ask = failing(ProviderResting(seconds=0.05), Hiccup(), ProviderResting(seconds=0.05))
    assert Bill(QuietJournal()).heed(ask) == "heard"
    assert ask.asked == 4


@pytest.mark.parametrize("fault", [ProviderResting(seconds=WAITS_SECONDS + 1), ProviderResting(), ProviderUnavailable()])
def test_a_long_rest_is_not_waited_for(fault: Exception):
    ask = failing(fault)
    with pytest.raises(type(fault)):
        Bill(QuietJournal()).heed(ask)
    assert ask.asked == 1


def test_what_every_failed_call_used_is_on_the_bill(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.bill.HICCUP_SECONDS", 0.0)
    used = Usage(provider="p", model="m", unit=Unit.INPUT_TOKEN, quantity=Decimal(3))
    bill = Bill(QuietJournal())
    with pytest.raises(Hiccup):
        bill.heed(failing(*(Hiccup().after([used]) for _ in range(HICCUPS + 1))))
    assert bill.usage == [used] * (HICCUPS + 1)


def test_a_rest_ends_when_somebody_asks_to_stop():
    journal = QuietJournal()
    bill = Bill(journal)
    fault = ProviderResting(seconds=WAITS_SECONDS)

    def ask() -> str:
        journal.cancel = True
        raise fault

    with pytest.raises(Cancelled):
        bill.heed(ask)
