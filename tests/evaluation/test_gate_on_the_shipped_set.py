"""Whether the search that lessons use is still as good as what was accepted: part of `make test`."""

import json

import pytest

from pipeline.__main__ import main
from pipeline.config import DATA
from pipeline.evaluation import read_baseline, shipped_baseline, shipped_set

pytestmark = pytest.mark.real


def test_the_shipped_search_is_as_good_as_what_was_accepted(tmp_path, monkeypatch, capsys):
    for name in ("DATABASE_URL", "VIVIDLY_DATA", "VIVIDLY_EMBEDDER", "VIVIDLY_FAMILY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path))
    code = main(["evaluate", "gate", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0, told["verdict"]["said"]
    assert told["systems"]["default"]["measures"]["nDCG@10"]["n"] == len(shipped_set(DATA).on_topic)


def test_the_accepted_baseline_is_of_the_set_that_ships():
    assert read_baseline(shipped_baseline(DATA)).set_digest == shipped_set(DATA).digest
