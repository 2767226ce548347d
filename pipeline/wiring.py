"""Settings -> the working parts, put together in one place."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property

from pipeline import families
from pipeline.checkup import check_database, refuse
from pipeline.comparison import Comparisons, Voting
from pipeline.config import ROOT, Settings
from pipeline.corpora import Corpora
from pipeline.corpus.catalogue import read_catalogue
from pipeline.corpus.interests import read_interests
from pipeline.corpus.library import open_library
from pipeline.database import Engine, open_database, state, upgrade
from pipeline.deployments import Baselines, Deployments
from pipeline.domain import GenerationRequest, Lesson
from pipeline.errors import OperatorError
from pipeline.evaluation import Labels
from pipeline.evaluation import Runs as EvaluationRuns
from pipeline.experiments import Datasets, Experiments, Opinions, Proofs, Reading, conditions, names_of_interests
from pipeline.generate import House
from pipeline.incidents import Incidents
from pipeline.ledger import Budgets, Ledger
from pipeline.ledger.savings import Savings
from pipeline.lessons import Lessons
from pipeline.limits import Limit, limited_model, limited_voice
from pipeline.logs import CloudSource, Files, Source, Wanted, own_logs
from pipeline.organisation import Audit, Flags, Interests, People, Places, Tokens
from pipeline.ports import Embedder, Renderer, Store, TextModel, Tracker, Voice
from pipeline.prompts import ByteBound, Counter, read_prompts
from pipeline.registry import PRODUCTION, Registry
from pipeline.runbooks import Runs
from pipeline.scoring import PairJudge, PromptedJudge, Tools, read_calibration, shipped_dataset
from pipeline.search import Judge, ModelJudge
from pipeline.shelf import Shelf
from pipeline.stages.nlu import Knowledge
from pipeline.switches import Switches
from pipeline.trace import NOBODY, Onlooker
from pipeline.tracking import Record
from pipeline.understanding import TopicWords, Vocabulary
from pipeline.work import LessonQueue


class Wiring:
    """The parts of one process, made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def engine(self) -> Engine:
        """The database, at the revision that this version wants, with the interests and topics that ship in its rows.

        The default one is brought there, after a copy. Raises `OperatorError` when another database is behind, and says
        what to run, or when it is not as the models say.
        """
        url = self.settings.database_url
        if self.settings.database_is_default:
            upgrade(url)
        engine = open_database(url)
        found = state(engine)
        if not found.ready:
            raise OperatorError(found.what_to_do)
        refuse(check_database(engine))
        data = self.settings.data
        Interests(engine).sync(
            read_interests(data / "interests" / "interests.toml"), read_catalogue(data / "topics" / "topics.toml"))
        return engine

    @cached_property
    def record(self) -> Record:
        """The record of requests."""
        return Record(self.engine)

    @cached_property
    def queue(self) -> LessonQueue:
        """Where requests wait for a worker."""
        return LessonQueue(self.settings, self.record)

    @cached_property
    def lessons(self) -> Lessons:
        """What people do with lessons."""
        return Lessons(self.queue, self.record, self.audit)

    @cached_property
    def comparisons(self) -> Comparisons:
        """The same questions answered in several ways."""
        return Comparisons(self.engine, self.lessons, models=self.language_models)

    @cached_property
    def voting(self) -> Voting:
        """Which of two outputs people prefer, without knowing which is which."""
        return Voting(self.engine)

    @cached_property
    def ledger(self) -> Ledger:
        """What was used and what it comes to."""
        return Ledger(self.engine)

    @cached_property
    def budgets(self) -> Budgets:
        """What may be spent."""
        return Budgets(self.engine, self.ledger)

    @cached_property
    def savings(self) -> Savings:
        """What was saved by not making something."""
        return Savings(self.engine)

    @cached_property
    def incidents(self) -> Incidents:
        """What the logs say went wrong."""
        return Incidents(self.engine)

    def own_logs(self) -> Files:
        """What the processes of this installation wrote down on this machine."""
        return own_logs(self.settings.home)

    def cloud_logs(self, wanted: Wanted | None = None, *, since: datetime | None = None,
                   hear: Callable[[str], object] = str) -> CloudSource:
        """What Google Cloud Logging keeps of the project in the settings. `hear` is told what it waits for.

        Raises `OperatorError`.
        """
        from pipeline.logs.cloud import Cloud

        service = Cloud(self.settings.log_project, self.settings.log_endpoint)
        return CloudSource(service=service, wanted=wanted or Wanted(), since=since, hear=hear)

    def log_sources(self, *, since: datetime | None = None, hear: Callable[[str], object] = str) -> Sequence[Source]:
        """Where this installation's lines are: its own files, and Cloud Logging where a project is set."""
        return (self.own_logs(), *([self.cloud_logs(since=since, hear=hear)] if self.settings.log_project else []))

    @cached_property
    def deployments(self) -> Deployments:
        """What was put into service, and what became of it."""
        return Deployments(self.engine)

    @cached_property
    def baselines(self) -> Baselines:
        """Days that later hours are measured against."""
        return Baselines(self.engine, self.savings)

    @cached_property
    def runbook_runs(self) -> Runs:
        """Runbooks that somebody worked through."""
        return Runs(self.engine)

    @cached_property
    def embedder(self) -> Embedder:
        """What embeds corpora and questions; a model of this machine is loaded at the first text. Raises `OperatorError`."""
        return families.embedder(self.settings)

    @cached_property
    def registry(self) -> Registry:
        """The prompts: versions, labels, splits. What ships is in it. Raises `OperatorError`."""
        proofs = Proofs(Reading(self.engine, self.record), lambda: self.registry.labelled(PRODUCTION))
        return Registry(self.engine, shipped=self.settings.data / "prompts", evidences=proofs,
                        second_person=self.settings.second_person, counter=self._counter)

    @cached_property
    def token_counter(self) -> Counter:
        """Counts tokens as the language model here does; reads the head of its file. Raises `OperatorError`."""
        from pipeline import models
        from pipeline.providers.embedded.counter import GgufCounter

        return GgufCounter(models.find_language_model(self.settings))

    @cached_property
    def corpora(self) -> Corpora:
        """Books that can be searched."""
        return Corpora(self.engine, self.embedder, self.settings.home, shipped=self.settings.data / "corpus")

    @cached_property
    def judge(self) -> Judge:
        """The language model as the judge of search results; loads it. Raises `OperatorError`."""
        return ModelJudge(families.judging_model(self.settings), self.registry.production())

    @cached_property
    def retrieval_runs(self) -> EvaluationRuns:
        """Evaluations of retrieval."""
        return EvaluationRuns(self.engine)

    @cached_property
    def experiments(self) -> Experiments:
        """Prompts as experiments: runs over data sets, scored and compared."""
        data = self.settings.data
        return Experiments(
            self.engine, self.lessons, self.record, versions=self.registry, name_interest=names_of_interests(data), root=ROOT,
            made_with=lambda: conditions(data, language=self.language, embedder=self.embedder.name))

    @cached_property
    def datasets(self) -> Datasets:
        """The questions that prompts are evaluated on: those that ship, and those that people added."""
        return Datasets(self.engine, shipped=lambda: shipped_dataset(self.settings.data))

    @cached_property
    def opinions(self) -> Opinions:
        """What people and the judge prefer in experiments."""
        return Opinions(self.engine, self.record)

    @cached_property
    def tracker(self) -> Tracker | None:
        """Another record of evaluations, where the settings name one. Raises `OperatorError`."""
        return families.experiments(self.settings) if self.settings.vertex_experiment else None

    def pair_judge(self, name: str, text: TextModel) -> PairJudge:
        """`local`, the language model that is given, or `vertex`, the Gen AI evaluation service. Raises `OperatorError`."""
        judges: dict[str, Callable[[], PairJudge]] = {
            "local": lambda: PromptedJudge(text, self.registry.production()),
            "vertex": lambda: families.evaluation_service(self.settings)}
        return judges[name]()

    def scoring_tools(self, model: TextModel | None = None) -> Tools:
        """What lessons are scored with; without a model what asks one cannot be scored. Raises `OperatorError`."""
        data = self.settings.data
        interests = read_interests(data / "interests" / "interests.toml")
        calibration = data / "evaluation" / "grounding" / "calibration.json"
        return Tools(prompts=self.registry.production(), model=model, interests={each.interest_id: each for each in interests},
                     calibration=read_calibration(calibration) if calibration.is_file() else None)

    @cached_property
    def labels(self) -> Labels:
        """What people said of passages."""
        return Labels(self.engine)

    @cached_property
    def audit(self) -> Audit:
        """The log of every change."""
        return Audit(self.engine)

    @cached_property
    def people(self) -> People:
        """Who is here."""
        return People(self.engine)

    @cached_property
    def places(self) -> Places:
        """Organisations, schools, classes."""
        return Places(self.engine)

    @cached_property
    def interests(self) -> Interests:
        """Interests and topics as rows."""
        return Interests(self.engine)

    @cached_property
    def tokens(self) -> Tokens:
        """Keys for machines."""
        return Tokens(self.engine)

    @cached_property
    def flags(self) -> Flags:
        """The feature flags, all known ones in the database."""
        flags = Flags(self.engine)
        flags.ensure()
        return flags

    @cached_property
    def store(self) -> Store:
        """The files of made lessons. Raises `OperatorError`."""
        return families.store(self.settings)

    def open_house(self) -> House:
        """Everything a lesson is made with; loads the models of this machine (seconds, up to 2 GiB). Raises `OperatorError`."""
        from pipeline.providers.embedded.renderer import BoardRenderer

        text, language_models = families.text_models(self.settings)
        return self.furnish(
            embedder=self.embedder, text=text, voice=families.voice(self.settings), renderer=BoardRenderer(),
            language_models=language_models)

    @property
    def language(self) -> str:
        """The language models that lessons are made by, in words: the usual one, and what another one does."""
        others = [f"{stage} {model}" for stage, model in families.stage_models(self.settings).items() if stage != "judge"]
        return ", ".join((self.language_models()[0], *others))

    def language_models(self) -> tuple[str, ...]:
        """The ids of the language models that lessons can be made with here, the usual one first."""
        return families.language_models(self.settings)

    def furnish(
        self, *, embedder: Embedder, text: TextModel, voice: Voice, renderer: Renderer,
        language_models: Callable[[str], TextModel],
    ) -> House:
        """A house around these models: with this installation's library, prompts, store and record."""
        limits = {model: Limit(*numbers) for model, numbers in self.settings.limits.items()}
        text, voice = limited_model(text, limits, self.record), limited_voice(voice, limits, self.record)
        others = families.stage_models(self.settings)
        knowledge = self.knowledge(embedder)
        made_with = {
            **{f"language of {stage}": model for stage, model in others.items() if stage != "judge"},
            "language": text.name, "embedder": embedder.name, "voice": voice.name, "renderer": renderer.name,
            "corpus": knowledge.index.version,
        }
        return House(
            text=text, voice=voice, renderer=renderer, knowledge=knowledge, store=self.store,
            shelf=Shelf(self.record, self.store, lambda: made_with),
            situations=self.settings.data / "interests" / "situations", base_lesson=self._base_lesson,
            switches=self._switches, foresee=self.savings.foresee,
            language_models=lambda model_id: limited_model(language_models(model_id), limits, self.record),
            others={stage: limited_model(language_models(model), limits, self.record) for stage, model in others.items()},
            prompts=self.registry.book, family=self.settings.family, onlooker=self.onlooker,
        )

    @cached_property
    def onlooker(self) -> Onlooker:
        """Who watches how requests are made: an OpenTelemetry collector where one is set, else nobody."""
        if not self.settings.otlp_endpoint:
            return NOBODY
        from pipeline.telemetry import Telemetry

        return Telemetry(self.settings.otlp_endpoint, content=self.settings.otlp_content)

    def build_index(self) -> str:
        """Make the search index when the corpus or the embedding model changed; the corpus version that it holds."""
        return self.knowledge(self.embedder).index.version

    def knowledge(self, embedder: Embedder) -> Knowledge:
        """The catalogue, the interests, the index and the prompts; reads the corpus, and embeds it when it changed."""
        data = self.settings.data
        library = open_library(data / "corpus", self.settings.home / "index.sqlite", embedder)
        interests = read_interests(data / "interests" / "interests.toml")
        catalogue = read_catalogue(data / "topics" / "topics.toml")
        words = [f"{p.title} {p.text}" for p in library.passages.values()]
        words += [" ".join((i.name, *i.aliases, *i.things)) for i in interests]
        words += [" ".join((card.title, *card.aliases, *card.concepts)) for card in catalogue]
        texts = {
            card.topic_id: [card.title, card.summary, card.objective, *card.aliases, *card.concepts] for card in catalogue
        }
        for passage in library.passages.values():
            texts.setdefault(passage.topic_id, []).append(f"{passage.section} {passage.text}")
        return Knowledge(
            catalogue=catalogue, interests=interests, vocabulary=Vocabulary(words), topic_words=TopicWords(texts),
            embedder=embedder, index=library, prompts=read_prompts(data / "prompts"),
        )

    def _counter(self) -> Counter:
        """The model's own, or what is never less where its file is not here or has a tokeniser that nobody here knows."""
        try:
            return self.token_counter
        except OperatorError:
            return ByteBound()

    def _switches(self, request: GenerationRequest) -> Switches:
        return self.flags.switches(request.student_id, datetime.now(UTC))

    def _base_lesson(self, request_id: str) -> Lesson | None:
        view = self.record.view(request_id)
        return view.lesson if view else None


def new_request_id() -> str:
    """A fresh request id."""
    return str(uuid.uuid4())
