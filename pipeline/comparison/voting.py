"""Ballots: shown in an order that is drawn once, filled in by their owner, counted when the comparison is closed."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.comparison import rows
from pipeline.comparison.comparisons import account
from pipeline.comparison.rows import AUTHOR, COMPARISONS, USERS, VOTES
from pipeline.comparison.views import ComparisonView
from pipeline.comparison.votes import Ballot, Two, Verdict, preferred
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, note, require
from pipeline.plain import is_plain
from pipeline.tables import Choice

WHY_CHARACTERS = 1000


def toss() -> bool:
    """A fair coin."""
    return bool(secrets.randbits(1))


class Voting:
    """The blind votes of one installation."""

    def __init__(self, engine: Engine, *, coin: Callable[[], bool] = toss) -> None:
        self._engine = engine
        self._coin = coin

    def ballot(self, actor: Actor, comparison_id: str, question: int, two: Two) -> Ballot:
        """The actor's ballot on this question; its order is drawn the first time. Needs an account."""
        owner = _voter(actor)
        with self._engine.connect() as connection:
            _check(_known(connection, comparison_id), question, two)
            known = self._read(connection, owner, comparison_id, two, question)
        if known:
            return known[0]
        row = {"comparison_id": comparison_id, "question": question, "one": two.one, "other": two.other,
               "swapped": self._coin(), "author_id": owner, "choice": None, "why": "", "shown_at": datetime.now(UTC)}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(VOTES).values(**row))
        except IntegrityError:  # shown in another window at this very moment: that order holds
            pass
        with self._engine.connect() as connection:
            return self._read(connection, owner, comparison_id, two, question)[0]

    def ballots(self, actor: Actor, comparison_id: str, two: Two) -> list[Ballot]:
        """The actor's ballots on these two, filled in or not, by question."""
        with self._engine.connect() as connection:
            return self._read(connection, _voter(actor), comparison_id, two)

    def vote(self, actor: Actor, comparison_id: str, ballot: Ballot, choice: Choice, why: str = "") -> None:
        """Fill the ballot in, or change what it says. Raises `BadRequest` once the comparison is closed."""
        owner, said = _voter(actor), " ".join(why.split())
        if not is_plain(said) or len(said) > WHY_CHARACTERS:
            raise BadRequest("why", f"must be plain text of at most {WHY_CHARACTERS:,} characters.")
        still_open = select(COMPARISONS.c.comparison_id).where(
            COMPARISONS.c.comparison_id == comparison_id, COMPARISONS.c.closed_at.is_(None))
        mine = (VOTES.c.vote_id == ballot.vote_id) & (VOTES.c.author_id == owner) & VOTES.c.comparison_id.in_(still_open)
        with Session(self._engine) as session, session.begin():
            filled = update(VOTES).where(mine).values(choice=Choice(choice), why=said, voted_at=datetime.now(UTC))
            if session.execute(filled.returning(VOTES.c.vote_id)).one_or_none() is None:
                raise BadRequest("vote", "this ballot is not yours, or the comparison is closed: it stays as it is.")
            before = {"choice": ballot.choice, "why": ballot.why}
            note(session, actor, "comparison.voted", "comparison", comparison_id, before, {"choice": Choice(choice), "why": said})

    def verdicts(self, comparison_id: str, two: Two) -> list[Verdict]:
        """The votes decoded, by question. Raises `BadRequest` while the comparison is open: who votes must not know."""
        with self._engine.connect() as connection:
            view = _known(connection, comparison_id)
            if view.closed_at is None:
                raise BadRequest("comparison", "it is still open to votes: close it to see what was preferred.")
            voted = connection.execute(
                select(VOTES, AUTHOR.label("author")).select_from(VOTES.outerjoin(USERS, USERS.c.user_id == VOTES.c.author_id))
                .where(_of(comparison_id, two), VOTES.c.choice.is_not(None)).order_by(VOTES.c.question, VOTES.c.vote_id)).all()
        return [
            Verdict(question=row.question, author=row.author, why=row.why, voted_at=row.voted_at,
                    preferred=preferred(row.choice, swapped=row.swapped, one=row.one, other=row.other))
            for row in voted
        ]

    def _read(
        self, connection: Connection, owner: str, comparison_id: str, two: Two, question: int | None = None
    ) -> list[Ballot]:
        mine = _of(comparison_id, two) & (VOTES.c.author_id == owner)
        if question is not None:
            mine &= VOTES.c.question == question
        found = connection.execute(select(VOTES).where(mine).order_by(VOTES.c.question)).mappings()
        return [Ballot.model_validate({name: row[name] for name in Ballot.model_fields}) for row in found]


def _of(comparison_id: str, two: Two) -> ColumnElement[bool]:
    return (VOTES.c.comparison_id == comparison_id) & (VOTES.c.one == two.one) & (VOTES.c.other == two.other)


def _voter(actor: Actor) -> str:
    require(actor, Permission.REVIEW)
    owner = account(actor)
    if owner is None:
        raise BadRequest("vote", "a vote needs an account: the command line has none.")
    return owner


def _known(connection: Connection, comparison_id: str) -> ComparisonView:
    view = rows.view(connection, comparison_id)
    if view is None:
        raise BadRequest("comparison", "there is none with this id.")
    return view


def _check(view: ComparisonView, question: int, two: Two) -> None:
    if not 1 <= two.one < two.other <= len(view.variants) or not 1 <= question <= len(view.questions):
        raise BadRequest("vote", "a ballot is about two variants of a question of this comparison.")
