"""One house with the real embedded family for all tests of this folder, its record and store in a temporary home."""

import dataclasses

import pytest

from pipeline.config import read_settings
from pipeline.domain import Lesson
from pipeline.requests import parse
from pipeline.tracking import RequestView
from pipeline.wiring import Wiring, new_request_id
from pipeline.work import serve


class RealHouse:
    """Makes real lessons in a home of its own."""

    def __init__(self, home):
        settings = read_settings()
        self.settings = dataclasses.replace(settings, home=home, database_url=f"sqlite:///{home / 'vividly.sqlite'}")
        self.wiring = Wiring(self.settings)
        self.house = self.wiring.open_house()

    def make(self, question: str, **fields) -> RequestView:
        request = parse(
            {"student_query": question, "student_id": "test", "grade_level": 10, **fields}, request_id=new_request_id()
        )
        self.wiring.record.accept(request)
        serve(request.request_id, self.house, self.wiring.record)
        view = self.wiring.record.view(request.request_id)
        assert view is not None and isinstance(view.lesson, Lesson)
        return view


@pytest.fixture(scope="session")
def real_house(tmp_path_factory):
    return RealHouse(tmp_path_factory.mktemp("real-home"))
