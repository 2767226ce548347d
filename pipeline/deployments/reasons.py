"""Verdicts in words: one or two sentences that say what was seen, and what is still lacking."""

from collections.abc import Sequence

from pipeline.deployments.words import Fate, Kind, Unit, Verdict

NOUNS = {Unit.REQUESTS: ("request", "requests"), Unit.EXECUTIONS: ("execution", "executions"),
         Unit.MINUTES: ("minute of logs", "minutes of logs")}
NAMED, TITLE = 2, 90


def counted(number: int, unit: Unit) -> str:
    """`1 execution`, `12 executions`."""
    return f"{number} {NOUNS[unit][number != 1]}"


def cut(title: str) -> str:
    """The title, short enough to stand in a sentence."""
    return title if len(title) <= TITLE else f"{title[:TITLE].rstrip()}…"


def reason_of(found: Verdict, *, compared: bool) -> str:
    """Why the verdict is what it is. `compared`: there was something before it to compare with."""
    sentences = [_MAIN[found.kind](found, compared)]
    if found.kind is not Kind.TOO_EARLY and found.fixed:
        sentences.append(f"Fixed: {_titles(found.fixed)}.")
    if found.kind is not Kind.SAME and found.still:
        sentences.append(f"As before: {_titles(found.still)}.")
    if found.gone and found.kind is not Kind.TOO_EARLY:
        sentences.append(f"Not seen since, without being sure yet: {_titles(found.gone)}.")
    if found.old_lines:
        sentences.append(f"{found.old_lines} errors of earlier builds that still ran are not counted.")
    return " ".join(sentences)


def _clean(found: Verdict, compared: bool) -> str:
    seen = counted(found.exposure.of(found.unit), found.unit)
    if found.fixed:
        return f"No new error in {seen}, and what was there before is gone (95 % sure)."
    return f"Nothing came in {seen}: a fault in one of five would have shown itself (95 % sure)."


def _same(found: Verdict, compared: bool) -> str:
    said = f"{_titles(found.still)} in {_share(found.still[0], found.unit)}"
    return f"As before: {said}." if compared else f"There are errors, and no earlier lines to compare with: {said}."


def _regressed(found: Verdict, _: bool) -> str:
    return f"It brought {_titles(found.broke)}, in {_share(found.broke[0], found.unit)}."


def _unmasked(found: Verdict, _: bool) -> str:
    return f"Behind what it fixed stood {_titles(found.unmasked)}, in {_share(found.unmasked[0], found.unit)}."


def _too_early(found: Verdict, compared: bool) -> str:
    seen = found.exposure.of(found.unit)
    if not seen:
        return f"Nothing has run since: {counted(found.more_needed, found.unit)} without an error are needed."
    more = counted(found.more_needed, found.unit)
    awaited = f" for {_titles(found.gone)} to be surely gone" if found.gone else ""
    return f"No new error in {counted(seen, found.unit)}; {more} more are needed{awaited} (95 %)."


_MAIN = {Kind.CLEAN: _clean, Kind.SAME: _same, Kind.REGRESSED: _regressed, Kind.UNMASKED: _unmasked, Kind.TOO_EARLY: _too_early}


def _titles(fates: Sequence[Fate]) -> str:
    named = ", ".join(f"“{cut(fate.title)}”" for fate in fates[:NAMED])
    return named if len(fates) <= NAMED else f"{named} and {len(fates) - NAMED} more"


def _share(fate: Fate, unit: Unit) -> str:
    return f"{fate.after} of {counted(fate.after_of, unit)}"
