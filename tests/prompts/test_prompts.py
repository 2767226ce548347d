"""Prompts: what is refused before any model is called, what is filled in, what changed, and files that come back the same."""

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
import xllamacpp
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DATA
from pipeline.corpus.catalogue import read_catalogue
from pipeline.errors import BadRequest, OperatorError
from pipeline.ports import Prompt
from pipeline.prompts import (
    SLOTS,
    ByteBound,
    Change,
    PromptBook,
    PromptText,
    as_toml,
    check,
    diff,
    diff_prompts,
    read_prompts,
    read_text,
    read_texts,
    refuse,
)

FACTS = SLOTS["hook"].offered
PRINTED = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=60).filter(str.strip)


def hook(**parts: Any) -> PromptText:
    usual: dict[str, Any] = {"system": "You are a teacher.", "user": "Ask about {{ topic }}.", "variables": ("topic",), "max_tokens": 40}
    return PromptText.model_validate({"name": "hook", **usual, **parts})


def places(text: PromptText) -> list[str]:
    return [fault.place for fault in check(text)]


@pytest.mark.parametrize("text", [*read_texts(DATA / "prompts"), *read_texts(DATA / "prompts" / "variants" / "plain")],
                         ids=lambda text: f"{text.name}-{text.version}")
def test_what_ships_has_no_fault(text: PromptText):
    assert check(text) == []


def test_every_prompt_that_is_asked_for_ships():
    assert {text.name for text in read_texts(DATA / "prompts")} == set(SLOTS)


@pytest.mark.parametrize(("parts", "place", "said"), [
    ({"name": "greeting"}, "name", "of no prompt that anything asks for"),
    ({"user": "{{ topic }}\n{{ colour }}"}, "user:2", "'colour', which is not declared"),
    ({"user": "{{ topic }} {{ claim }}", "variables": ("topic", "claim")}, "variables.claim", "is unknown"),
    ({"user": "nothing"}, "variables.topic", "not used"),
    ({"system": "About {{ topic }}"}, "system", "not a template"),
    ({"user": "{{ topic }\nx"}, "user:1", "is no template"),
    ({"user": "{% for n in range(1000000000) %}x{% endfor %}{{ topic }}"}, "user:1", "a call"),
    ({"user": "{% for t in topic|upper %}{{ t }}{% endfor %}"}, "user:1", "loops over something else"),
    ({"user": "a\n{% macro m() %}{{ m() }}{% endmacro %}{{ topic }}"}, "user:2", "a macro"),
    ({"user": "{% for t in topic recursive %}{{ t }}{% endfor %}"}, "user:1", "calls itself"),
    ({"user": "{% for a in topic %}{% for b in topic %}{% for c in topic %}.{% endfor %}{% endfor %}{% endfor %}"}, "user:1", "2 deep"),
    ({"user": "{{ topic * 1000000000 }}"}, "user:1", "a multiplication"),
    ({"user": "{{ 9 ** 9 ** 9 }}{{ topic }}"}, "user:1", "a power"),
    ({"user": "{{ topic.__class__.mro() }}"}, "user:1", "a call"),
    ({"user": "{{ topic|center(1000000000) }}"}, "user:1", "the filter 'center'"),
    ({"user": "{% include 'other' %}{{ topic }}"}, "user:1", "an include"),
    ({"user": "{% set x = topic %}{{ x }}"}, "user:1", "an assignment"),
    ({"user": "{{ topic + 1 }}"}, "user", "cannot be filled in"),
    ({"user": "{{ topic.nothing }}"}, "user", "cannot be filled in"),
    ({"user": "{% if topic == 'x' %}y{% endif %}"}, "user", "is empty once it is filled in"),
    ({"user": "{{ topic }}" + " word" * 1000}, "user", "more than the 4,096"),
    ({"max_tokens": 4080}, "user", "more than the 4,096"),
    ({"schema": {"type": "thing"}}, "schema.type", "must be one of"),
    ({"schema": {"type": "object", "properties": {"a": {"type": "string", "contains": "x"}}, "required": ["a"],
                 "additionalProperties": False}}, "schema.properties.a.contains", "not held by the engine"),
    ({"schema": {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False}},
     "schema.required", "leave some out"),
    ({"schema": {"type": "array", "items": {"type": "array", "items": {}}}}, "schema.items.items.type", "must be one of"),
])
def test_a_fault_is_told_with_its_place_before_a_model_is_called(parts: Mapping[str, Any], place: str, said: str):
    faults = {fault.place: fault.said for fault in check(hook(**parts))}
    assert said in faults[place]


def test_all_faults_are_told_at_once_in_one_sentence():
    text = hook(user="{{ colour }}\n{% include 'x' %}", system="{{ topic }}")
    with pytest.raises(BadRequest) as refusal:
        refuse(text, check(text))
    assert all(part in str(refusal.value) for part in ("system is not", "user:2 has an include", "user:1 uses the variable"))


def test_a_stage_that_narrows_a_property_needs_it_in_the_schema():
    nlu = read_prompts(DATA / "prompts").text("nlu")
    assert places(nlu.model_copy(update={"output": None})) == ["schema.properties.topic"]


