"""What a variant of the playground is: a label, or versions that were picked; and the versions that it pins. Pure."""

from collections.abc import Mapping, Sequence

PRODUCTION = "production"
Pins = Mapping[str, str]
"""Name of a prompt -> version."""


def pinned(chosen: Sequence[Pins], production: Pins) -> list[dict[str, str]]:
    """The versions that each variant pins: of every prompt that any of them names, its own or the one in production, so
    that they differ in nothing but what was chosen."""
    names = sorted({name for pins in chosen for name in pins if any(other.get(name) != production.get(name) for other in chosen)})
    return [{name: pins.get(name, production.get(name, "")) for name in names if pins.get(name) or production.get(name)}
            for pins in chosen]


def called(pins: Pins, labels: Mapping[str, Pins]) -> str:
    """What people call these versions: by the label that all of them have, production first; else by each version."""
    for label in sorted(labels, key=lambda label: (label != PRODUCTION, label)):
        if pins and all(labels[label].get(name) == version for name, version in pins.items()):
            return label
    return " + ".join(f"{name}@{version}" for name, version in sorted(pins.items())) or PRODUCTION
