"""The language model as the judge of pairs, in both orders; what it said is kept, so that nothing is asked twice."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import insert

from pipeline.batches import NotAnswered
from pipeline.experiments.ballots import Ballots, Pair, pairs_of
from pipeline.experiments.rows import JUDGEMENTS
from pipeline.experiments.settling import Hear
from pipeline.experiments.values import RunView
from pipeline.organisation import Actor, Permission, require
from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.scoring import Expected, Preference, Side, preferred


class Opinions(Ballots):
    """What people and the judge say of pairs of answers."""

    def judge(
        self, actor: Actor, run_id: str, model: TextModel, prompts: PromptBook, *,
        spend: Callable[[Paid[Any]], Any] = lambda paid: paid.value, hear: Hear | None = None,
    ) -> RunView:
        """Ask of every pair of answers that is not judged yet which is better; each judgement is kept at once.

        Only of questions that a lesson is right for. Can be broken off at any time and called again; what a batch has not
        answered stays unjudged.
        """
        require(actor, Permission.GENERATE)
        view = self.view(run_id)
        waiting = self._waiting(view)
        for number, pair in enumerate(waiting, start=1):
            with suppress(NotAnswered):
                self._judged(view, pair, self._preferred(view, pair, model, prompts, spend), by=model.name)
            if hear is not None:
                hear("pairs", number, len(waiting))
        return view

    def ask_all(self, run_id: str, model: TextModel, prompts: PromptBook) -> None:
        """Ask the model all that `judge` would ask it, and keep nothing."""
        view = self.view(run_id)
        for pair in self._waiting(view):
            self._preferred(view, pair, model, prompts, lambda paid: paid.value)

    def _waiting(self, view: RunView) -> list[Pair]:
        """The pairs that are not judged yet."""
        order = {variant.name: place for place, variant in enumerate(view.plan.variants, start=1)}
        positions = {item.question_id: item.position for item in view.items}
        done = {(positions[each.question_id], order[each.one], order[each.other]) for each in self.judgements(view)}
        references = self.references(view.run_id)
        return [pair for pair in pairs_of(view) if pair not in done and references[pair[0]].expected is Expected.ANSWER]

    def _preferred(
        self, view: RunView, pair: Pair, model: TextModel, prompts: PromptBook, spend: Callable[[Paid[Any]], Any]
    ) -> Preference:
        position, one, other = pair
        question = self.references(view.run_id)[position].question
        a, b = self.shown(view, position, one), self.shown(view, position, other)
        return preferred(question, a, b, model=model, prompts=prompts, spend=spend)

    def _judged(self, view: RunView, pair: Pair, found: Preference, *, by: str) -> None:
        position, one, other = pair
        winner = {Side.A: one, Side.B: other}.get(found.winner)
        with self._engine.begin() as connection:
            connection.execute(insert(JUDGEMENTS).values(
                run_id=view.run_id, position=position, one=one, other=other, preferred=winner, one_first=found.a_first,
                other_first=found.b_first, model=by))