def test_the_engine_is_the_one_whose_schemas_the_check_knows():
    assert xllamacpp.json_schema_to_grammar({"type": "integer", "maximum": 3}).startswith("%llguidance")


# filling in


def test_the_facts_are_filled_in_and_data_stays_data():
    prompt = PromptBook({"hook": hook()}).render("hook", {**FACTS, "topic": "{{ 7 * 7 }} {% include 'x' %}"})
    assert prompt.user == "Ask about {{ 7 * 7 }} {% include 'x' %}."
    assert prompt.variables == {"topic": "{{ 7 * 7 }} {% include 'x' %}"}  # and nothing that the version does not use


@pytest.mark.parametrize(("given", "said"), [
    ({"summary": "x"}, "needs the variable 'topic'"),
    ({"topic": "x", "claim": "y"}, "does not declare the variable 'claim'"),
    ({"topic": read_catalogue(DATA / "topics" / "topics.toml")[0]}, "hook.topic is of type TopicCard"),
    ({"topic": ["fine", object()]}, "hook.topic[1] is of type object"),
    ({"topic": [{"title": ["deep"]}]}, "hook.topic[0].title is of type list"),
])
def test_a_variable_that_is_missing_unknown_or_an_object_is_refused(given: Mapping[str, object], said: str):
    with pytest.raises(OperatorError) as refusal:
        PromptBook({"hook": hook()}).render("hook", given)
    assert said in str(refusal.value)


def test_two_loops_over_a_long_list_end_at_a_bound():
    nlu = read_prompts(DATA / "prompts").text("nlu").model_copy(update={
        "user": "{{ question }}{% for a in cards %}{% for b in cards %}{{ a.title }}{% endfor %}{% endfor %}"})
    with pytest.raises(OperatorError, match="grows beyond 200,000 characters"):
        PromptBook({"nlu": nlu}).render("nlu", {"question": "q", "cards": [{"title": "t" * 20}] * 200})


def test_a_call_narrows_a_property_of_the_schema_and_no_other():
    book = read_prompts(DATA / "prompts")
    schema = book.render("nlu", SLOTS["nlu"].offered, only={"topic": range(3)}).schema
    assert schema is not None and schema["properties"] == {
        "kind": {"enum": ["learning", "vague", "other"]}, "topic": {"enum": [0, 1, 2]}}
    with pytest.raises(OperatorError, match="has no property 'colour'"):
        book.render("nlu", SLOTS["nlu"].offered, only={"colour": ["red"]})


def test_a_version_is_its_content_and_a_book_its_versions():
    book = PromptBook({"hook": hook()})
    assert hook().version == hook().version != hook(temperature=0.1).version
    assert book.with_texts([hook(max_tokens=41)]).version != book.version == book.with_texts([hook()]).version
    with pytest.raises(OperatorError, match="no prompt 'link' in the book: it has hook"):
        book.text("link")


@given(PRINTED, PRINTED)
@settings(max_examples=60, deadline=None)
def test_bytes_are_never_fewer_than_letters(system: str, user: str):
    prompt = Prompt(name="x", version="x", system=system, user=user, max_tokens=1)
    assert ByteBound().count(prompt) >= len(system) + len(user)


# what changed


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_the_pieces_of_a_difference_are_both_texts(before: str, after: str):
    pieces = diff(before, after)
    assert "".join(p.text for p in pieces if p.change is not Change.ADDED) == before
    assert "".join(p.text for p in pieces if p.change is not Change.REMOVED) == after
    assert before != after or all(p.change is Change.SAME for p in pieces)


def test_a_difference_is_told_in_words_and_by_part():
    told = {part.part: [(p.change, p.text) for p in part.pieces] for part in diff_prompts(hook(), hook(user="Ask for {{ topic }}."))
            if part.changed}
    assert told == {"user": [("same", "Ask "), ("removed", "about"), ("added", "for"), ("same", " {{ topic }}.")]}


# files


@given(system=PRINTED, user=PRINTED, stop=st.lists(st.text(max_size=5).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)), max_size=2),
       temperature=st.sampled_from([0.0, 0.7, 2.0]))
@settings(max_examples=150, deadline=None)
def test_a_file_gives_the_same_version_back(system: str, user: str, stop: list[str], temperature: float):
    schema = {"type": "object", "required": ["a b"], "additionalProperties": False,
              "properties": {"a b": {"enum": ["x\"y", 1, True]}}}
    text = hook(system=system, user=user, stop=tuple(stop), temperature=temperature, schema=schema)
    again = PromptText.model_validate({"name": "hook", **tomllib.loads(as_toml(text))})
    assert again.version == text.version


def test_a_file_that_cannot_be_used_is_named(tmp_path: Any):
    (tmp_path / "hook.toml").write_text("system = 'x'\nuser = 'y'\nmax_tokens = 0\n")
    with pytest.raises(OperatorError, match=r"(?s)hook\.toml is not a usable prompt.*max_tokens"):
        read_text(tmp_path / "hook.toml")
