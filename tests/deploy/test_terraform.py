"""The description of the cloud is read as Terraform reads it: every name that is used is declared, and nothing is too open."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest

from pipeline.__main__ import VERBS
from pipeline.config import ROOT, read_settings

FOLDER = ROOT / "deploy" / "terraform"
REFERENCE = re.compile(r"\b(google_\w+|random_\w+)\.(\w+)|\b(var|local)\.(\w+)|\bdata\.(\w+)\.(\w+)")
WIDE = ("roles/owner", "roles/editor", "roles/viewer", "allUsers", "allAuthenticatedUsers")


def bare(name: str) -> str:
    return name.strip('"')


def files() -> dict[str, dict[str, Any]]:
    return {path.name: hcl2.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.tf"))}


def blocks(kind: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The blocks of a kind with their labels."""
    for parsed in files().values():
        for block in parsed.get(kind, []):
            labels: list[str] = []
            while len(block) == 1 and kind in ("resource", "data") and len(labels) < 2 or (
                    len(block) == 1 and kind in ("variable", "output") and not labels):
                (label, block), = block.items()
                labels.append(bare(label))
            yield tuple(labels), block


def text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.tf")))


def test_every_name_that_is_used_is_declared():
    resources = {labels for labels, _ in blocks("resource")}
    data = {labels for labels, _ in blocks("data")}
    variables = {labels[0] for labels, _ in blocks("variable")}
    locals_ = {bare(name) for _, block in blocks("locals") for name in block}
    assert len(resources) > 20
    for kind, name, what, which, source, label in REFERENCE.findall(re.sub(r"#.*", "", text())):
        if kind and (kind, name) != ("google_project", "this"):
            assert (kind, name) in resources, f"{kind}.{name}"
        elif source:
            assert (source, label) in data, f"data.{source}.{label}"
        elif what:
            assert which in (variables if what == "var" else locals_), f"{what}.{which}"


def test_every_variable_and_output_says_what_it_is():
    for kind in ("variable", "output"):
        found = list(blocks(kind))
        assert found and all(block.get("description") for _, block in found)


def test_nobody_may_do_everything_and_no_secret_is_written_down():
    assert not [role for role in WIDE if role in text()]
    values = re.findall(r"(?:password|secret_data)\s*=\s*(\S+)", text())
    assert values and all(value.startswith(("random_password.", "each.value")) for value in values)


def test_programs_are_started_by_verbs_that_there_are_and_settings_that_are_read():
    started = re.findall(r'command = \["(\w+)"', text())
    assert len(started) > 2 and set(started) - {"python"} <= set(VERBS)
    given = set(re.findall(r"^    ((?:VIVIDLY|GOOGLE|DATABASE)_\w+) +=", text(), re.MULTILINE))
    assert len(given) > 6
    asked: set[str] = set()

    class Heard(dict):
        def get(self, name, default=None):
            asked.add(name)
            return default

        def __contains__(self, name):
            asked.add(name)
            return False

    read_settings(Heard())
    assert given <= asked


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not on this machine")
def test_terraform_finds_the_form_right(tmp_path: Path):
    done = subprocess.run(["terraform", "fmt", "-check", "-diff", str(FOLDER)], capture_output=True, text=True,
                          env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
