"""The storyboard says what the article says, in three to seven scenes whose cues are really spoken."""

import pytest

from pipeline.config import DATA
from pipeline.corpus.book import Topic, read_topics
from pipeline.corpus.catalogue import card_of
from pipeline.corpus.check import cued_parts
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.interests import read_situation
from pipeline.domain import Intent, Origin, Passage, Role, Scene, Sentence, Storyboard
from pipeline.errors import Unsupported
from pipeline.visuals import Title
from pipeline.writing import Evidence, Parts, board, check_figures, sort_parts, split_sentences

HOOK = (Sentence(text="You jump for a rebound.", origin=Origin.BOOK, sources=("s",)),)
LINK = (Sentence(text="The floor pushes you up.", origin=Origin.BOOK, sources=("s",)),)


def intent_of(topic: Topic, interest: str | None) -> Intent:
    card = card_of(topic)
    return Intent(question="Explain", topic_id=card.topic_id, topic_name=card.title, subject=card.subject,
                  summary=card.summary, concepts=card.concepts, confidence=1.0, grade_level=10,
                  interest_id=interest, interest_name=interest)


def chosen(topic: Topic, explanations: int) -> list[Passage]:
    passages = list(passages_of(topic))
    fixed = [p for p in passages if p.role in (Role.WORKED_EXAMPLE, Role.REVIEW)]
    return [p for p in passages if p.role is Role.EXPLANATION][:explanations] + fixed


@pytest.mark.parametrize("interest", ["basketball", None])
@pytest.mark.parametrize("explanations", [1, 2, 3])
def test_there_are_three_to_seven_scenes(newton: Topic, explanations: int, interest: str | None):
    made = board(intent_of(newton, interest), sort_parts(chosen(newton, explanations)), HOOK, LINK)
    assert 3 <= len(made.scenes) <= 7
    assert made.scenes[0].visual.kind == "title" and made.scenes[-1].visual.kind == "question"
    kinds = [scene.visual.kind for scene in made.scenes]
    assert ("recap" in kinds) is (interest is None)


def cues(scene: Scene) -> list[str]:
    own = getattr(scene.visual, "cue", "")
    return [cue for cue in [own, *(part.cue for part in cued_parts(scene.visual))] if cue]


@pytest.fixture(scope="module")
def boards() -> list[tuple[str, Storyboard]]:
    """A storyboard of every shipped topic, with and without an interest."""
    made = []
    for topic in read_topics(DATA / "corpus"):
        parts = sort_parts(chosen(topic, 2))
        told = read_situation(DATA / "interests" / "situations", topic_id=topic.topic_id, interest_id="basketball") or ""
        link = [Sentence(text=s, origin=Origin.BOOK, sources=("s",)) for s in split_sentences(told)]
        made += [(topic.topic_id, board(intent_of(topic, name), parts, link[:1], link)) for name in ("basketball", None)]
    return made


def test_every_cue_of_every_shipped_topic_is_spoken(boards: list[tuple[str, Storyboard]]):
    silent = [
        (topic_id, scene.visual.kind, cue) for topic_id, made in boards for scene in made.scenes for cue in cues(scene)
        if " ".join(cue.split()).casefold() not in " ".join(scene.narration.split()).casefold()
    ]
    assert silent == []


def test_every_scene_of_every_shipped_topic_stays_within_what_its_passages_say(boards: list[tuple[str, Storyboard]]):
    topics = {topic.topic_id: topic for topic in read_topics(DATA / "corpus")}
    for topic_id, made in boards:
        told = read_situation(DATA / "interests" / "situations", topic_id=topic_id, interest_id="basketball") or ""
        lines = [f"{p.title}. {p.section}. {p.text}" for p in chosen(topics[topic_id], 2)]
        check_figures(made, Evidence(text="\n".join([*lines, told, topics[topic_id].title])))


def test_scenes_from_the_book_name_their_passages(parts: Parts, intent: Intent):
    made = board(intent, parts, HOOK, LINK)
    known = {passage.chunk_id for passage in parts.passages} | {"s"}
    assert all(set(scene.passages) <= known and scene.passages for scene in made.scenes[1:])


def test_the_last_question_leaves_time_to_think(parts: Parts, intent: Intent):
    made = board(intent, parts, HOOK, LINK)
    assert made.scenes[-1].pause_seconds >= 3 and made.scenes[0].pause_seconds < 1
    assert made.scenes[-1].narration.split("\n") == [parts.check.question, parts.check.answer]


def test_dropped_sentences_are_not_spoken(parts: Parts, intent: Intent):
    dropped = Sentence(text="Balls are square.", origin=Origin.DROPPED)
    made = board(intent, parts, (*HOOK, dropped), (*LINK, dropped))
    assert all("square" not in scene.narration for scene in made.scenes)


@pytest.mark.parametrize(("said", "named"), [("It weighs 37 kg.", "37"), ("So F = 12 here.", "12")])
def test_a_figure_that_no_passage_has_stops_the_script(said: str, named: str):
    scenes = tuple(Scene(narration=text, visual=Title(heading="Forces")) for text in ("One.", said, "Three."))
    with pytest.raises(Unsupported, match=rf"Scene 2 .*{named}"):
        check_figures(Storyboard(title="Forces", scenes=scenes), Evidence(text="A force is a push."))


def test_a_figure_on_the_board_counts_too():
    scenes = tuple(Scene(narration="One.", visual=Title(heading="F"), on_screen=shown) for shown in ("", "", "5 N"))
    with pytest.raises(Unsupported, match="Scene 3"):
        check_figures(Storyboard(title="Forces", scenes=scenes), Evidence(text="A force is a push."))


