"""The vocabulary: stages, states, and the values a lesson passes through, in order of birth."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.visuals import Figure, Text, Value, Visual, WorkedExample

CONFIDENT = 0.7
PASSAGES_PER_LESSON = 5


class Modality(StrEnum):
    """A form in which a lesson can be delivered."""

    TEXT = "text"
    AUDIO = "audio"
    IMAGES = "images"
    VIDEO = "video"


class Stage(StrEnum):
    """The seven steps of the river. These words name modules, table values, log fields and chart labels."""

    NLU = "nlu"
    CACHE = "cache"
    RETRIEVAL = "retrieval"
    SCRIPT = "script"
    TTS = "tts"
    IMAGES = "images"
    VIDEO = "video"


class Status(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    PARTIAL = "partial"
    CLARIFICATION_NEEDED = "clarification_needed"
    OUT_OF_SCOPE = "out_of_scope"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def decided(self) -> bool:
        """Whether nothing more will happen to the request by itself."""
        return self not in (Status.PENDING, Status.RUNNING)


class StageStatus(StrEnum):
    """Where one stage of one request stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    CACHED = "cached"
    SKIPPED = "skipped"
    FAILED = "failed"


class Unit(StrEnum):
    """What usage is counted in."""

    INPUT_TOKEN = "input_token"
    CACHED_INPUT_TOKEN = "cached_input_token"
    OUTPUT_TOKEN = "output_token"
    TOKEN_HOUR = "token_hour"
    CHARACTER = "character"
    IMAGE = "image"
    VIDEO_SECOND = "video_second"
    VCPU_SECOND = "vcpu_second"
    GIB_SECOND = "gib_second"
    BYTE_STORED = "byte_stored"
    BYTE_DELIVERED = "byte_delivered"


class Subject(StrEnum):
    """The subjects of the catalogue."""

    PHYSICS = "physics"
    CHEMISTRY = "chemistry"
    BIOLOGY = "biology"
    MATHEMATICS = "mathematics"
    EARTH_SPACE = "earth_space"
    COMPUTER_SCIENCE = "computer_science"


class Role(StrEnum):
    """What part of a book a passage is."""

    EXPLANATION = "explanation"
    WORKED_EXAMPLE = "worked_example"
    EVERYDAY_USE = "everyday_use"
    MISCONCEPTION = "misconception"
    KEY_TERMS = "key_terms"
    REVIEW = "review"


class Usage(Value):
    """One counted quantity of one paid or metered thing."""

    provider: Text
    model: Text
    unit: Unit
    quantity: Decimal
    tier: Text = "standard"
    """How the call is billed: one of a batch may be cheaper."""
    size: Annotated[int, Field(ge=0)] = 0
    """Of the call that this is part of, in input tokens, on which some prices depend; 0 where nobody knows."""
    day: date | None = None
    """The day in UTC that the record has it under; None before it is recorded."""


class GenerationRequest(Value):
    """What a student asked for, already validated (see `pipeline.requests.parse`)."""

    request_id: Text
    student_query: Annotated[str, StringConstraints(min_length=5, max_length=500)]
    student_id: Text
    grade_level: Annotated[int, Field(ge=1, le=12)]
    interest: Annotated[str, StringConstraints(max_length=100)] | None = None
    requested_modalities: tuple[Modality, ...] = (Modality.VIDEO,)
    preferred_modality: Modality = Modality.VIDEO
    modality_preferences: Mapping[Modality, str] = {}
    """What the caller notes about a modality; kept with the request, and not acted on yet."""
    style: str = "standard"
    seed: int = 1
    topic_hint: str | None = None
    revision_of: str | None = None
    storyboard: "Storyboard | None" = None
    """With `revision_of`: the corrected scenes that this request films."""
    language_model: Text | None = None
    """By which of the family's language models it is made; None for the installation's own."""
    prompts: Mapping[Text, Text] = {}
    """By which versions of prompts (name -> version) it is made; those that are not named are the production ones."""
    fresh: bool = False
    """Made from nothing, so that its bill and its seconds are those of making it: no lesson of the shelf, no spoken, drawn
    or filmed part of another request. Nothing of it is kept for others either."""

    def wants(self, *modalities: Modality) -> bool:
        """Whether any of these modalities was asked for."""
        return any(modality in self.requested_modalities for modality in modalities)


class Clarification(Value):
    """A question back to the student, with concrete ways on."""

    question: Text
    options: tuple[Text, ...] = Field(min_length=2, max_length=4)
    topic_ids: tuple[Text, ...] = ()


