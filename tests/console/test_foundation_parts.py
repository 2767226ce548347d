"""The parts of the Foundation page as plain functions: findings, exports, the picture, the list, the words."""

import csv
import io
import json

import pytest

from console.foundation import cards, findings, graph, migrations, models, words
from console.foundation.findings import Filter
from pipeline.database import State
from pipeline.database.migrate import Step
from pipeline.doctor import Code, Edge, Examination, Finding, Model, Severity


def finding(code: Code = Code.MISSING_CLASS, severity: Severity = Severity.ERROR, **fields: object) -> Finding:
    return Finding.model_validate({"code": code, "severity": severity, "model": "User", "attribute": "posts", "file": "m.py",
                                   "line": 3, "message": "what", "suggestion": "how", **fields})


def model(name: str, *, ok: bool = True) -> Model:
    return Model(name=name, table=name.lower(), file="m.py", line=1, ok=ok)


def edge(name: str, attribute: str, target: str, *, broken: bool = False) -> Edge:
    return Edge(model=name, attribute=attribute, target=target, broken=broken)


FOUND = [
    finding(file="b.py"), finding(Code.INDEX_DIFFERS, Severity.WARNING, file="a.py", model="Post", attribute=""),
    finding(Code.NAME_CLASH, model="Tag", message="Two classes are named Tag."),
]


# words


def test_every_code_and_severity_has_words() -> None:
    assert set(words.CODES) == set(Code) and set(words.SEVERITIES) == set(Severity)


@pytest.mark.parametrize(("number", "said"), [(0, "no findings"), (1, "1 finding"), (3, "3 findings")])
def test_things_are_counted_in_words(number: int, said: str) -> None:
    assert words.count(number, "finding") == said


# findings


@pytest.mark.parametrize(("wanted", "kept"), [
    (Filter(), ["User", "Tag", "Post"]),  # errors first
    (Filter(order="By file"), ["Post", "User", "Tag"]),
    (Filter(order="By model"), ["Post", "Tag", "User"]),
    (Filter(severities=[Severity.WARNING]), ["Post"]),
    (Filter(codes=[Code.NAME_CLASH, Code.INDEX_DIFFERS]), ["Tag", "Post"]),
    (Filter(models=["Tag"]), ["Tag"]),
    (Filter(search="two CLASSES are"), ["Tag"]),
    (Filter(search="user.posts"), ["User"]),
    (Filter(search=".*"), []),  # what is typed is no pattern
])
def test_findings_are_filtered_searched_and_sorted(wanted: Filter, kept: list[str]) -> None:
    assert [f.model for f in findings.arranged(FOUND, wanted)] == kept


def test_the_json_is_what_the_command_prints() -> None:
    seen = Examination(findings=tuple(FOUND), models=(model("A"), model("B", ok=False)))
    told = json.loads(findings.to_json(seen, FOUND))
    assert set(told) == {"findings", "models", "mappers_ok"} and (told["models"], told["mappers_ok"]) == (2, 1)
    assert list(told["findings"][0]) == ["code", "severity", "model", "attribute", "file", "line", "message", "suggestion"]


def test_a_spreadsheet_runs_nothing_of_the_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(findings.to_csv([finding(message="=HYPERLINK(1)\nand more")]).decode())))
    assert rows[0]["message"] == "'=HYPERLINK(1)\nand more" and rows[0]["line"] == "3"


def test_a_card_escapes_everything_and_sets_code_as_code() -> None:
    html = cards.cards([finding(model="<b>", message="Add `from <x> import y` here.", suggestion="</p><script>")])
    assert "<code>from &lt;x&gt; import y</code>" in html and "<code>&lt;b&gt;.posts</code>" in html
    assert "<script>" not in html and "m.py:3" in html


# the picture


def test_two_classes_are_joined_by_one_line_with_the_attributes_of_both() -> None:
    pair = [edge("User", "posts", "Post"), edge("Post", "author", "User")]
    assert graph.lines(pair) == [graph.Line("User", "Post", ("posts",), ("author",), broken=False)]


