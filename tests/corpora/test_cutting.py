"""How books are cut: every word once, nothing longer than it may be, tables and equations whole."""

from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from pipeline.corpora import Chunking
from pipeline.corpora.cutting import WHOLE, cut
from pipeline.reading import Block, BlockKind, Module, count
from tests.corpora.books import TOPICS, a_module

SENTENCE = st.tuples(st.sampled_from(["", "| ", "= ", "– "]), st.integers(1, 40), st.integers(0, 999)).map(
    lambda drawn: drawn[0] + " ".join(f"w{drawn[2] + place}" for place in range(drawn[1])) + ".")
TEXTS = st.lists(st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=4).map("\n".join)
BLOCKS = st.builds(
    Block, kind=st.sampled_from(BlockKind), text=TEXTS, section=st.sampled_from([(), ("One",), ("One", "Two"), ("Three",)]))
SETTINGS = st.integers(20, 120).flatmap(
    lambda size: st.builds(Chunking, size_words=st.just(size), overlap_words=st.integers(0, size // 2)))


def module_of(*blocks: Block) -> Module:
    return Module(key="m", title="A title", position=0, blocks=blocks, words_in=sum(len(b.text.split()) for b in blocks))


@trying(max_examples=40, deadline=None)
@given(blocks=st.lists(BLOCKS, max_size=6), settings=SETTINGS)
def test_every_word_of_the_blocks_is_in_exactly_one_piece_and_in_their_order(blocks: list[Block], settings: Chunking):
    pieces = cut(module_of(*blocks), settings)
    own = [word for piece in pieces for word in piece.text.split()[piece.overlap:]]
    assert own == [word for block in blocks for word in block.text.split()]
    assert sum(piece.words for piece in pieces) == sum(count(block.text) for block in blocks)


@trying(max_examples=40, deadline=None)
@given(blocks=st.lists(BLOCKS, max_size=6), settings=SETTINGS)
def test_an_overlap_repeats_the_end_of_the_piece_before_and_is_no_longer_than_it_may_be(
    blocks: list[Block], settings: Chunking,
):
    pieces = cut(module_of(*blocks), settings)
    for before, piece in zip(pieces, pieces[1:], strict=False):
        assert count(" ".join(piece.text.split()[:piece.overlap])) <= settings.overlap_words
        assert piece.text.split()[:piece.overlap] == before.text.split()[len(before.text.split()) - piece.overlap:]


@trying(max_examples=40, deadline=None)
@given(blocks=st.lists(BLOCKS, max_size=6), settings=SETTINGS)
def test_only_what_is_never_cut_and_the_headings_above_it_make_a_piece_longer_than_the_size(
    blocks: list[Block], settings: Chunking,
):
    free = [count(block.text) for block in blocks if block.kind in WHOLE | {BlockKind.HEADING}]
    for piece in cut(module_of(*blocks), settings):
        assert count(piece.text) <= settings.size_words + sum(free)


@trying(max_examples=40, deadline=None)
@given(blocks=st.lists(BLOCKS, max_size=6), settings=SETTINGS)
def test_tables_equations_and_code_are_in_one_piece_as_they_stand(blocks: list[Block], settings: Chunking):
    pieces = cut(module_of(*blocks), settings)
    for block in blocks:
        if block.kind in WHOLE:
            assert any(block.text in piece.text for piece in pieces)


def test_a_piece_ends_where_a_section_ends_and_never_with_a_heading():
    module = a_module("Inertia", TOPICS["Inertia"], sentences=12)
    pieces = cut(module, Chunking(size_words=160, overlap_words=20))
    assert [piece.section for piece in pieces][:1] == ["What it is"]
    starting = next(piece for piece in pieces if piece.section == "How it shows")
    assert starting.text.startswith("How it shows\n") and starting.overlap == 0


def test_lines_of_a_list_stay_lines_and_sentences_of_a_paragraph_stay_together():
    blocks = (Block(kind=BlockKind.PARAGRAPH, text="First. Second."), Block(kind=BlockKind.LIST, text="one thing. two\nanother"))
    [piece] = cut(module_of(*blocks), Chunking())
    assert piece.text == "First. Second.\none thing. two\nanother"


def test_a_module_without_text_has_no_pieces():
    assert cut(module_of(), Chunking()) == []
