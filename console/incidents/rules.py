"""What people said about lines: an error or none, and which group; a rule of people beats what is found automatically."""

from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup

from console import words
from console.incidents import reasons
from console.incidents.address import link
from console.literal import literal
from console.loaders import decisions, incidents
from console.organisation import changes
from pipeline.incidents import RuleState
from pipeline.logs import How
from pipeline.logs.severity import FIELDS
from pipeline.organisation import Permission
from pipeline.tables import RuleVerdict

VERDICTS: Mapping[RuleVerdict, str] = {
    RuleVerdict.ERROR: "are errors", RuleVerdict.NO_ERROR: "are no errors", RuleVerdict.GROUP: "go into one group",
}
HOW: Mapping[How, str] = {How.CONTAINS: "contains", How.MATCHES: "matches the pattern", How.EQUALS: "is exactly"}
NAMES: Mapping[str, str] = {
    "message": "message", "trace": "traceback", "text": "message or traceback", "request_id": "request",
    "correlation_id": "correlation", "student_id": "student",
}
_TEXT_CHARACTERS = 500
_RULE = Markup("<p>Lines whose {field} {how} <code>{text}</code> <b>{verdict}</b>{group}.</p><small>{told}</small>")
_GROUP = Markup(': <a href="{link}" target="_self">{name}</a>')


def show() -> None:
    """The tab."""
    st.caption("What counts as an error is decided from severity, the level in the text, tracebacks and known words together. "
               "A rule beats that, and beats the automatic grouping; the newest rule that holds decides.")
    changes.asks("Add a rule", "Add a rule", ask, "", permission=Permission.INCIDENTS, icon=":material/add:", key="add_rule")
    found = incidents.rules()
    if not found:
        st.info("There is no rule. Add one when ordinary lines are counted as errors, when faults are missed, or when one cause "
                "is spread over many groups.", icon=":material/rule:")
    for rule in found:
        _one(rule)


def ask(fingerprint: str) -> None:
    """What the rule holds for and says; with a fingerprint, that lines go into that group."""
    verdicts = list(RuleVerdict)
    field = st.selectbox("Lines whose", FIELDS, key="rule_field", format_func=lambda name: NAMES.get(name, name))
    how = st.segmented_control("How", list(How), key="rule_how", default=How.CONTAINS, required=True, format_func=HOW.__getitem__)
    text = st.text_input("Text", key="rule_text", max_chars=_TEXT_CHARACTERS, placeholder="failed to locate a name")
    verdict = st.radio("These lines", verdicts, key="rule_verdict", format_func=VERDICTS.__getitem__, horizontal=True,
                       index=verdicts.index(RuleVerdict.GROUP) if fingerprint else 0)
    into = title = ""
    if verdict is RuleVerdict.GROUP:
        into = st.text_input("Fingerprint of the group", value=fingerprint, key="rule_group", max_chars=64).strip()
        title = st.text_input("Or the name of a new group", key="rule_title", max_chars=200, disabled=bool(into)).strip()
    else:
        st.caption("It holds for lines that are read from now on, and stored errors that it calls none leave their groups. "
                   "Ordinary lines are only counted: those that were read before cannot become errors.")
    why = reasons.ask("Why", "rule_why")
    if st.button("Add", type="primary", key="rule_confirm"):
        error = None if verdict is RuleVerdict.GROUP else verdict is RuleVerdict.ERROR
        _add(lambda: decisions.add_rule(field, How(how or How.CONTAINS), text, reasons.given(why), error=error, into=into,
                                        title=title))


def rule(one: RuleState) -> str:
    """A rule in words, with who said it and why."""
    by = f"by {one.by}, {words.exact(one.at)}{f': {one.why}' if one.why else ''}"
    return str(_RULE.format(
        field=NAMES.get(one.field, one.field), how=HOW[How(one.how)], text=one.text, verdict=VERDICTS[RuleVerdict(one.verdict)],
        group=_GROUP.format(link=link(one.fingerprint), name=one.fingerprint) if one.fingerprint else "", told=by))


def _add(add: Callable[[], int]) -> None:
    made: list[int] = []
    changes.make(lambda: made.append(add()), "The rule is in force.", undo=lambda: decisions.end_rule(made[0], "Taken back."))


def _one(one: RuleState) -> None:
    shown, act = st.columns([7, 1], vertical_alignment="center")
    with shown:
        st.html(rule(one))
        if one.looked_at < one.to_look_at:
            st.progress(one.looked_at / one.to_look_at, text=f"{one.looked_at:,} of {one.to_look_at:,} lines looked at again")
    with act:
        changes.asks("End", "End this rule", ask_end, one, permission=Permission.INCIDENTS, icon=":material/delete:",
                     key=f"end_rule_{one.rule_id}")


def ask_end(one: RuleState) -> None:
    """Why the rule ends."""
    st.markdown(literal(f"{one.field} {HOW[How(one.how)]} {one.text}"))
    st.caption("Stored lines go back to where they were found automatically.")
    why = reasons.ask("Why", "end_rule_why")
    if st.button("End the rule", type="primary", key="end_rule_confirm"):
        changes.make(lambda: decisions.end_rule(one.rule_id, reasons.given(why)), "The rule has ended.", undo=lambda: _again(one))


def _again(one: RuleState) -> None:
    error = None if one.verdict == RuleVerdict.GROUP else one.verdict == RuleVerdict.ERROR
    decisions.add_rule(one.field, How(one.how), one.text, one.why or "Taken back.", error=error, into=one.fingerprint)
