"""Both sides of a relationship: `back_populates` names a relationship that names it back, and `backref` a free name."""

from dataclasses import dataclass

from pipeline.doctor.columns import named_columns
from pipeline.doctor.findings import Code, Severity
from pipeline.doctor.keys import known_whole, paths
from pipeline.doctor.links import Link, State
from pipeline.doctor.reading import Kind
from pipeline.doctor.schema import Model, Schema, closest
from pipeline.doctor.words import STOPS, Report, meant


@dataclass(kw_only=True)
class Sides:
    """Every link, found by class and attribute; a subclass has those of the classes above it."""

    links: dict[tuple[int, str], Link]

    def of(self, model: Model, attribute: str) -> Link | None:
        """The link behind an attribute."""
        return next((link for m in model.ancestors() if (link := self.links.get((id(m), attribute)))), None)

    def back(self, link: Link) -> Link | None:
        """The other side of a link, where there is one."""
        name = link.back_populates
        return self.of(link.target, name) if link.target and name else None


def check_reverse(schema: Schema, links: list[Link], report: Report) -> Sides:
    """Report sides that do not match. A side whose class is missing has nothing to match with and is passed over."""
    sides = Sides(links={(id(link.model), link.member.name): link for link in links})
    _check_backrefs(links, report)
    for link in links:
        if link.target is not None and link.back_populates:
            _check_side(link, sides, schema, report)
    return sides


def _check_side(link: Link, sides: Sides, schema: Schema, report: Report) -> None:
    assert link.target is not None
    name, other, label = link.back_populates or "", sides.back(link), f"{link.target.name}.{link.back_populates}"
    if other is None:
        _check_absent(link, name, label, report)
    elif other.target is None:
        return  # what is wrong there is said there
    elif not other.target.is_kin(link.model):
        if not _is_wrong_about(other, sides):
            report.at(link, Code.BACK_POPULATES,
                      f"{link.label} says back_populates={name!r}, but {label} leads to {other.target.name}, not to "
                      f"{link.model.name}. {STOPS}", _free_side(link, sides))
    elif other.back_populates != link.member.name:
        _check_mismatch(link, other, sides, report)
    elif (way := _direction(link, schema)) and way == _direction(other, schema) and report.first("same way", *_both(link, other)):
        report.at(link, Code.BACK_POPULATES,
                  f"{link.label} and {other.label} are both {way}; one of the two has to be the other way round. {STOPS}",
                  f"Set remote_side to the primary key on the many-to-one side, such as "
                  f"remote_side=\"{link.model.name}.{_primary(link.model)}\"." if link.model.is_kin(link.target) else
                  f"Name the same foreign key in foreign_keys of {link.label} and of {other.label}.")


def _both(link: Link, other: Link) -> list[str]:
    return sorted((link.place, other.place))


def _check_absent(link: Link, name: str, label: str, report: Report) -> None:
    """The name that `back_populates` gives is no relationship that was read."""
    target = link.target
    assert target is not None
    member = target.members.get(name)
    if name in target.backrefs or member is None and not target.closed or member and member.kind is Kind.OPAQUE:
        return
    if member is not None:
        report.at(link, Code.BACK_POPULATES, f"{link.label} says back_populates={name!r}, and {label} is no relationship. "
                  f"{STOPS}", f"Name the relationship of {target.name} that leads back to {link.model.name}.")
        return
    relationships = [m.name for m in target.members.values() if m.kind is Kind.RELATIONSHIP]
    near = closest(name, relationships)
    report.at(link, Code.BACK_POPULATES,
              f"{link.label} says back_populates={name!r}, and {target.name} has no attribute {name!r}. {STOPS}",
              f"{meant(near)}Write back_populates=\"{near}\"." if near else
              f"Add {name} = relationship(\"{link.model.name}\", back_populates=\"{link.member.name}\") to {target.name}, "
              f"or remove back_populates.")


