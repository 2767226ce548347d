"""Judges of pairs, each asked in both orders; what they said is kept, so that nothing is asked twice, and so is their bill."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import insert

from pipeline.batches import NotAnswered
from pipeline.experiments import charging
from pipeline.experiments.ballots import Ballots, Pair, pairs_of
from pipeline.experiments.opinions import Judged
from pipeline.experiments.rows import JUDGEMENTS
from pipeline.experiments.settling import Hear
from pipeline.experiments.values import RunView
from pipeline.organisation import Actor, Permission, require
from pipeline.ports import Paid
from pipeline.scoring import Expected, PairJudge, Preference, Side, preferred


class Opinions(Ballots):
    """What people and judges say of pairs of answers."""

    def judge(self, actor: Actor, run_id: str, judge: PairJudge, *, hear: Hear | None = None) -> RunView:
        """Ask of every pair of answers that this judge has not judged yet which is better; each judgement is kept at once.

        Only of questions that a lesson is right for. Can be broken off at any time and called again; what was used until then
        is on the bill, and what a batch has not answered stays unjudged. Raises `NotAllowed`, `Unpriced` before anything is
        asked, and what the judge raises.
        """
        require(actor, Permission.GENERATE)
        view = self.view(run_id)
        waiting = self._waiting(view, judge.name)
        if waiting:
            charging.check_prices(judge)
        for number, pair in enumerate(waiting, start=1):
            with suppress(NotAnswered), charging.charged(self._engine, run_id, pair[0], judge.name) as bill:
                self._keep(run_id, pair, self._preferred(view, pair, charging.Billed(judge, bill), bill), judge.name)
            if hear is not None:
                hear("pairs", number, len(waiting))
        return view

    def ask_all(self, run_id: str, judge: PairJudge) -> None:
        """Ask the judge all that `judge` would ask it, and keep nothing."""
        view = self.view(run_id)
        for pair in self._waiting(view, judge.name):
            self._preferred(view, pair, judge, lambda paid: paid.value)

    def judged(self, run_id: str) -> list[Judged]:
        """What each judge that was asked about the run says, with its bill and its agreement with people over all runs."""
        return [
            Judged(judge=name, preferences=self.of_the_judge(run_id, name), agreement=self.agreement(name),
                   usd=charging.usd_of(charging.usage_of(self._engine, run_id, name)))
            for name in self.judges(run_id)]

    def _waiting(self, view: RunView, judge: str) -> list[Pair]:
        order = {variant.name: place for place, variant in enumerate(view.plan.variants, start=1)}
        positions = {item.question_id: item.position for item in view.items}
        done = {(positions[each.question_id], order[each.one], order[each.other]) for each in self.judgements(view, judge=judge)}
        references = self.references(view.run_id)
        return [pair for pair in pairs_of(view) if pair not in done and references[pair[0]].expected is Expected.ANSWER]

    def _preferred(self, view: RunView, pair: Pair, judge: PairJudge, spend: Callable[[Paid[Any]], Any]) -> Preference:
        position, one, other = pair
        a, b = self.shown(view, position, one), self.shown(view, position, other)
        return preferred(self.references(view.run_id)[position].question, a, b, judge=judge, spend=spend)

    def _keep(self, run_id: str, pair: Pair, found: Preference, judge: str) -> None:
        position, one, other = pair
        with self._engine.begin() as connection:
            connection.execute(insert(JUDGEMENTS).values(
                run_id=run_id, position=position, one=one, other=other,
                preferred={Side.A: one, Side.B: other}.get(found.winner), one_first=found.a_first, other_first=found.b_first,
                model=judge))
