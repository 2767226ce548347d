"""The Foundation page: healthy, with findings, without a database, of another package, of an upload, and for whom."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from console.literal import JOINER
from console.loaders import foundation, visitor
from console.loaders.foundation import Upload
from pipeline.checkup import Checkup
from pipeline.config import ROOT
from pipeline.database import State
from pipeline.database.migrate import Step
from pipeline.doctor import Attribute, Code, Edge, Examination, Finding, Model, Severity
from pipeline.errors import NotAllowed, OperatorError
from pipeline.organisation import Actor
from pipeline.tables import UserRole
from pipeline.wiring import Wiring
from tests.console import trees
from tests.console.conftest import PATIENCE_SECONDS

HOSTILE = "<script>alert(1)</script> :red[x] $y$"
STEPS = (Step("0001", "Requests"), Step("0002", "Organisations"))
READY = State(current="0002", steps=STEPS, pending=(), heads=("0002",), known=True)
BEHIND = State(current="0001", steps=STEPS, pending=STEPS[1:], heads=("0002",), known=True)
EMPTY = State(current=None, steps=STEPS, pending=STEPS, heads=("0002",), known=True)
NEWER = State(current="0009", steps=STEPS, pending=(), heads=("0002",), known=False)
HEALTHY = Examination(
    models=(Model(name="User", table="users", file="m/user.py", line=3, ok=True),
            Model(name="Post", table="posts", file="m/post.py", line=4, ok=True)),
    edges=(Edge(model="User", attribute="posts", target="Post", broken=False),
           Edge(model="Post", attribute="author", target="User", broken=False)),
    attributes=(Attribute(model="User", attribute="email", table="users", column="e_mail", file="m/user.py", line=5),
                Attribute(model="User", attribute="posts", file="m/user.py", line=6)),
)
Own = Callable[[Examination, State | None], None]
Open = Callable[..., AppTest]


def shown(page: AppTest) -> str:
    """Everything that stands on the page, as text."""
    assert not page.exception
    pieces = [getattr(element, "value", getattr(element, "body", "")) for element in page.main]
    return "\n".join(map(str, pieces)).replace("\\", "").replace(JOINER, "")


def picture(page: AppTest) -> str:
    """The DOT of the model graph."""
    return str(page.get("graphviz_chart")[0].proto.spec)


@pytest.fixture
def own(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Iterator[Own]:
    """Has the doctor tell this of our own models."""

    def told(examination: Examination, state: State | None = READY) -> None:
        monkeypatch.setattr(foundation, "check_own", lambda _: Checkup(examination=examination, state=state))

    told(HEALTHY)
    foundation._LOOKS.clear()
    yield told
    foundation._LOOKS.clear()


@pytest.fixture
def be(own: Own, monkeypatch: pytest.MonkeyPatch) -> Callable[[UserRole], None]:
    """Has somebody of this role open the page."""

    def someone(role: UserRole) -> None:
        monkeypatch.setattr(visitor, "actor", lambda: Actor(user_id="someone", name="Someone", role=role))

    return someone


@pytest.fixture
def open_page(own: Own) -> Open:
    def opened(**address: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "console" / "pages" / "foundation.py"), default_timeout=PATIENCE_SECONDS)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return opened


@pytest.fixture
def upload(open_page: Open) -> Callable[..., AppTest]:
    """Uploads these files and shows what the page says."""

    def uploaded(**files: bytes) -> AppTest:
        page = open_page()
        page.segmented_control(key="examined").set_value(foundation.Kind.UPLOAD).run()
        given = [(name.replace("_dot_", "."), content, "application/octet-stream") for name, content in files.items()]
        return page.file_uploader(key="upload").set_value(given).run()

    return uploaded


# our own models and database


def test_a_healthy_installation_is_said_to_be_so_in_one_sentence(open_page: Open) -> None:
    page = open_page()
    assert page.success[0].value.replace("\\", "") == "2 models, all mappers configure, the database is as the models say."
    assert [metric.value for metric in page.metric] == ["2", "2 of 2", "0", "0002"]
    assert "There is nothing to mend." in shown(page) and "none of them broken" in shown(page)


def test_our_own_models_and_a_fresh_database_have_no_findings(wiring: Wiring) -> None:
    foundation._LOOKS.clear()
    assert wiring.engine  # brings the database to the newest revision
    look = foundation.own()
    assert look.examination.findings == () and look.state and look.state.ready
    assert all(model.ok for model in look.examination.models)


@pytest.mark.parametrize(("state", "said"), [
    (BEHIND, "The database lacks the migrations 0002: run `python -m pipeline database upgrade`."),
    (EMPTY, "there is no database yet"),
    (None, "There is no database yet."),
    (NEWER, "The database is at revision '0009', which this version of Vividly does not know"),
], ids=["behind", "empty", "none", "newer"])
def test_a_database_that_is_not_ready_is_told_with_what_to_do(own: Own, open_page: Open, state: State | None, said: str) -> None:
    own(HEALTHY, state)
    page = open_page()
    assert said in shown(page) and not page.success
    assert bool(page.code) is (state is not NEWER)  # what no command mends names no command


def test_a_migration_of_an_unknown_database_is_neither_done_nor_missing(own: Own, open_page: Open) -> None:
    own(HEALTHY, NEWER)
    assert shown(open_page()).count("not known") == len(STEPS)


def test_a_database_that_cannot_be_reached_is_one_sentence(own: Own, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_: object) -> None:
        raise OperatorError("The database postgresql://me:s3cret@db/x cannot be reached.")

    monkeypatch.setattr(foundation, "check_own", unreachable)
    page = open_page()
    assert "cannot be reached" in shown(page) and "s3cret" not in shown(page)


def test_what_was_seen_is_kept_until_somebody_looks_again(own: Own, open_page: Open) -> None:
    page = open_page()
    own(Examination(models=HEALTHY.models[:1]), READY)
    assert page.run().metric[0].value == "2"
    page.button(key="look_again").click().run()
    assert page.metric[0].value == "1"


def test_a_name_that_looks_like_markup_is_shown_as_it_is(own: Own, open_page: Open) -> None:
    fault = Finding(code=Code.MISSING_CLASS, severity=Severity.ERROR, model=HOSTILE, attribute="x", file=HOSTILE, line=1,
                    message=f"{HOSTILE} `{HOSTILE}`", suggestion=HOSTILE)
    model = Model(name=HOSTILE, table='"]; evil', file=HOSTILE, line=1, ok=False)
    own(Examination(findings=(fault,), models=(model,), edges=(Edge(model=HOSTILE, attribute='"', target="\\", broken=True),)), READY)
    page = open_page(model=HOSTILE)
    html = "".join(element.proto.body for element in page.get("html"))
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert '"]; evil' not in picture(page).replace('\\"', "")


def test_a_database_in_trouble_does_not_have_everything_examined_again_and_again(own: Own, open_page: Open) -> None:
    page = open_page()
    st.cache_resource.clear()  # what the door does when the database fails
    own(Examination(models=HEALTHY.models[:1]), READY)
    assert page.run().metric[0].value == "2"


def test_a_search_on_a_late_page_shows_what_it_finds(own: Own, open_page: Open) -> None:
    many = [Finding(code=Code.TABLE_DIFFERS, severity=Severity.WARNING, model=f"M{n}", message="differs", suggestion="mend")
            for n in range(45)]
    own(Examination(findings=tuple(many), models=HEALTHY.models), READY)
    page = open_page()
    page.pagination(key="finding_page").set_value(3).run()
    assert "<code>M44</code>" in shown(page)
    page.text_input(key="finding_search").input("m1").run()
    assert "11 of 45 findings" in shown(page) and "<code>M19</code>" in shown(page)
    page.text_input(key="finding_search").input("").run()
    page.pagination(key="finding_page").set_value(3).run()
    page.text_input(key="finding_search").input("3").run()
    assert "14 of 45 findings" in shown(page) and "<code>M3</code>" in shown(page)


# one model


def test_a_model_in_the_address_is_shown_with_its_columns_and_relationships(open_page: Open) -> None:
    page = open_page(model="User")
    assert page.selectbox(key="model").value == "User"
    assert "User and what it is related to." in shown(page)
    assert "e_mail" in shown(page) and "→ Post" in shown(page)


def test_a_model_that_does_not_exist_is_ignored(open_page: Open) -> None:
    page = open_page(model="Nobody")
    assert page.selectbox(key="model").value is None and not page.exception


# another package


def test_the_fault_of_the_original_is_three_findings_in_one_look(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    page.segmented_control(key="examined").set_value(foundation.Kind.PACKAGE).run()
    page.text_input(key="package_name").input(str(trees.plant(tmp_path / "tree")))
    page.button[-1].click().run()
    assert page.error[0].value.replace("\\", "").startswith("3 findings in 3 models: missing class")
    assert page.query_params["examine"] == str(tmp_path / "tree" / "school")
    assert 'class="relation broken"' in picture(page) and "is not among the models" in picture(page)
    page.text_input(key="finding_search").input("featureflag").run()
    assert "1 of 3 findings" in shown(page)


def test_following_a_link_imports_nothing_before_somebody_agrees(open_page: Open, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    file = tmp_path / "loud.py"
    file.write_text(f"open({str(marker)!r}, 'w').close()\n{trees.ONE_MODEL}")
    page = open_page(examine=str(file))
    assert "This link asks to import" in shown(page) and not marker.exists()
    page.button(key="allow").click().run()
    assert marker.exists() and page.metric[0].value == "1"
    assert open_page(examine=str(file)).metric[0].value == "1"  # kept for everybody who has the link


@pytest.mark.parametrize("name", ["no.such.package", "/no/such/folder", "~nobody-of-this-name/x", "a\x07b", "  ", "json"])
def test_what_cannot_be_examined_is_one_sentence(open_page: Open, name: str) -> None:
    page = open_page(examine=name)
    if page.button(key="allow"):
        page.button(key="allow").click().run()
    assert len(page.error) == 1 and not page.exception and not page.metric


# uploads


def test_an_upload_is_read_and_never_run(upload: Callable[..., AppTest], tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    page = upload(models_dot_py=f"open({str(marker)!r}, 'w').close()\n{trees.ONE_MODEL}".encode())
    assert page.success and page.metric[0].value == "1"
    assert not marker.exists()


def test_an_uploaded_zip_has_its_findings_and_is_not_in_the_address(upload: Callable[..., AppTest]) -> None:
    page = upload(school_dot_zip=trees.zipped())
    assert page.error[0].value.replace("\\", "").startswith("3 findings in 3 models")
    assert "examine" not in page.query_params
    assert "school/organization.py" in shown(page) and "vividly-upload" not in shown(page)


@pytest.mark.parametrize(("content", "said"), [
    (b"no zip at all", "cannot be unpacked"),
    (trees.zipped({"../evil.py": "x = 1"}), "leads outside of it"),
    (trees.zipped({"readme.txt": "x"}), "There is no Python file in the upload."),
    (trees.zipped({"a.py": "x = 1"}), "The upload declares no SQLAlchemy models"),
], ids=["bad", "traversal", "no-python", "no-models"])
def test_an_upload_that_cannot_be_read_is_one_sentence(upload: Callable[..., AppTest], content: bytes, said: str) -> None:
    page = upload(x_dot_zip=content)
    assert [said in error.value.replace("\\", "") for error in page.error] == [True]
    assert not page.metric and not page.exception


# who may


@pytest.mark.parametrize("kind", [foundation.Kind.PACKAGE, foundation.Kind.UPLOAD])
@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.CONTENT, UserRole.PRODUCT])
def test_who_may_only_look_is_told_who_may_examine_others(
    be: Callable[[UserRole], None], open_page: Open, role: UserRole, kind: foundation.Kind,
) -> None:
    be(role)
    page = open_page()
    assert page.success
    page.segmented_control(key="examined").set_value(kind).run()
    assert "Examining other packages needs the role engineering or admin" in shown(page)
    assert all(widget.disabled for widget in (*page.text_input, *page.file_uploader))


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.CONTENT, UserRole.PRODUCT, UserRole.TEACHER])
def test_the_door_refuses_too(be: Callable[[UserRole], None], role: UserRole, tmp_path: Path) -> None:
    be(role)
    asked: list[Callable[[], object]] = [
        lambda: foundation.examine("json"), lambda: foundation.seen("json"), lambda: foundation.forget("json"),
        lambda: foundation.examine_upload([Upload("a.py", b"")]),
    ]
    for ask in asked:
        with pytest.raises(NotAllowed):
            ask()


def test_a_student_does_not_see_the_page(be: Callable[[UserRole], None], open_page: Open) -> None:
    be(UserRole.STUDENT)
    page = open_page()
    assert page.error and not page.metric
