"""What was found, in three lists side by side: both together, by words, by meaning; each place with its reason."""

from collections.abc import Collection, Mapping

import streamlit as st
from markupsafe import Markup

from console.literal import literal
from console.loaders.retrieval import Found
from console.retrieval import labelling
from console.retrieval.marking import excerpt, marked
from console.retrieval.wording import milliseconds
from pipeline.corpora import Chunk
from pipeline.search import Hit, Results

FUSED, WORDS, MEANING = "Fused", "By words", "By meaning"
SHOWN_CHARACTERS = 260
_CARD = Markup(
    '<article class="hit"><header><b>{rank}</b><span>{title}<small>{place}</small></span></header><p>{excerpt}</p>'
    '<p class="why">{why}</p>{more}</article>')
_MORE = Markup("<details><summary>Whole passage</summary><p>{text}</p><small>{source}</small>{same}</details>")
_SAME = Markup("<small>Says nearly the same: {}</small>")
_GONE = Markup('<article class="hit"><header><b>{}</b><span>{}</span></header><p>This passage is not in the corpus any more.</p>'
               "</article>")


def show(question: str, found: Found, noncommercial: Collection[str]) -> None:
    """The three lists; a passage can be labelled where it stands first."""
    for note in found.fused.notes:
        st.info(literal(note), icon=":material/info:")
    open_to = labelling.Labels.of(question)
    lists = {FUSED: found.fused, WORDS: found.words, MEANING: found.meaning}
    ranks = {name: {hit.chunk_id: rank for rank, hit in enumerate(results.hits, 1)} for name, results in lists.items()}
    seen: set[str] = set()
    for column, (name, results) in zip(st.columns(len(lists), gap="medium"), lists.items(), strict=True):
        with column, st.container(key=f"list_{name.split()[-1].lower()}", gap="small"):
            st.subheader(name, anchor=False)
            st.caption(_told(name, results, found.lexical_weight))
            for rank, hit in enumerate(results.hits, 1):
                chunk = found.chunks.get(hit.chunk_id)
                st.html(card(rank, hit, chunk, why=_why(name, hit, ranks), flagged=noncommercial))
                if chunk is not None and hit.chunk_id not in seen:
                    open_to.ask(chunk)
                seen.add(hit.chunk_id)


def card(rank: int, hit: Hit, chunk: Chunk | None, *, why: str, flagged: Collection[str] = ()) -> str:
    """A place of a list as HTML; every text of it is escaped."""
    if chunk is None:
        return str(_GONE.format(rank, hit.chunk_id))
    place = " › ".join(filter(None, (f"{chunk.chapter}. {chunk.chapter_title}" if chunk.chapter else "", chunk.section)))
    text = excerpt(chunk.text, hit.matched, SHOWN_CHARACTERS)
    same = _SAME.format(", ".join(hit.duplicates)) if hit.duplicates else ""
    more = _MORE.format(text=marked(chunk.text, hit.matched), source=source(chunk, flagged), same=same)
    return str(_CARD.format(rank=rank, title=marked(chunk.title, hit.matched), place=marked(place, hit.matched),
                            excerpt=marked(text, hit.matched), why=why, more=more))


def source(chunk: Chunk, flagged: Collection[str] = ()) -> str:
    """Where the passage is from, and under which licence."""
    flag = "not for commercial use" if chunk.corpus in flagged else ""
    return " · ".join(filter(None, (chunk.corpus, chunk.chunk_id, chunk.attribution, chunk.licence, flag)))


def _told(name: str, results: Results, weight: float) -> str:
    shares = {FUSED: f"{weight:.0%} words, {1 - weight:.0%} meaning; read as {results.kind}", WORDS: "BM25",
              MEANING: "Cosine of the embeddings"}
    return f"{shares[name]} · {milliseconds(1000 * results.seconds.get('total', 0))}"


def _why(name: str, hit: Hit, ranks: Mapping[str, Mapping[str, int]]) -> str:
    """The reason of the place; for a list alone, also where the passage stands in the fused one."""
    if name == FUSED:
        return hit.why
    place = ranks[FUSED].get(hit.chunk_id)
    own = (f"BM25 {hit.lexical_score or 0:.1f}: {', '.join(hit.matched)}" if name == WORDS else
           f"cosine {hit.dense_score or 0:.2f}")
    return f"{own}; {f'#{place} of the fused list' if place else 'not in the fused list'}"
