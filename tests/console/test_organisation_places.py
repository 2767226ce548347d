"""People and places: the tree, what is made, named, moved and archived in it, and what is refused."""

import pytest

from console.organisation.atlas import ALL_OPEN, Atlas, atlas, holders, opened
from pipeline.domain import Subject
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, ClassView, OrganizationView, SchoolView
from pipeline.tables import OrganizationType, UserRole
from pipeline.wiring import Wiring
from tests.console.visits import HOSTILE, STAFF, become, errors, newest, press, told, visit


@pytest.fixture
def district(wiring: Wiring) -> OrganizationView:
    return wiring.places.create_organization(COMMAND_LINE, "Hillsboro", domain="hillsboro.org")


@pytest.fixture
def school(wiring: Wiring, district: OrganizationView) -> SchoolView:
    return wiring.places.create_school(COMMAND_LINE, district.organization_id, "Lincoln High")


@pytest.fixture
def lesson_group(wiring: Wiring, school: SchoolView) -> ClassView:
    return wiring.places.create_class(COMMAND_LINE, school.school_id, "Physics 10 A", subject=Subject.PHYSICS, grade_levels=[10])


def places(wiring: Wiring, *, archived: bool = False) -> Atlas:
    return atlas(wiring.places.tree(COMMAND_LINE, archived=archived))


# the tree


def test_a_fresh_installation_has_nothing_and_offers_the_first_organisation(wiring: Wiring) -> None:
    page = visit()
    assert "There is no organisation yet" in told(page)
    assert [button.label for button in page.button] == ["Create the first organisation"]
    press(page, "first_organisation")
    page.text_input(key="place_name").input("Hillsboro District")
    press(page, "place_submit")
    (made,) = wiring.places.tree(COMMAND_LINE)
    assert made.name == "Hillsboro District" and page.query_params["place"] == made.organization_id
    assert "Hillsboro District was created." in [toast.value.replace("\\", "") for toast in page.toast]


def test_people_without_an_organisation_are_shown_in_a_fresh_installation(wiring: Wiring) -> None:
    wiring.people.grant("ana@vividly.test", UserRole.CONTENT)
    page = visit()
    assert "There is no organisation yet" in told(page)
    assert [table.key for table in page.dataframe] == ["people"]


def test_the_tree_shows_what_is_in_what_and_a_click_puts_it_into_the_address(
    district: OrganizationView, school: SchoolView, lesson_group: ClassView
) -> None:
    page = visit()
    tree = [button for button in page.button if str(button.key).startswith("tree_")]
    assert [button.key for button in tree] == [
        "tree_0_everybody", f"tree_0_{district.organization_id}", f"tree_1_{school.school_id}", f"tree_2_{lesson_group.class_id}",
    ]
    press(page, f"tree_2_{lesson_group.class_id}")
    assert page.query_params["place"] == lesson_group.class_id
    assert f"Code {lesson_group.class_code} · Physics · grade 10 · no teacher yet · 0 students" in told(page)


def test_a_hostile_name_is_shown_as_it_is(wiring: Wiring) -> None:
    made = wiring.places.create_organization(COMMAND_LINE, HOSTILE)
    page = visit(place=made.organization_id)
    assert HOSTILE in told(page)
    assert "<script>" not in page.subheader[0].value and ":red[" not in page.subheader[0].value


@pytest.mark.parametrize("address", ["org_000000000000", "'; DROP TABLE users; --", HOSTILE])
def test_an_address_that_names_no_place_says_so(district: OrganizationView, address: str) -> None:
    page = visit(place=address)
    assert "Not found" in told(page) and f"There is no place with the id {address[:80]}." in told(page)


def test_a_person_that_there_is_not_is_one_sentence(district: OrganizationView) -> None:
    assert errors(visit(person="user_nobody")) == ["user: there is none with the id 'user_nobody'."]


def test_a_large_tree_is_open_only_along_the_way_to_the_chosen_place(wiring: Wiring, district: OrganizationView) -> None:
    schools = [wiring.places.create_school(COMMAND_LINE, district.organization_id, f"School {n:03}") for n in range(ALL_OPEN)]
    inside = wiring.places.create_class(COMMAND_LINE, schools[7].school_id, "Biology 9")
    everything = places(wiring)
    assert [spot.place.name for spot in opened(everything, None, "")] == ["Hillsboro"]
    assert len(opened(everything, district.organization_id, "")) == 1 + ALL_OPEN
    assert inside.class_id in {spot.place_id for spot in opened(everything, inside.class_id, "")}
    assert [spot.place.name for spot in opened(everything, None, inside.class_code.lower())] == ["Biology 9"]


