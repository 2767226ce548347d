"""What ships in `data/` -> rows of interests and topics. Nothing is deleted: people and requests refer to the rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, selectinload

from pipeline.corpus import interests as shipped_interests
from pipeline.corpus.catalogue import TopicCard
from pipeline.domain import Subject
from pipeline.tables import Interest, Topic

NAME_CHARACTERS = 100


class InterestFacts(NamedTuple):
    """What the data says about an interest."""

    name: str
    category: str


class TopicFacts(NamedTuple):
    """What the data says about a topic."""

    subject: Subject
    name: str
    grade_level_min: int
    grade_level_max: int


class Need(NamedTuple):
    """A topic, and one that comes before it."""

    topic_id: str
    prerequisite_id: str


class Shipment(NamedTuple):
    """Everything that ships, as the rows should say it."""

    interests: Mapping[str, InterestFacts]
    topics: Mapping[str, TopicFacts]
    needs: frozenset[Need]


def pack(interests: Sequence[shipped_interests.Interest], catalogue: Sequence[TopicCard]) -> Shipment:
    """The shipment; a prerequisite that does not ship itself is left out."""
    topics = {
        card.topic_id: TopicFacts(card.subject, card.title, min(card.grades), max(card.grades)) for card in catalogue
    }
    needs = (Need(card.topic_id, before) for card in catalogue for before in card.prerequisites if before in topics)
    return Shipment(
        interests={each.interest_id: InterestFacts(each.name, each.category) for each in interests},
        topics=topics, needs=frozenset(needs),
    )


def has_arrived(session: Session, shipment: Shipment) -> bool:
    """Whether the rows say all this already: three small queries."""
    interests = {row.interest_id: _facts(row) for row in session.scalars(select(Interest))}
    topics = {row.topic_id: _topic_facts(row) for row in session.scalars(select(Topic).where(Topic.active))}
    return (
        shipment.interests.items() <= interests.items() and shipment.topics == topics
        and shipment.needs == _needs(session, shipment)
    )


def unload(session: Session, shipment: Shipment) -> None:
    """Insert what is new, update what changed, and put topics that no longer ship out of use."""
    _unload_interests(session, shipment.interests)
    _unload_topics(session, shipment.topics)
    session.flush()
    rows = {row.topic_id: row for row in session.scalars(select(Topic).options(selectinload(Topic.prerequisites)))}
    for topic_id in shipment.topics:
        wanted = sorted(need.prerequisite_id for need in shipment.needs if need.topic_id == topic_id)
        rows[topic_id].prerequisites = [rows[before] for before in wanted]


def _unload_interests(session: Session, shipped: Mapping[str, InterestFacts]) -> None:
    rows = {row.interest_id: row for row in session.scalars(select(Interest))}
    _free_names(session, rows, shipped)
    order = max((row.display_order for row in rows.values()), default=-1)
    for interest_id, facts in shipped.items():
        row = rows.get(interest_id)
        if row is None:
            order += 1
            session.add(Interest(interest_id=interest_id, display_order=order, **facts._asdict()))
        else:
            row.name, row.category = facts


def _free_names(session: Session, rows: Mapping[str, Interest], shipped: Mapping[str, InterestFacts]) -> None:
    """Names are unique in the table: whoever has one that now belongs to another steps aside first."""
    owners = {facts.name: interest_id for interest_id, facts in shipped.items()}
    for row in rows.values():
        if owners.get(row.name, row.interest_id) != row.interest_id:
            row.name = f"{row.interest_id}: {row.name}"[:NAME_CHARACTERS]
    session.flush()


def _unload_topics(session: Session, shipped: Mapping[str, TopicFacts]) -> None:
    rows = {row.topic_id: row for row in session.scalars(select(Topic))}
    for topic_id, facts in shipped.items():
        row = rows.get(topic_id)
        if row is None:
            session.add(Topic(topic_id=topic_id, active=True, **facts._asdict()))
        else:
            row.subject, row.name, row.grade_level_min, row.grade_level_max = facts
            row.active = True
    for topic_id in rows.keys() - shipped.keys():
        rows[topic_id].active = False


def _needs(session: Session, shipment: Shipment) -> frozenset[Need]:
    """What the topics that ship are said to need."""
    before = aliased(Topic)
    rows = session.execute(select(Topic.topic_id, before.topic_id).join(Topic.prerequisites.of_type(before)))
    return frozenset(need for row in rows if (need := Need(*row)).topic_id in shipment.topics)


def _facts(row: Interest) -> InterestFacts:
    return InterestFacts(row.name, row.category)


def _topic_facts(row: Topic) -> TopicFacts:
    return TopicFacts(row.subject, row.name, row.grade_level_min, row.grade_level_max)
