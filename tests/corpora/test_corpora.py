"""Corpora on both databases: versions, what is embedded again, kills, two at once, removal beside readers."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.config import ROOT
from pipeline.corpora import Chunking, Corpora, IngestReport, IngestStep
from pipeline.database import Engine
from pipeline.errors import BadRequest, NotAllowed, OperatorError
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.ports import Embedder
from pipeline.reading import Block, BlockKind, Book, Module
from pipeline.reading import count as words
from pipeline.search import SYSTEMS, Filters
from pipeline.tables import CorpusChunkRow, CorpusModuleRow, CorpusVectorRow, CorpusVersionRow, UserRole
from tests.corpora.books import TOPICS, CountingEmbedder, OtherEmbedder, a_book

SMALL = Chunking(size_words=40, overlap_words=10)


def ingest(corpora: Corpora, book: Book | None = None, *, name: str = "physics", settings: Chunking = SMALL) -> IngestReport:
    return corpora.ingest(book or a_book(), name=name, by=COMMAND_LINE, settings=settings)


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_book_becomes_a_corpus_whose_chunks_carry_where_they_are_from(corpora: Corpora):
    report = ingest(corpora)
    [view] = corpora.all()
    assert report.view == view and not report.unchanged
    assert (view.name, view.subject, view.grades, view.inferred) == ("physics", "physics", (9, 10, 11, 12), ("subject", "grades"))
    assert (view.modules, view.licence, view.noncommercial, view.ingested_by) == (3, "CC BY 4.0", False, "command line")
    chunks = corpora.chunks("physics")
    assert [chunk.position for chunk in chunks] == list(range(view.chunks)) and len({c.chunk_id for c in chunks}) == len(chunks)
    first = chunks[0]
    assert (first.module_key, first.chapter, first.chapter_title, first.title) == ("m-inertia", 1, "Motion", "Inertia")
    assert (first.section, first.kind, first.attribution) == ("What it is", "paragraph", "Somebody, CC BY 4.0")
    assert corpora.chunks("physics", ids=[chunks[3].chunk_id, "nothing"]) == [chunks[3]]


def test_the_report_accounts_for_every_word(corpora: Corpora):
    report = ingest(corpora)
    assert [module.words_lost for module in report.modules] == [0, 0, 0]
    assert [module.coverage for module in report.modules] == [1.0, 1.0, 1.0] and report.view.coverage == 1.0
    assert [(piece.words, piece.why) for piece in report.modules[0].left_out] == [(1, "a picture")]
    view = report.view
    assert view.words_in == view.words_found + view.words_apart + view.words_left_out
    own = (" ".join(chunk.text.split()[chunk.overlap:]) for chunk in corpora.chunks("physics"))
    assert sum(map(words, own)) == view.words_found


def test_words_and_meaning_find_a_passage_and_filters_hold(corpora: Corpora):
    ingest(corpora)
    searcher = corpora.open("physics")
    for system in ("lexical", "dense", "rrf"):
        best = searcher.search("rough ground ice crate friction", system=SYSTEMS[system]).hits[0]
        assert best.module == "m-friction", system
    only = searcher.search("rough ground ice crate friction", system=SYSTEMS["minmax"], filters=Filters(modules=("m-waves",)))
    assert {hit.module for hit in only.hits} == {"m-waves"}
    assert not searcher.search("rough ground", filters=Filters(licences=("CC BY-NC 4.0",))).hits


@pytest.mark.parametrize("query", ["", "the of and", "x" * 5000, "'; DROP TABLE corpus_chunks; --", 'a" OR "b', "& | ! <-> :*", "%s"])
def test_whatever_is_asked_is_data(corpora: Corpora, query: str):
    ingest(corpora)
    corpora.open("physics").search(query)
    assert corpora.chunks("physics")


def test_the_same_book_again_changes_nothing_and_embeds_nothing(corpora: Corpora, embedder: CountingEmbedder, engine: Engine):
    first = ingest(corpora)
    asked = len(embedder.asked)
    again = ingest(corpora)
    assert again.unchanged and again.view == first.view and len(embedder.asked) == asked == first.view.embedded
    assert count(engine, CorpusVersionRow) == 1


def test_of_a_book_with_one_changed_module_only_that_module_is_embedded(corpora: Corpora, embedder: CountingEmbedder):
    first = ingest(corpora)
    embedder.asked.clear()
    second = ingest(corpora, a_book(Waves="Light needs no rope and no air. "))
    assert second.view.version != first.view.version and embedder.asked
    assert all(text.startswith("Waves") for text in embedder.asked) and second.view.embedded == len(embedder.asked)
    assert [view.version for view in corpora.versions("physics")] == [second.view.version, first.view.version]
    assert [view.newest for view in corpora.versions("physics")] == [True, False]
    old, new = corpora.chunks("physics", first.view.version), corpora.chunks("physics")
    kept = {chunk.chunk_id: chunk.text for chunk in old} | {chunk.chunk_id: chunk.text for chunk in new}
    assert all(kept[chunk.chunk_id] == chunk.text for chunk in (*old, *new))  # an id never means another text


def test_an_older_book_again_is_put_forward_as_it_was(corpora: Corpora):
    first = ingest(corpora)
    ingest(corpora, a_book(Waves="Light needs no rope and no air. "))
    assert ingest(corpora).unchanged
    assert corpora.view("physics").version == first.view.version


def test_another_size_is_another_version(corpora: Corpora):
    ingest(corpora)
    assert ingest(corpora, settings=Chunking(size_words=80, overlap_words=0)).view.chunks < 20
    assert len(corpora.versions("physics")) == 2


@pytest.mark.parametrize("where", ["embedding", "writing"])
def test_an_ingest_that_is_killed_leaves_nothing_to_see_and_goes_on_where_it_stopped(
    url: str, engine: Engine, tmp_path: Path, corpora: Corpora, embedder: CountingEmbedder, where: str,
):
    command = [sys.executable, "-m", "tests.corpora.ingest_and_die", url, str(tmp_path / "home"), where]
    assert subprocess.run(command, cwd=ROOT, timeout=120, check=False).returncode == -9
    assert corpora.all() == []
    assert [count(engine, table) for table in (CorpusVersionRow, CorpusModuleRow, CorpusChunkRow)] == [0, 0, 0]
    kept = count(engine, CorpusVectorRow)
    assert kept
    report = ingest(corpora)
    assert len(embedder.asked) == report.view.chunks - kept == report.view.embedded
    assert corpora.open("physics").search("rough ground ice crate").hits[0].module == "m-friction"


def test_two_ingests_of_one_name_at_once_make_one_version_and_share_the_work(
    opened: Callable[[Embedder], Corpora], engine: Engine,
):
    embedders = [CountingEmbedder(), CountingEmbedder()]
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(ingest, [opened(embedder) for embedder in embedders])
    assert first.view.version == second.view.version and {first.unchanged, second.unchanged} == {True, False}
    assert count(engine, CorpusVersionRow) == 1
    assert sum(len(embedder.asked) for embedder in embedders) == first.view.chunks


def test_whoever_reads_a_version_that_is_removed_reads_on_or_is_told(corpora: Corpora, engine: Engine):
    ingest(corpora)
    searcher = corpora.open("physics")
    [gone] = corpora.remove("physics", by=COMMAND_LINE)
    assert gone.name == "physics" and corpora.all() == []
    if engine.dialect.name == "sqlite":
        assert searcher.search("rough ground ice crate").hits[0].module == "m-friction"
    else:
        with pytest.raises(OperatorError, match="was removed"):
            searcher.search("rough ground ice crate")
    with pytest.raises(BadRequest, match="there is none of the name"):
        corpora.open("physics")


def test_removal_takes_what_no_other_version_needs(corpora: Corpora, embedder: CountingEmbedder, engine: Engine, tmp_path: Path):
    first, second = ingest(corpora).view, ingest(corpora, a_book(Waves="Light needs no rope and no air. ")).view
    corpora.remove("physics", first.version, by=COMMAND_LINE)
    assert [view.version for view in corpora.versions("physics")] == [second.version]
    assert corpora.open("physics").search("rough ground ice crate").hits[0].module == "m-friction"
    assert count(engine, CorpusVectorRow) == len({c.text for c in corpora.chunks("physics")})
    corpora.remove("physics", by=COMMAND_LINE)
    assert [count(engine, table) for table in (CorpusVersionRow, CorpusModuleRow, CorpusChunkRow, CorpusVectorRow)] == [0] * 4
    assert not list((tmp_path / "home" / "corpora").glob("*/"))


def test_removal_beside_an_ingest_that_counts_on_the_same_vectors_costs_work_and_no_passage(
    corpora: Corpora, opened: Callable[[Embedder], Corpora],
):
    ingest(corpora)

    def remove_at_the_first_step(step: IngestStep) -> None:
        if "physics" in {view.name for view in corpora.all()}:
            corpora.remove("physics", by=COMMAND_LINE)

    other = opened(CountingEmbedder())
    changed = a_book(Waves="Light needs no rope and no air. ")
    report = other.ingest(changed, name="again", by=COMMAND_LINE, settings=SMALL, progress=remove_at_the_first_step)
    assert [view.name for view in corpora.all()] == ["again"]
    assert len(other.chunks("again")) == report.view.chunks and other.open("again").search("friction").hits


def test_several_corpora_are_searched_as_one_and_told_apart(corpora: Corpora):
    ingest(corpora)
    ingest(corpora, a_book(title="College Sociology", Inertia="Crowds keep to their habits until a reason moves them. "), name="sociology")
    searcher = corpora.open(["physics", "sociology"])
    both = searcher.search("inertia", system=SYSTEMS["lexical"], limit=30)
    chunk_ids = {hit.chunk_id.partition(":")[0] for hit in both.hits}
    assert chunk_ids == {"physics", "sociology"}
    only = searcher.search("inertia", filters=Filters(corpora=("sociology",)))
    assert {hit.chunk_id.partition(":")[0] for hit in only.hits} == {"sociology"}


def test_a_corpus_of_another_model_is_refused(corpora: Corpora, opened: Callable[[Embedder], Corpora]):
    ingest(corpora)
    with pytest.raises(OperatorError, match="embedded with fake-embedder and queries would be with other-embedder"):
        opened(OtherEmbedder()).open("physics")


def test_the_same_book_by_another_model_is_another_version_with_vectors_of_its_own(
    corpora: Corpora, opened: Callable[[Embedder], Corpora], engine: Engine,
):
    first = ingest(corpora)
    second = ingest(opened(OtherEmbedder()))
    assert second.view.embedder == "other-embedder" and second.view.embedded == first.view.embedded
    assert count(engine, CorpusVectorRow) == 2 * first.view.embedded


def test_a_book_without_text_is_refused_and_nothing_is_kept(corpora: Corpora, engine: Engine):
    picture = Module(key="m", title="A picture", position=0, words_in=0)
    empty = a_book().model_copy(update={"modules": (picture,)})
    with pytest.raises(OperatorError, match="has no text that could be found"):
        ingest(corpora, empty)
    assert count(engine, CorpusVersionRow) == 0


@pytest.mark.parametrize("name", ["", "vividly", "Physics", "../up", "a" * 65, "a\n", "phy sics", ".hidden", "Ω"])
def test_a_name_that_cannot_be_is_refused(corpora: Corpora, name: str):
    with pytest.raises(BadRequest):
        ingest(corpora, name=name)


@pytest.mark.parametrize("name", ["nothing", "a\0b", "x" * 500, "'; --"])
def test_a_corpus_that_is_not_there_is_said_so(corpora: Corpora, name: str):
    with pytest.raises(BadRequest, match="there is none of the name"):
        corpora.view(name)


def test_only_who_may_keeps_corpora_and_every_change_is_logged(corpora: Corpora, engine: Engine):
    viewer = Actor(user_id="user_1", name="Viv", role=UserRole.VIEWER)
    with pytest.raises(NotAllowed):
        corpora.ingest(a_book(), name="physics", by=viewer)
    ingest(corpora)
    with pytest.raises(NotAllowed):
        corpora.remove("physics", by=viewer)
    corpora.remove("physics", by=COMMAND_LINE)
    assert [entry.action for entry in Audit(engine).entries(COMMAND_LINE)][:2] == ["corpus.removed", "corpus.ingested"]


def test_what_nobody_said_is_inferred_and_what_somebody_said_stands(corpora: Corpora):
    said = corpora.ingest(a_book(), name="said", by=COMMAND_LINE, settings=SMALL, subject="mechanics", grades=(8, 7))
    assert (said.view.subject, said.view.grades, said.view.inferred) == ("mechanics", (7, 8), ())
    with pytest.raises(BadRequest, match="grades"):
        corpora.ingest(a_book(), name="said", by=COMMAND_LINE, grades=(14,))


def test_a_licence_that_does_not_allow_every_use_is_flagged(corpora: Corpora):
    book = a_book().model_copy(update={"licence": "CC BY-NC-SA 4.0", "noncommercial": True})
    assert ingest(corpora, book).view.noncommercial and corpora.all()[0].noncommercial


def test_progress_is_told_and_ends_whole(corpora: Corpora):
    steps: list[IngestStep] = []
    corpora.ingest(a_book(), name="physics", by=COMMAND_LINE, settings=SMALL, progress=steps.append)
    assert steps[0].done == 0 and steps[-1].done == steps[-1].total
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_table_longer_than_a_piece_comes_whole(corpora: Corpora):
    long = Block(kind=BlockKind.TABLE, text="\n".join(f"row {n} | {TOPICS['Waves']}" for n in range(30)))
    book = a_book()
    module = book.modules[0].model_copy(update={"blocks": (long,), "words_in": len(long.text.split())})
    ingest(corpora, book.model_copy(update={"modules": (module,)}))
    assert [chunk.text for chunk in corpora.chunks("physics")] == [long.text]