def _is_wrong_about(other: Link, sides: Sides) -> bool:
    """Whether the other side is itself reported for the class it leads to: it names an attribute there that is missing."""
    return other.state is not State.FOUND or other.back_populates is not None and sides.back(other) is None


def _free_side(link: Link, sides: Sides) -> str:
    """Advice: the relationship of the other class that does lead back."""
    assert link.target is not None
    for key, other in sides.links.items():
        if key[0] == id(link.target) and other.target is link.model:
            return f"Write back_populates=\"{other.member.name}\"."
    return f"Add a relationship to {link.model.name} on {link.target.name} and name it here."


def _check_mismatch(link: Link, other: Link, sides: Sides, report: Report) -> None:
    """The other side exists and leads here, but names another attribute than this one, or none."""
    name = other.back_populates
    if name is None:
        if not (link.viewonly or other.viewonly or other.backref or other.member.argument("back_populates") is not None):
            report.at(other, Code.BACK_POPULATES,
                      f"{link.label} names {other.label} as its other side, but {other.label} has no back_populates: what is "
                      f"changed on one side is not seen on the other until it is read again.",
                      f"Add back_populates=\"{link.member.name}\" to {other.label}.", severity=Severity.WARNING)
        return
    third = sides.back(other)
    if third is None and not link.viewonly:
        return  # the other side names an attribute that does not exist, which is told there
    if link.viewonly or other.viewonly:
        return  # several read-only views of one relationship may share its other side
    wrong = link if third and third.back_populates == other.member.name else other
    right = "it" if wrong is other else f"{third.label}" if third else ""
    report.at(wrong, Code.BACK_POPULATES,
              f"{link.label} names {other.label} as its other side, but {other.label} names {link.model.name}.{name}. What is "
              f"changed on one side is not seen on the other.",
              f"Write back_populates=\"{link.member.name}\" on {other.label}." if wrong is other else
              f"{other.label} belongs to {right}: name another relationship of {other.model.name}, or remove back_populates.")


def _check_backrefs(links: list[Link], report: Report) -> None:
    """Report backrefs that take a name which the other class already has."""
    for link in links:
        name, target = link.backref, link.target
        if name is None or target is None:
            continue
        member = target.members.get(name) or target.backrefs.get(name)
        if member is not None and member.kind is not Kind.OPAQUE and member is not link.member:
            report.at(link, Code.NAME_CLASH,
                      f"{link.label} makes backref={name!r}, and {target.name} already has an attribute of that name. {STOPS}",
                      f"Write back_populates=\"{name}\" on both sides, or choose another backref.")
        target.backrefs.setdefault(name, link.member)


def _direction(link: Link, schema: Schema) -> str:
    """many-to-one or one-to-many; "" where the source does not tell or a table stands between."""
    if link.target is None or any(link.member.argument(a) is not None for a in ("primaryjoin", "secondary")):
        return ""
    if not known_whole(link.model, link.target):
        return ""
    found = paths(link.model, link.target)
    if (given := link.member.argument("foreign_keys")) is not None:
        columns = named_columns(link, given, schema, argument="foreign_keys").columns
        found = [path for path in found if any((path.table, column) in columns for column in path.foreign.columns)]
    if len(found) != 1:
        return ""
    if link.model.is_kin(link.target):
        return _own_direction(link, found[0].foreign.columns, schema)
    return "many-to-one" if found[0].outward else "one-to-many"


def _own_direction(link: Link, foreign: tuple[str, ...], schema: Schema) -> str:
    """The direction of a relationship of a class to itself, which remote_side decides."""
    remote = link.member.argument("remote_side")
    if remote is None:
        return "one-to-many"
    named = named_columns(link, remote, schema, argument="remote_side")
    if named.unknown or not named.columns:
        return ""
    return "one-to-many" if any(column in foreign for _, column in named.columns) else "many-to-one"


def _primary(model: Model) -> str:
    return "id" if "id" in model.members else next(iter(model.table.columns.values()), "id")
