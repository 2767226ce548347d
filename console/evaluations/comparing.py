"""The tab Compare: two variants, of one run or of two, question by question, the largest loss first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from console import words
from console.evaluations import address, exporting, figures
from console.evaluations.frames import Moved, moved, moved_frame
from console.evaluations.wording import SIDES, signed, title
from console.literal import literal
from console.loaders import evaluations
from console.organisation.labels import number
from pipeline.experiments import PASSES, RunLine, Side
from pipeline.scoring import SCORERS, Kind

ALL, SEPARATOR = "", "~"
_ROW_HEIGHT, _ROWS_SEEN = 38, 12


class Place(NamedTuple):
    """A variant of a run."""

    line: RunLine
    variant: str

    @property
    def key(self) -> str:
        """As it stands in the address."""
        return f"{self.line.run_id}{SEPARATOR}{self.variant}"

    @property
    def told(self) -> str:
        """As it stands in a list."""
        return f"{self.variant} · {self.line.name} · {words.ago(self.line.created_at)}"


def show() -> None:
    """The controls, and what came of both."""
    every = [Place(line, name) for line in evaluations.runs() if line.lines for name in line.variants]
    places = {place.key: place for place in every}
    if len(places) < 2:
        st.info("It takes two variants with figures: of one run, or of two runs of the same questions.",
                icon=":material/compare_arrows:")
        return
    told = {key: place.told for key, place in places.items()}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="evaluations_two"):
        first = places[address.choose("One", list(places), address.ONE, _usual(places), told=told, width=430)]
        rest = {key: place for key, place in places.items()
                if key != first.key and place.line.dataset_digest == first.line.dataset_digest}
        if not rest:
            st.caption("No other variant was measured on the same questions.")
            return
        usual = next((key for key, place in rest.items() if place.line.run_id == first.line.run_id), next(iter(rest)))
        second = rest[address.choose("Other", list(rest), address.OTHER, usual, told=told, width=430)]
    _both(first, second)


def regressions(found: Sequence[Moved], measure: str) -> Mapping[Side, int]:
    """How many questions went over which way."""
    fewer = not SCORERS[measure].higher_is_better
    known = [one for one in found if one.difference is not None and one.before is not None and one.after is not None]
    if SCORERS[measure].kind is Kind.COST:
        lost = sum((one.difference or 0) > 0 if fewer else (one.difference or 0) < 0 for one in known)
        return {Side.LOST: lost, Side.GAINED: sum(bool(one.difference) for one in known) - lost}
    return {Side.LOST: sum((one.before or 0) >= PASSES > (one.after or 0) for one in known),
            Side.GAINED: sum((one.before or 0) < PASSES <= (one.after or 0) for one in known)}


def _usual(places: Mapping[str, Place]) -> str:
    return next((key for key, place in places.items() if place.variant == place.line.baseline), next(iter(places)))


def _both(first: Place, second: Place) -> None:
    one, other = (evaluations.scored(place.line.run_id) for place in (first, second))
    references = {**evaluations.references(first.line.run_id), **evaluations.references(second.line.run_id)}
    names = [name for name in SCORERS if any(name in found for found in one.values())]
    kinds = list(dict.fromkeys(each.kind for each in references.values()))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="evaluations_two_filter"):
        measure = address.choose("Measure", names, address.MEASURE, "key_terms" if "key_terms" in names else names[0],
                                 told={name: title(name) for name in names})
        kind = address.choose("Kind", [ALL, *kinds], address.KIND, ALL, told={ALL: "Any"}, width=200)
    before, after = ({question: float(scores[measure].value) for (question, variant), scores in found.items()  # type: ignore[arg-type]
                      if variant == place.variant and measure in scores and scores[measure].value is not None}
                     for found, place in ((one, first), (other, second)))
    chosen = {name: each for name, each in references.items() if kind in (ALL, each.kind)}
    _moves(first, second, moved(chosen, before, after, measure), measure)


def _moves(first: Place, second: Place, found: Sequence[Moved], measure: str) -> None:
    known = [each.difference for each in found if each.difference is not None]
    went = regressions(found, measure)
    mean = sum(known) / len(known) if known else None
    st.markdown(literal(f"{title(measure)} of {second.variant} less {first.variant}: {signed(measure, mean)} on average over "
                        f"{number(len(known), 'question')}; {went[Side.LOST]} {SIDES[Side.LOST].lower()}, {went[Side.GAINED]} "
                        f"{SIDES[Side.GAINED].lower()}; {len(found) - len(known)} without a figure on one side."))
    if any(known):
        st.plotly_chart(figures.moves(found, measure), key="evaluations_moves", config={"displayModeBar": False},
                        alt=f"The difference of each question between {first.variant} and {second.variant}")
    names = [f"One: {first.variant}", f"Other: {second.variant}"]
    table = moved_frame(found, measure, *names)
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-cell", key="evaluations_moved",
                         row_height=_ROW_HEIGHT, height=min(max(1, len(found)), _ROWS_SEEN) * _ROW_HEIGHT + 38,
                         column_config={"Question": st.column_config.TextColumn(width=460)}, alt="The questions in both variants")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("The largest loss stands first. Click a row to see what was written. Whether a difference is beyond chance is "
                   "said by a run that holds both variants.", width="stretch")
        st.download_button("Export as CSV", lambda: exporting.to_csv(table), "questions.csv", "text/csv",
                           icon=":material/download:", type="tertiary", on_click="ignore", key="evaluations_moved_csv")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(found):
        address.open_run(second.line.run_id, address.QUESTIONS, found[cells[0][0]].reference.question_id)
        st.rerun()
