"""One group of errors: what it says, since when, whom it touched, what to do about it, and what was decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from console import tables, words
from console.incidents import acting, address, evidence, figures, procedure
from console.incidents.address import Choices
from console.incidents.wording import COLOURS, FACETS, UNSAID, standing, why
from console.literal import literal
from console.loaders import incidents
from console.organisation.labels import number
from pipeline.deployments import Mark
from pipeline.incidents import Facet, GroupDetail, RatePoint

AT_ONCE = 20
_TRACE_LINES = 24
_FEWEST = timedelta(hours=1)


def show(fingerprint: str, chosen: Choices, now: datetime) -> None:
    """The group, or that there is none."""
    st.button("All groups", icon=":material/arrow_back:", type="tertiary", key="all_groups", on_click=address.open_group,
              args=(None,))
    detail = incidents.group(fingerprint, chosen.window)
    if detail is None:
        st.subheader("Not found", anchor=False)
        st.markdown("There is no group with this fingerprint in the record of this machine.")
        return
    _head(detail, fingerprint)
    acting.buttons(detail, incidents.versions())
    mark = incidents.marks().get(detail.group.fingerprint)
    _hidden(mark)
    _timeline(detail, now)
    left, right = st.columns([7, 4], gap="large")
    with left:
        _said(detail)
        _lines(detail)
        _more(detail, now)
    with right:
        st.html(tables.facts(facts(detail, mark, now)))
        procedure.show(detail)


def facts(detail: GroupDetail, mark: Mark | None, now: datetime) -> list[tuple[str, str, str]]:
    """Label, value and what there is to hover."""
    group, by = detail.group, detail.by_facet
    return [
        ("Lines", f"{group.total:,} in all, {group.count:,} in this window ({group.share:.1%} of its errors)", ""),
        ("First seen", words.ago(group.first_seen, now), words.exact(group.first_seen)),
        ("Last seen", words.ago(group.last_seen, now), words.exact(group.last_seen)),
        ("Touched", f"{number(group.requests, 'request')}, {number(group.students, 'student')}, "
                    f"{number(group.executions, 'execution')}", "Different ones, in this window."),
        ("Exception", group.exception, ""), ("Place", group.culprit, "The innermost frame of our own code."),
        *((f"{FACETS[facet]}s" if facet is not Facet.SEVERITY else "Severities", _counted(by.get(facet, {})), "")
          for facet in (Facet.SEVERITY, Facet.STAGE, Facet.JOB, Facet.VERSION, Facet.EXECUTION)),
        ("Fixed in", mark.fixed_in or "" if mark else "", "Gone since this build, beyond chance."),
        ("Broke in", mark.broke_in or "" if mark else "", "Came or rose with this build."),
        ("Grouped by", group.kind, "A traceback, a learned template, or a rule."),
        ("Fingerprint", group.fingerprint, "; ".join(detail.keys)),
    ]


def _counted(counts: Mapping[str, int]) -> str:
    if not any(counts):
        return ""
    best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{value or UNSAID} {count:,}" for value, count in best[:4]]
    return ", ".join([*shown, *([f"{len(best) - 4} more"] if len(best) > 4 else [])])


def _head(detail: GroupDetail, asked: str) -> None:
    group = detail.group
    st.subheader(literal(group.title), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(literal(standing(group.told)), color=COLOURS[group.told.state])
        st.caption(literal(why(group.told)), width="content")
    if asked != group.fingerprint:
        st.caption("The group in the address was merged into this one.")


def _hidden(mark: Mark | None) -> None:
    """That another group stood before this one."""
    if mark is None or not mark.unmasked_by:
        return
    with st.container(border=True, key="group_unmasked", horizontal=True, vertical_alignment="center"):
        build = f" with build {mark.unmasked_in}" if mark.unmasked_in else ""
        st.markdown(f"**{literal(f'Hidden behind another group until that one was fixed{build}.')}** {literal(mark.why)}",
                    width="stretch")
        st.button("That group", icon=":material/visibility:", key="group_before", on_click=address.open_group,
                  args=(mark.unmasked_by,))


def _timeline(detail: GroupDetail, now: datetime) -> None:
    group = detail.group
    since = min(group.first_seen, now - _FEWEST) - timedelta(minutes=1)
    width = figures.step(since, now)
    points: Sequence[RatePoint] = incidents.timeline(group.fingerprint, since, width)
    marks = [figures.Mark(deploy.at, deploy.build) for deploy in incidents.deploys()]
    st.plotly_chart(figures.timeline(points, marks, since=since, until=now, width=width), key="group_timeline",
                    config={"displayModeBar": False}, alt="The group's errors over time, with the deploys")


def _said(detail: GroupDetail) -> None:
    st.subheader("Sample", anchor=False)
    st.code(detail.group.sample, language=None, wrap_lines=True)
    shown = next((one for one in (detail.newest, detail.first) if one is not None and one.trace), None)
    if shown is not None:
        long = shown.trace.count("\n") > _TRACE_LINES
        st.caption(f"Traceback of {words.exact(shown.at)}")
        st.code(shown.trace, language=None, height=420 if long else "content")


def _lines(detail: GroupDetail) -> None:
    st.subheader("Lines", anchor=False)
    before = address.number(address.BEFORE)
    page = incidents.occurrences(detail.group.fingerprint, before=before, limit=AT_ONCE)
    if page.rows:
        st.html(evidence.occurrences(page.rows))
    else:
        st.caption("Its lines are older than lines are kept; the counts stay.")
    with st.container(horizontal=True, gap="small"):
        if before is not None:
            st.button("Newest", icon=":material/first_page:", key="lines_newest", on_click=address.put, args=(address.BEFORE, ""))
        if page.older is not None:
            st.button("Older", icon=":material/chevron_right:", key="lines_older", on_click=address.put,
                      args=(address.BEFORE, str(page.older)))


def _more(detail: GroupDetail, now: datetime) -> None:
    if detail.requests:
        st.subheader("Requests", anchor=False)
        st.html(evidence.affected(detail.requests, now.astimezone(UTC)))
    if detail.similar:
        st.subheader("Similar groups", anchor=False)
        st.html(evidence.similar(detail.similar))
    if detail.changes:
        st.subheader("What was decided", anchor=False)
        st.html(evidence.changes(detail.changes))
