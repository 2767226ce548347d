"""The language model as the judge of pairs, in both orders; what it said is kept, so that nothing is asked twice."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert

from pipeline.experiments.ballots import Ballots, pairs_of
from pipeline.experiments.rows import JUDGEMENTS
from pipeline.experiments.settling import Hear
from pipeline.experiments.values import RunView
from pipeline.organisation import Actor, Permission, require
from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.scoring import Expected, Side, preferred


class Opinions(Ballots):
    """What people and the judge say of pairs of answers."""

    def judge(
        self, actor: Actor, run_id: str, model: TextModel, prompts: PromptBook, *,
        spend: Callable[[Paid[Any]], Any] = lambda paid: paid.value, hear: Hear | None = None,
    ) -> RunView:
        """Ask of every pair of answers that is not judged yet which is better; each judgement is kept at once.

        Only of questions that a lesson is right for. Can be broken off at any time and called again.
        """
        require(actor, Permission.GENERATE)
        view = self.view(run_id)
        order = {variant.name: place for place, variant in enumerate(view.plan.variants, start=1)}
        positions = {item.question_id: item.position for item in view.items}
        done = {(positions[each.question_id], order[each.one], order[each.other]) for each in self.judgements(view)}
        references = self.references(run_id)
        waiting = [
            pair for pair in pairs_of(view) if pair not in done and references[pair[0]].expected is Expected.ANSWER]
        for number, (position, one, other) in enumerate(waiting, start=1):
            a, b = self.shown(view, position, one), self.shown(view, position, other)
            found = preferred(references[position].question, a, b, model=model, prompts=prompts, spend=spend)
            winner = {Side.A: one, Side.B: other}.get(found.winner)
            with self._engine.begin() as connection:
                connection.execute(insert(JUDGEMENTS).values(
                    run_id=run_id, position=position, one=one, other=other, preferred=winner, one_first=found.a_first,
                    other_first=found.b_first, model=model.name))
            if hear is not None:
                hear("pairs", number, len(waiting))
        return view