class Intent(Value):
    """What the question is about, in the catalogue's terms."""

    question: Text
    topic_id: Text
    topic_name: Text
    subject: Subject
    objective: str = ""
    summary: str = ""
    concepts: tuple[str, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)]
    grade_level: int
    interest_id: str | None = None
    interest_name: str | None = None
    warnings: tuple[str, ...] = ()


class Misconception(Value):
    """A wrong idea and what is true instead."""

    belief: Text
    correction: Text


class CheckQuestion(Value):
    """A question that a reader of the topic can answer."""

    question: Text
    answer: Text


class Review(Value):
    """What to take away, and questions to check it with."""

    takeaways: tuple[Text, ...]
    questions: tuple[CheckQuestion, ...] = Field(min_length=1)


class Passage(Value):
    """A piece of a book, small enough to quote, with what stands beside it: figures, an example, a misconception."""

    chunk_id: Text
    topic_id: Text
    title: Text
    section: Text
    role: Role
    subject: Subject
    grades: tuple[int, ...]
    text: Text
    figures: tuple[Figure, ...] = ()
    example: WorkedExample | None = None
    misconception: Misconception | None = None
    review: Review | None = None
    score: float = 0.0
    why: str = ""


class Origin(StrEnum):
    """Who wrote a sentence of the article, and what the support check made of it."""

    BOOK = "book"
    MODEL = "model"
    REPLACED = "replaced"
    DROPPED = "dropped"


class Sentence(Value):
    """One sentence of the article, with its origin and the passages it rests on; empty when the model said nothing."""

    text: str
    origin: Origin
    sources: tuple[str, ...] = ()
    cover: float | None = None
    margin: float | None = None


class Section(Value):
    """A part of the article; the first has no heading."""

    name: Text
    heading: str
    markdown: Text
    sources: tuple[str, ...] = ()


class Scene(Value):
    """One board with its narration. Paragraphs of the narration are parted by `pause_seconds` of silence."""

    narration: Text
    visual: Visual
    on_screen: str = ""
    passages: tuple[str, ...] = ()
    pause_seconds: float = 0.5


class Storyboard(Value):
    """The article retold as three to seven scenes."""

    title: Text
    scenes: tuple[Scene, ...] = Field(min_length=3, max_length=7)


class Script(Value):
    """The article, its sources, and the storyboard when something after it needs one."""

    title: Text
    article: Text
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    reading_grade: float
    storyboard: Storyboard | None = None


class Word(Value):
    """A word of the narration as written, with its time in seconds."""

    text: str
    start: float
    end: float


class SceneAudio(Value):
    """The narration of one scene: a WAV of the store, its length in seconds, its words on the scene's own clock."""

    wav: Text
    seconds: float
    words: tuple[Word, ...]


class Narration(Value):
    """The spoken lesson."""

    scenes: tuple[SceneAudio, ...]
    audio: Text
    captions: Text
    seconds: float
    loudness_lufs: float


class Frames(Value):
    """One finished board per scene, as 1920×1080 PNG files of the store."""

    images: tuple[str, ...]


class Video(Value):
    """The film at both sizes and its poster, as files of the store."""

    video: Text
    video_720: Text
    poster: Text
    seconds: float


GenerationRequest.model_rebuild()


class StageRun(Value):
    """One stage of one request, as it was."""

    stage: Stage
    status: StageStatus
    family: str = ""
    model: str = ""
    attempts: int = 1
    started_at: datetime | None = None
    seconds: float = 0.0
    usage: tuple[Usage, ...] = ()
    error: str = ""
    prompts: tuple[str, ...] = ()
    """The prompts that models were asked with, as name@version, in order."""


class Lesson(Value):
    """The result of a request, whole."""

    request_id: Text
    status: Status
    intent: Intent | None = None
    script: Script | None = None
    narration: Narration | None = None
    frames: Frames | None = None
    video: Video | None = None
    clarification: Clarification | None = None
    reason: str = ""
    cache_hit: bool = False
    warnings: tuple[str, ...] = ()
    failed_modalities: Mapping[Modality, str] = {}
    switched_off: Mapping[Modality, str] = {}
    """What was asked for and not made because a feature flag says so, with the reason."""

    def forms(self, request: GenerationRequest) -> tuple[Modality, ...]:
        """What this lesson answers the request with, in the order of the request: the text where all is switched off."""
        left = tuple(modality for modality in request.requested_modalities if modality not in self.switched_off)
        return left or (Modality.TEXT,)
