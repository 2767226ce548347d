"""The tab Systems: two systems of one run query by query, the largest loss first, and one query with both lists."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeVar

import streamlit as st
from markupsafe import Markup

from console.literal import csv_cell, literal
from console.loaders import retrieval
from console.organisation.labels import number
from console.retrieval import address, figures, runs
from console.retrieval.frames import pairs_frame, value
from console.retrieval.wording import signed
from pipeline.corpora import Chunk
from pipeline.evaluation import PRIMARY, Outcome, Pair, Run

Name = TypeVar("Name", int, str)
ALL = "All kinds"
_ROWS_SEEN, _ROW_HEIGHT, FOUND = 10, 38, 10
_LINE = Markup('<li class="{state}"><b>{title}</b><small>{place}</small></li>')
_LIST = Markup('<ol class="found">{}</ol>')


def show() -> None:
    """The run, its two systems, and their queries."""
    lines = [line for line in retrieval.runs() if len(line.systems) > 1]
    if not lines:
        st.info(f"Two systems of one run stand here query by query, and there is no run with two. Measure all of them with "
                f"`{runs.COMMAND} --system all`.", icon=":material/compare_arrows:")
        return
    run_ids = [line.run_id for line in lines]
    wanted = address.number(address.RUN)
    told = {line.run_id: f"Run {line.run_id}: {line.set_name} on {line.about.corpus}, {line.about.at:%d %b %Y %H:%M}"
            for line in lines}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="retrieval_two"):
        run_id = _choice("Run", run_ids, address.RUN, wanted if wanted in told else run_ids[0], width=380, told=told)
        run = retrieval.run(run_id)
        if run is None:
            return
        one, other = _two(run)
        kinds = [ALL, *dict.fromkeys(outcome.kind for outcome in run.systems[0].outcomes if outcome.kind)]
        said = address.said(address.KIND)
        kind = _choice("Kind", kinds, address.KIND, said if said in kinds else ALL, width=180)
    _pairs(run, one, other, kind)


def found(outcome: Outcome, chunks: Mapping[str, Chunk], judged: Mapping[str, int], *, either: Collection[str]) -> str:
    """What a system found, best first: what answers is marked, what only this system has is said."""
    lines = []
    for name in outcome.found[:FOUND]:
        chunk = chunks.get(name)
        grade = judged.get(name, judged.get(chunk.module_key, 0) if chunk else 0)
        place = " · ".join(filter(None, (chunk.section if chunk else "", name, f"grade {grade}" if grade else "",
                                         "" if name in either else "only here")))
        lines.append(_LINE.format(state="relevant" if grade else "", title=chunk.title if chunk else name, place=place))
    return str(_LIST.format(Markup("").join(lines)))


def _two(run: Run) -> tuple[str, str]:
    names = [system.name for system in run.systems]
    said = address.said(address.ONE), address.said(address.OTHER)
    one = said[0] if said[0] in names else names[0]
    rest = [name for name in names if name != one]
    usual = "default" if "default" in rest else rest[-1]
    one = _choice("One", names, address.ONE, one, width=150)
    other = _choice("Other", rest, address.OTHER, said[1] if said[1] in rest else usual, width=150)
    return one, other


def _pairs(run: Run, one: str, other: str, kind: str) -> None:
    every = retrieval.pairs(run.run_id or 0, one, other, PRIMARY)
    pairs = [pair for pair in every if kind in (ALL, pair.first.kind)]
    wins, losses = sum(pair.difference > 0 for pair in pairs), sum(pair.difference < 0 for pair in pairs)
    st.markdown(literal(f"{PRIMARY} of {other} less {one}: better for {number(wins, 'query', 'queries')}, worse for {losses}, "
                        f"the same for {len(pairs) - wins - losses}."))
    if wins or losses:
        st.plotly_chart(figures.differences(pairs), key="pair_differences", config={"displayModeBar": False},
                        alt=f"The difference of each query between {other} and {one}")
    _table(pairs, one, other)
    shown = next((pair for pair in pairs if pair.first.query_id == address.said(address.QUERY)), pairs[0] if pairs else None)
    if shown is not None:
        _choice("Query", [pair.first.query_id for pair in pairs], address.QUERY, shown.first.query_id, width="stretch",
                told={pair.first.query_id: pair.first.text for pair in pairs})
        _one_query(run, shown, one, other)


def _table(pairs: Sequence[Pair], one: str, other: str) -> None:
    table = pairs_frame(pairs, one, other)
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-cell", key="retrieval_pairs",
                         row_height=_ROW_HEIGHT, height=min(max(1, len(pairs)), _ROWS_SEEN) * _ROW_HEIGHT + 38,
                         column_config={"Query": st.column_config.TextColumn(width=460)}, alt="The queries in both systems")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("The largest loss stands first. Click a row to see what both found.", width="content")
        st.download_button("Export as CSV", lambda: str(table.map(csv_cell).to_csv(index=False)).encode(), "queries.csv",
                           "text/csv", icon=":material/download:", type="tertiary", on_click="ignore", key="pairs_csv")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(pairs) and pairs[cells[0][0]].first.query_id != address.said(address.QUERY):
        address.put(address.QUERY, pairs[cells[0][0]].first.query_id)
        st.rerun()


def _one_query(run: Run, pair: Pair, one: str, other: str) -> None:
    with st.container(border=True, key="pair_shown"):
        st.markdown(f"**{literal(pair.first.text)}**")
        st.caption(literal(f"{pair.first.kind or 'no kind'} · {pair.first.query_id} · {signed(pair.difference)}"))
        chunks = retrieval.passages(run.about.corpus, (*pair.first.found, *pair.second.found))
        both = set(pair.first.found) & set(pair.second.found)
        for column, name, outcome in zip(st.columns(2, gap="large"), (one, other), (pair.first, pair.second), strict=True):
            with column:
                st.markdown(f"**{literal(name)}** {value(outcome)}")
                if outcome.found:
                    st.html(found(outcome, chunks, pair.first.judged, either=both))
                else:
                    st.caption("It found nothing.")


def _choice(label: str, names: Sequence[Name], place: str, shown: Name, *, width: int | Literal["stretch"],
            told: Mapping[Name, str] | None = None) -> Name:
    key = f"two_{place}"
    st.session_state[key] = shown
    st.selectbox(label, names, key=key, width=width, on_change=_chosen, args=(place, key),
                 format_func=lambda name: told[name] if told else str(name))
    return shown


def _chosen(place: str, key: str) -> None:
    address.put(place, str(st.session_state[key]))