def test_a_place_is_never_offered_to_be_moved_into_itself_or_where_it_is(wiring: Wiring, district: OrganizationView) -> None:
    part = wiring.places.create_organization(COMMAND_LINE, "North", parent_id=district.organization_id)
    wiring.places.create_organization(COMMAND_LINE, "Deep", parent_id=part.organization_id)
    gone = wiring.places.create_organization(COMMAND_LINE, "Gone")
    wiring.places.create_organization(COMMAND_LINE, "In it", parent_id=gone.organization_id)
    wiring.places.archive(COMMAND_LINE, gone.organization_id)
    everything = places(wiring, archived=True)
    assert [spot.place.name for spot in holders(everything, everything[part.organization_id])] == []
    wiring.places.create_organization(COMMAND_LINE, "Other")
    everything = places(wiring, archived=True)
    assert [spot.place.name for spot in holders(everything, everything[part.organization_id])] == ["Other"]
    assert {spot.place.name for spot in holders(everything, everything[gone.organization_id])} == {
        "Deep", "Hillsboro", "North", "Other"}


# what is made and changed


def test_a_school_and_a_class_are_made_inside_what_is_chosen(wiring: Wiring, district: OrganizationView) -> None:
    teacher = wiring.people.invite(COMMAND_LINE, "tom@school.org", UserRole.TEACHER, name="Tom")
    page = press(visit(place=district.organization_id), "add_school")
    page.text_input(key="place_name").input("Lincoln High")
    page.text_input(key="place_address").input("12 Main Street")
    press(page, "place_submit")
    assert "12 Main Street · 0 people · 0 classes" in told(page)
    press(page, "add_class")
    page.text_input(key="place_name").input("Biology 9")
    page.selectbox(key="place_subject").set_value(Subject.BIOLOGY)
    page.multiselect(key="place_grades").set_value([9, 10])
    page.selectbox(key="place_teacher").set_value(teacher.user_id)
    press(page, "place_submit")
    made = next(spot.place for spot in places(wiring).values() if isinstance(spot.place, ClassView))
    assert (made.name, made.subject, made.grade_levels, made.teacher_name) == ("Biology 9", Subject.BIOLOGY, (9, 10), "Tom")
    assert "Biology · grades 9, 10 · taught by Tom" in told(page)


def test_a_name_that_is_taken_is_refused_in_one_sentence_and_what_was_typed_stays(
    wiring: Wiring, district: OrganizationView, school: SchoolView
) -> None:
    page = press(visit(place=district.organization_id), "add_school")
    page.text_input(key="place_name").input("LINCOLN high")
    press(page, "place_submit")
    (refused,) = errors(page)
    assert refused.startswith("LINCOLN high is taken")
    assert page.text_input(key="place_name").value == "LINCOLN high"
    page.text_input(key="place_name").input(" ")
    press(page, "place_submit")
    assert errors(page) == ["The name must have 1 to 200 characters; it has 0."]


def test_a_rename_is_logged_and_undo_takes_it_back(wiring: Wiring, school: SchoolView) -> None:
    page = press(visit(place=school.school_id), "rename")
    page.text_input(key="place_name").input("Lincoln Academy")
    press(page, "place_submit")
    entry = newest(wiring, COMMAND_LINE)
    assert (entry.action, entry.before, entry.after) == ("school.renamed", {"name": "Lincoln High"}, {"name": "Lincoln Academy"})
    assert entry.actor_name == "local admin"
    press(page, "undo")
    assert places(wiring)[school.school_id].place.name == "Lincoln High"
    assert "undo" not in [button.key for button in page.button]


def test_a_school_moves_to_another_organisation(wiring: Wiring, school: SchoolView) -> None:
    other = wiring.places.create_organization(COMMAND_LINE, "North")
    page = press(visit(place=school.school_id), "move")
    press(page, "place_submit")
    assert errors(page) == ["Choose where to move it."]
    page.selectbox(key="place_into").set_value(other.organization_id)
    press(page, "place_submit")
    assert places(wiring)[school.school_id].way == "North › Lincoln High"


