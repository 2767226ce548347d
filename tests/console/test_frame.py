"""The frame: navigation, brand and settings."""

import tomllib

from streamlit.testing.v1 import AppTest

from console.literal import literal
from pipeline.config import ROOT
from pipeline.tracking import Record
from tests.console import lessons
from tests.console.conftest import PATIENCE_SECONDS, Queue


def test_the_bare_address_leads_to_generate_with_the_request_it_names(record: Record, queue: Queue) -> None:
    lessons.text_lesson(record)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=PATIENCE_SECONDS)
    app.query_params["request"] = "finished"
    app.run()
    assert not app.exception
    assert app.title[0].value == literal(lessons.QUESTION)


def test_the_theme_is_our_own_in_light_and_dark_and_nothing_is_reported_home() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["theme"]["light"]["primaryColor"] != config["theme"]["dark"]["primaryColor"]
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"
    for face in config["theme"]["fontFaces"]:
        assert (ROOT / face["url"].removeprefix("app/")).is_file()
