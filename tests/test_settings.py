"""What there is to set: documented where it is declared, shown with its origin, and never a secret."""

import json
import re

import pytest

from pipeline.__main__ import main
from pipeline.commands.settings import effective, known, table
from pipeline.config import ROOT, read_settings


class Heard(dict):
    """An environment that keeps what it was asked for."""

    asked: set[str]

    def __init__(self, **given: str) -> None:
        super().__init__(given)
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)


def test_every_variable_that_is_read_is_documented_and_the_other_way_round():
    environment = Heard()
    read_settings(environment)
    documented = {name for one in known() for name in one.variables}
    assert environment.asked == documented


def test_the_readme_has_the_table():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- settings: [^>]*-->\n(.*?)\n<!-- /settings -->", readme, re.DOTALL)
    assert found and found[1] == table()


def test_secrets_are_not_shown_and_origins_are(monkeypatch: pytest.MonkeyPatch, capsys, tmp_path):
    secret = "s3cret-s3cret"
    given = {"VIVIDLY_HOME": str(tmp_path), "VIVIDLY_PUSH_SECRET": secret, "VIVIDLY_SIGNING_KEY": secret,
             "VIVIDLY_PROXY_SECRET": secret, "DATABASE_URL": f"postgresql+psycopg2://me:{secret}@db/vividly"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for form in (["settings"], ["settings", "--json"]):
        assert main(form) == 0
        out = capsys.readouterr().out
        assert secret not in out
        assert "me:***@db" in out
    told = json.loads(out)
    assert told["home"] == {"value": str(tmp_path), "origin": "VIVIDLY_HOME"}
    assert told["push_secret"] == {"value": "(set, not shown)", "origin": "VIVIDLY_PUSH_SECRET"}
    assert told["profile"]["origin"] == "default"


def test_tables_of_values_are_shown_as_they_are_written():
    environment = {"VIVIDLY_PARTS": "voice=embedded", "VIVIDLY_LOG": "stdout,cloud"}
    shown = {name: value for name, value, _ in effective(read_settings(environment), environment)}
    assert shown["parts"] == "voice=embedded"
    assert shown["log"] == "stdout, cloud"


@pytest.mark.parametrize(("name", "said"), [
    ("VIVIDLY_FAMILY", "openai"), ("VIVIDLY_PARTS", "voice"), ("VIVIDLY_PARTS", "film=google"), ("VIVIDLY_PARTS", "voice=me"),
    ("VIVIDLY_LIMITS", "gemini=3"), ("VIVIDLY_LIMITS", "=1/2/3"), ("VIVIDLY_LIMITS", "gemini=1/-2/3"),
    ("VIVIDLY_GOOGLE_MODELS", "film=gemini-2.5-pro"), ("VIVIDLY_GOOGLE_MODELS", "nlu"), ("VIVIDLY_GOOGLE_MODELS", "nlu=a b"),
    ("VIVIDLY_GOOGLE_MODELS", "nlu=gemini-a,nlu=gemini-b"),
])
def test_what_cannot_be_is_named(name: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv(name, said)
    assert main(["settings"]) == 1
    assert name in capsys.readouterr().err