def test_a_part_moves_to_the_top(wiring: Wiring, district: OrganizationView) -> None:
    part = wiring.places.create_organization(COMMAND_LINE, "North", parent_id=district.organization_id)
    page = press(visit(place=part.organization_id), "move")
    page.selectbox(key="place_into").set_value("")
    press(page, "place_submit")
    assert places(wiring)[part.organization_id].above == ()


def test_type_domain_and_limits_are_set_and_taken_away(wiring: Wiring, district: OrganizationView) -> None:
    page = press(visit(place=district.organization_id), "settings")
    page.selectbox(key="place_kind").set_value(OrganizationType.GOVERNMENT)
    page.text_input(key="place_domain").input("")
    page.number_input(key="limit_videos").set_value(20)
    press(page, "place_submit")
    changed = places(wiring)[district.organization_id].place
    assert isinstance(changed, OrganizationView)
    assert (changed.type, changed.domain, changed.monthly_text_limit, changed.monthly_video_limit) == (
        OrganizationType.GOVERNMENT, None, None, 20)
    assert "Government · 0 people · at most 20 videos a month" in told(page)


def test_a_bad_domain_is_one_sentence(district: OrganizationView) -> None:
    page = press(visit(place=district.organization_id), "settings")
    page.text_input(key="place_domain").input("not a domain")
    assert errors(press(page, "place_submit")) == ["The domain must be a host name such as school.org."]


def test_archiving_asks_first_hides_and_can_be_undone(wiring: Wiring, district: OrganizationView, school: SchoolView) -> None:
    page = press(visit(place=district.organization_id), "archive")
    assert "will be hidden, with everything in it" in told(page) and places(wiring)
    press(page, "confirm_archive")
    assert not places(wiring)
    assert "Archived: it is hidden" in told(page)
    assert "add_school" not in [button.key for button in page.button]
    press(page, "undo")
    assert set(places(wiring)) == {district.organization_id, school.school_id}


def test_what_is_archived_is_shown_when_asked_for_and_restored(
    wiring: Wiring, district: OrganizationView, school: SchoolView
) -> None:
    wiring.places.archive(COMMAND_LINE, district.organization_id)
    page = visit(place=school.school_id)
    assert "Hidden, because Hillsboro is archived." in told(page)
    page.toggle(key="show_archived").set_value(True).run()
    press(page, f"tree_0_{district.organization_id}")
    press(page, "restore")
    assert set(places(wiring)) == {district.organization_id, school.school_id}


# roles


@pytest.mark.parametrize("role", STAFF)
def test_only_an_admin_changes_places_and_everybody_else_is_told_why(
    wiring: Wiring, district: OrganizationView, monkeypatch: pytest.MonkeyPatch, role: UserRole
) -> None:
    become(role, wiring, monkeypatch)
    page = visit(place=district.organization_id)
    for key in ("add_school", "add_part", "rename", "move", "settings", "archive", "new_organisation"):
        button = page.button(key=key)
        assert button.disabled is (role is not UserRole.ADMIN)
        if button.disabled:
            assert button.help == f"Changing organisations needs the role admin; you are {role}."


def test_the_service_refuses_whoever_gets_past_the_button(
    wiring: Wiring, district: OrganizationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = press(visit(place=district.organization_id), "rename")
    become(UserRole.VIEWER, wiring, monkeypatch)
    page.text_input(key="place_name").input("Mine")
    press(page, "place_submit")
    assert errors(page) == ["Changing organisations needs the role admin; you are viewer."]
    assert places(wiring)[district.organization_id].place.name == "Hillsboro"


def test_a_change_that_somebody_else_made_impossible_is_one_sentence_and_undo_too(
    wiring: Wiring, district: OrganizationView, school: SchoolView
) -> None:
    page = press(visit(place=school.school_id), "rename")
    page.text_input(key="place_name").input("Lincoln Academy")
    press(page, "place_submit")
    wiring.places.create_school(COMMAND_LINE, district.organization_id, "Lincoln High")
    press(page, "undo")
    assert "Lincoln High is taken" in told(page)
    with pytest.raises(BadRequest):
        wiring.places.rename(COMMAND_LINE, school.school_id, "Lincoln High")