def test_a_broken_relationship_stands_on_a_line_of_its_own() -> None:
    lines = graph.lines([edge("User", "posts", "Post"), edge("User", "drafts", "Post", broken=True)])
    assert [(line.there, line.broken) for line in lines] == [(("posts",), False), (("drafts",), True)]


def test_a_model_related_to_itself_has_one_line() -> None:
    assert len(graph.lines([edge("Topic", "parent", "Topic"), edge("Topic", "children", "Topic")])) == 1


def test_what_is_broken_is_said_in_words_and_not_only_in_colour() -> None:
    seen = Examination(models=(model("User", ok=False),), edges=(edge("User", "school", "School", broken=True),))
    dot = graph.dot(seen, {"User", "School"})
    assert 'label="User\\nuser\\nbroken" class="model broken"' in dot
    assert 'label="School\\nis not among the models" class="model broken absent"' in dot
    assert 'label="broken\\nschool" class="relation broken" style="dashed"' in dot


@pytest.mark.parametrize(("name", "written"), [
    ('a"b', 'a\\"b'), ("a\\", "a\\\\"), ("a\\N", "a\\\\N"), ("&lt;", "&amp;lt;"), ("a\nb", "a b"), ("x" * 50, "x" * 39 + "…"),
])
def test_a_name_cannot_end_the_text_it_stands_in(name: str, written: str) -> None:
    assert f'label="{written}\\n' in graph.dot(Examination(models=(model(name),)), {name})


def test_many_models_show_the_broken_ones_and_their_neighbours_only() -> None:
    names = [f"M{n}" for n in range(graph.LARGEST + 40)]
    edges = [edge(one, "next", other) for one, other in zip(names, names[1:], strict=False)]
    seen = Examination(models=tuple(model(name, ok=name != "M50") for name in names), edges=tuple(edges))
    view = models.picture(seen, "")
    assert view.names == {"M49", "M50", "M51"} and "broken ones and their neighbours" in view.told
    assert models.picture(seen, "M7").names == {"M6", "M7", "M8"}


def test_many_models_without_a_fault_ask_for_a_choice_instead_of_a_picture() -> None:
    seen = Examination(models=tuple(model(f"M{n}") for n in range(graph.LARGEST + 1)))
    assert models.picture(seen, "") == models.View(
        frozenset(), f"{graph.LARGEST + 1} models are too many for one picture, and none of them is broken: choose one to see its neighbours."
    )


def test_a_picture_never_grows_too_large_and_says_what_it_leaves_out() -> None:
    hub = tuple(edge("Hub", f"m{n}", f"M{n}") for n in range(graph.LARGEST + 20))
    seen = Examination(models=(model("Hub"), *(model(f"M{n}") for n in range(graph.LARGEST + 20))), edges=hub)
    view = models.picture(seen, "Hub")
    assert len(view.names) == graph.LARGEST and "Hub" in view.names and "21 more are left out." in view.told


# the list and the migrations


def test_the_list_begins_with_what_is_broken_and_counts_findings_at_both_ends() -> None:
    seen = Examination(models=(model("Post"), model("User", ok=False)), findings=(finding(),),
                       edges=(edge("User", "posts", "Post", broken=True),))
    table = models.mappers(seen)
    assert list(table["Model"]) == ["User", "Post"] and list(table["State"]) == ["broken", "configures"]
    assert list(table["Broken"]) == ["posts", ""] and list(table["Findings"]) == [1, 1]


def test_migrations_stand_newest_first_and_the_missing_ones_say_so() -> None:
    steps = (Step("0001", "<first>"), Step("0002", "second"))
    html = migrations.table(State(current="0001", steps=steps, pending=steps[1:], heads=("0002",), known=True))
    assert html.index("second") < html.index("&lt;first&gt;")
    assert html.index("missing") < html.index("done")
