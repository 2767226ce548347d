"""The tree of places as a list: what is inside what, what a search finds, where something can be moved to. Draws nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.organisation import ClassView, OrganizationView, SchoolView

Place = OrganizationView | SchoolView | ClassView
ALL_OPEN = 60
"""Up to so many places the whole tree is open; beyond, only the way to the chosen one and what is in it."""
MOST_SHOWN = 200


class Spot(NamedTuple):
    """A place and everything above it, from the top."""

    place: Place
    above: tuple[Place, ...]

    @property
    def place_id(self) -> str:
        """The id of the organisation, school or class."""
        return id_of(self.place)

    @property
    def people(self) -> int:
        """How many belong to it; of a class, its students."""
        return self.place.students if isinstance(self.place, ClassView) else self.place.people

    @property
    def in_use(self) -> bool:
        """Whether neither it nor anything above it is archived."""
        return not any(place.archived for place in (*self.above, self.place))

    @property
    def way(self) -> str:
        """The names from the top, to tell places of one name apart."""
        return " › ".join(place.name for place in (*self.above, self.place))

    def is_inside(self, place_id: str) -> bool:
        """Whether it is that place or somewhere in it."""
        return any(id_of(place) == place_id for place in (*self.above, self.place))


Atlas = Mapping[str, Spot]


def id_of(place: Place) -> str:
    """The id of an organisation, a school or a class."""
    if isinstance(place, OrganizationView):
        return place.organization_id
    return place.school_id if isinstance(place, SchoolView) else place.class_id


def atlas(tree: Sequence[OrganizationView]) -> Atlas:
    """Every place by its id, each followed by what is in it."""
    return {spot.place_id: spot for top in tree for spot in _spots(top, ())}


def opened(places: Atlas, chosen: str | None, search: str) -> list[Spot]:
    """What the tree shows: what the search finds, or else everything, or else the way to the chosen place."""
    wanted = search.casefold().strip()
    if wanted:
        return [spot for spot in places.values() if wanted in _words(spot)]
    if len(places) <= ALL_OPEN:
        return list(places.values())
    spot = places.get(chosen or "")
    way = {id_of(place) for place in (*spot.above, spot.place)} if spot else set()
    return [spot for spot in places.values() if not spot.above or id_of(spot.above[-1]) in way]


def holders(places: Atlas, spot: Spot) -> list[Spot]:
    """Where it can be moved to: places in use that hold such a thing, and are not in it or where it is already."""
    kind = SchoolView if isinstance(spot.place, ClassView) else OrganizationView
    here = id_of(spot.above[-1]) if spot.above else None
    return [
        other for other in places.values()
        if isinstance(other.place, kind) and other.in_use and other.place_id != here and not other.is_inside(spot.place_id)
    ]


def kept(places: Atlas, kind: type[Place]) -> list[Spot]:
    """The places of this kind that are in use."""
    return [spot for spot in places.values() if isinstance(spot.place, kind) and spot.in_use]


def _spots(place: Place, above: tuple[Place, ...]) -> Iterator[Spot]:
    yield Spot(place, above)
    for inner in _inside(place):
        yield from _spots(inner, (*above, place))


def _inside(place: Place) -> Sequence[Place]:
    if isinstance(place, OrganizationView):
        return (*place.schools, *place.organizations)
    return place.classes if isinstance(place, SchoolView) else ()


def _words(spot: Spot) -> str:
    place = spot.place
    further = {OrganizationView: "domain", SchoolView: "address", ClassView: "class_code"}[type(place)]
    return f"{place.name} {getattr(place, further) or ''} {spot.place_id}".casefold()
