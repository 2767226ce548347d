"""Blind votes on pairs of answers: the order is drawn once, which is which is nowhere in a ballot, and votes count at the end.

The ballots of comparisons, over the questions and variants of an experiment.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

from sqlalchemy import Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.comparison import WHY_CHARACTERS, account, preferred, toss
from pipeline.errors import BadRequest
from pipeline.experiments.agreement import agreement
from pipeline.experiments.opinions import Agreement, Ballot, Preferences
from pipeline.experiments.reading import Reading
from pipeline.experiments.rows import RUNS, VOTES
from pipeline.experiments.strength import Met, strengths
from pipeline.experiments.values import Item, RunView
from pipeline.organisation import Actor, Permission, note, require, utc_now
from pipeline.plain import is_plain
from pipeline.scoring import Answer, compared
from pipeline.tables import Choice
from pipeline.tracking import Record

Pair = tuple[int, int, int]
"""A question and two variants, by position from 1, the smaller variant first."""


class Ballots(Reading):
    """The blind votes of one installation, and what they come to beside the judge."""

    def __init__(self, engine: Engine, record: Record, *, coin: Callable[[], bool] = toss) -> None:
        super().__init__(engine, record)
        self._coin = coin

    def next(self, actor: Actor, run_id: str) -> Ballot | None:
        """The next pair of answers that the actor has not said anything of; None when there is none left. Needs an account.

        Pairs that fewer people voted on come first; answers that are word for word the same are not shown.
        """
        owner, view = _voter(actor), self.view(run_id)
        if view.closed_at is not None:
            return None
        voted = self._voted(run_id)
        mine = {pair for pair, authors in voted.items() if owner in authors}
        for pair in sorted(pairs_of(view), key=lambda pair: (len(voted.get(pair, ())), pair)):
            if pair not in mine and self._differ(view, pair):
                return self._ballot(view, owner, pair)
        return None

    def given(self, actor: Actor, run_id: str) -> list[Ballot]:
        """The actor's ballots that say something, the newest first."""
        owner, view = _voter(actor), self.view(run_id)
        mine = select(VOTES).where(VOTES.c.run_id == run_id, VOTES.c.author_id == owner, VOTES.c.choice.is_not(None))
        with self._engine.connect() as connection:
            found = connection.execute(mine.order_by(VOTES.c.voted_at.desc(), VOTES.c.vote_id.desc())).mappings().all()
        return [self._shown(view, row) for row in found]

    def vote(self, actor: Actor, ballot: Ballot, choice: Choice, why: str = "") -> None:
        """Fill the ballot in, or change what it says. Raises `BadRequest` once the run is closed to votes."""
        owner, said = _voter(actor), " ".join(why.split())
        if not is_plain(said) or len(said) > WHY_CHARACTERS:
            raise BadRequest("why", f"must be plain text of at most {WHY_CHARACTERS:,} characters.")
        still_open = select(RUNS.c.run_id).where(RUNS.c.run_id == ballot.run_id, RUNS.c.closed_at.is_(None))
        mine = (VOTES.c.vote_id == ballot.vote_id) & (VOTES.c.author_id == owner) & VOTES.c.run_id.in_(still_open)
        with Session(self._engine) as session, session.begin():
            filled = update(VOTES).where(mine).values(choice=Choice(choice), why=said, voted_at=utc_now())
            if session.execute(filled.returning(VOTES.c.vote_id)).one_or_none() is None:
                raise BadRequest("vote", "this ballot is not yours, or the experiment is closed to votes: it stays as it is.")
            note(session, actor, "experiment.voted", "experiment", ballot.run_id, {"choice": ballot.choice, "why": ballot.why},
                 {"choice": Choice(choice), "why": said})

    def count(self, run_id: str) -> int:
        """How many votes were given: of open runs nothing more is told."""
        return sum(len(authors) for authors in self._voted(run_id).values())

    def of_people(self, run_id: str) -> Preferences:
        """How strong people find the variants. Raises `BadRequest` while the run is open to votes: who votes must not know."""
        view = self._closed(run_id)
        return strengths(self._met(view), [variant.name for variant in view.plan.variants])

    def of_the_judge(self, run_id: str, judge: str) -> Preferences:
        """How strong this judge finds the variants."""
        view = self.view(run_id)
        return strengths(
            [Met(each.question_id, each.one, each.other, each.preferred) for each in self.judgements(view, judge=judge)],
            [variant.name for variant in view.plan.variants])

    def agreement(self, judge: str, run_id: str | None = None) -> Agreement:
        """This judge beside people: over this run, or over all that are closed to votes. Raises `BadRequest` as `of_people`."""
        views = [self._closed(run_id)] if run_id is not None else [
            view for line in self.newest(1_000) if (view := self.view(line.run_id)).closed_at is not None]
        return agreement([pair for view in views for pair in self._beside(view, judge)])

    def _beside(self, view: RunView, judge: str) -> list[tuple[str, str]]:
        judged = {(each.question_id, each.one, each.other): each.preferred for each in self.judgements(view, judge=judge)}
        return [
            (_side(judged[met[:3]], met), _side(met.preferred, met)) for met in self._met(view) if met[:3] in judged]

    def _met(self, view: RunView) -> list[Met]:
        names = {place: variant.name for place, variant in enumerate(view.plan.variants, start=1)}
        questions = {item.position: item.question_id for item in view.items}
        with self._engine.connect() as connection:
            voted = connection.execute(
                select(VOTES).where(VOTES.c.run_id == view.run_id, VOTES.c.choice.is_not(None)).order_by(VOTES.c.vote_id)).all()
        return [
            Met(questions[row.position], names[row.one], names[row.other],
                names.get(preferred(row.choice, swapped=row.swapped, one=row.one, other=row.other) or 0))
            for row in voted]

    def _closed(self, run_id: str) -> RunView:
        view = self.view(run_id)
        if view.closed_at is None:
            raise BadRequest("experiment", "it is still open to votes: close it to see what was preferred.")
        return view

    def _voted(self, run_id: str) -> dict[Pair, set[str]]:
        given = select(VOTES.c.position, VOTES.c.one, VOTES.c.other, VOTES.c.author_id).where(
            VOTES.c.run_id == run_id, VOTES.c.choice.is_not(None))
        voted: dict[Pair, set[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(given):
                voted.setdefault((row.position, row.one, row.other), set()).add(row.author_id or "")
        return voted

    def _differ(self, view: RunView, pair: Pair) -> bool:
        return self.shown(view, pair[0], pair[1]) != self.shown(view, pair[0], pair[2])

    def _ballot(self, view: RunView, owner: str, pair: Pair) -> Ballot:
        position, one, other = pair
        mine = select(VOTES).where(VOTES.c.run_id == view.run_id, VOTES.c.position == position, VOTES.c.one == one,
                                   VOTES.c.other == other, VOTES.c.author_id == owner)
        row = {"run_id": view.run_id, "position": position, "one": one, "other": other, "swapped": self._coin(),
               "author_id": owner, "choice": None, "why": "", "shown_at": utc_now()}
        with self._engine.connect() as connection:
            known = connection.execute(mine).mappings().one_or_none()
        if known is None:
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(VOTES).values(**row))
            except IntegrityError:  # shown in another window at this very moment: that order holds
                pass
        with self._engine.connect() as connection:
            return self._shown(view, connection.execute(mine).mappings().one())

    def _shown(self, view: RunView, row: RowMapping) -> Ballot:
        a, b = (row["other"], row["one"]) if row["swapped"] else (row["one"], row["other"])
        reference = self.references(view.run_id)[row["position"]]
        return Ballot(
            vote_id=row["vote_id"], run_id=view.run_id, question_id=reference.question_id, text=reference.question,
            a=self.shown(view, row["position"], a), b=self.shown(view, row["position"], b), choice=row["choice"], why=row["why"])

    def shown(self, view: RunView, position: int, number: int) -> str:
        """What of the lesson of this question in the variant of this number is compared: what prompts wrote."""
        item = item_at(view, position, number)
        made = self._record.view(item.request_id) if item.request_id else None
        return compared(Answer(request=made.request, lesson=made.lesson, runs=made.stages)) if made else ""


def pairs_of(view: RunView) -> Sequence[Pair]:
    """Every question with every two of its variants whose lessons are decided."""
    order = {variant.name: place for place, variant in enumerate(view.plan.variants, start=1)}
    there: dict[int, list[int]] = {}
    for item in view.items:
        if item.decided:
            there.setdefault(item.position, []).append(order[item.variant])
    return [(position, one, other) for position in sorted(there) for one, other in combinations(sorted(there[position]), 2)]


def item_at(view: RunView, position: int, number: int) -> Item:
    """The item of this question in the variant of this number."""
    name = view.plan.variants[number - 1].name
    return next(item for item in view.items if (item.position, item.variant) == (position, name))


def _side(name: str | None, met: Met) -> str:
    return "none" if name is None else "one" if name == met.one else "other"


def _voter(actor: Actor) -> str:
    require(actor, Permission.REVIEW)
    owner = account(actor)
    if owner is None:
        raise BadRequest("vote", "a vote needs an account: the command line has none.")
    return owner
