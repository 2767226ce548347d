"""The page Costs: what each part says of the books, what the address holds, what is refused, what can be taken along."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from console import words
from console.costs import address, buckets, budgets, drawing, figures, picked, report, savings, spend
from console.costs.address import Choices, Span
from console.costs.buckets import Series
from console.costs.wording import days, usd
from pipeline import prices
from pipeline.config import ROOT
from pipeline.domain import Modality, Stage, Unit
from pipeline.ledger import Budget, BudgetState, By, Forecast, Point, Where
from pipeline.ledger.savings import SavedBy
from pipeline.ledger.trend import OTHERS
from pipeline.organisation import COMMAND_LINE
from pipeline.report import Basis, Estimate
from pipeline.tables import BudgetPeriod, UserRole
from pipeline.wiring import Wiring
from tests.console import spending, visits
from tests.console.conftest import PATIENCE_SECONDS
from tests.console.visits import press, rows, told

PAGE = ROOT / "console" / "pages" / "costs.py"
TODAY = datetime.now(UTC).date()


def visit(**said: str) -> AppTest:
    """The page at this address."""
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


def put(page: AppTest) -> dict[str, str]:
    """What the page has put into the address: a value, or the one of a list."""
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items() if value}


def figures_of(page: AppTest) -> dict[str, tuple[str, str]]:
    """The numbers above everything, each with what stands beside it."""
    return {metric.label: (metric.value.replace("\\", ""), (metric.delta or "").replace("\\", "")) for metric in page.metric}


def choice(**said: object) -> Choices:
    return Choices.model_validate({"when": "all", "first": None, "last": TODAY, "by": By.STAGE, "book": "embedded",
                                   "where": Where(), **said})


@pytest.fixture
def filled(wiring: Wiring) -> Wiring:
    spending.fill(wiring, 40, days=20)
    return wiring


@pytest.fixture
def books(wiring: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The price books, to be spoiled."""
    folder = tmp_path / "prices"
    folder.mkdir()
    for file in prices.PRICES.glob("*.toml"):
        (folder / file.name).write_bytes(file.read_bytes())
    for function in (prices.shelf.read_book, prices.shelf.book_names):
        given = tuple(folder if isinstance(one, Path) else one for one in function.__defaults__ or ())
        monkeypatch.setattr(function, "__defaults__", given)
    return folder


# spend


def test_before_anything_was_used_the_page_says_what_to_do(wiring: Wiring) -> None:
    page = visit()
    assert "Nothing was used yet" in told(page) and "make sample" in told(page)
    assert figures_of(page)["Spent"] == ("$0", "at embedded prices")


def test_the_numbers_are_those_of_the_ledger(filled: Wiring) -> None:
    page, whole = visit(), filled.ledger.spend()
    shown = figures_of(page)
    assert shown["Spent"][0] == f"${whole.total.listed:.3f}"
    assert shown["Saved by not filming"][1] == "planning assumption"
    assert shown["Text only"][0].endswith("%") and "Spared by the shelf" in shown
    assert {"Written lesson, p50 · p95", "With film, p50 · p95"} <= set(shown)
    by_stage = {row["Name"]: row["Cost"] for row in rows(page, f"costs_table_{page.session_state['costs_turn']}")}
    dearest = sorted(filled.ledger.spend(by=By.STAGE).rows, key=lambda row: -row.listed)
    assert by_stage == {words.STAGES[Stage(row.key)]: words.dollars(row.listed) for row in dearest}
    assert list(by_stage) == [words.STAGES[Stage(row.key)] for row in dearest]


@pytest.mark.parametrize("by", By)
def test_spend_is_told_apart_by_every_dimension(filled: Wiring, by: By) -> None:
    page = visit(by=by, when="all")
    assert not page.error and len(rows(page, "costs_table_0")) == len(filled.ledger.spend(by=by).rows)
    assert len(page.get("plotly_chart")) == 1


def test_only_the_days_in_the_address_count(filled: Wiring) -> None:
    day = TODAY - timedelta(days=3)
    page = visit(**{"when": "days", "from": str(day), "to": str(day), "by": "day"})
    assert [row["Name"] for row in rows(page, "costs_table_0")] == [str(day)]
    assert "Nothing was used in this time" in told(visit(**{"when": "days", "from": "2020-01-01", "to": "2020-01-02"}))


def test_names_of_organisations_are_shown_as_they_are(filled: Wiring) -> None:
    page = visit(by="organisation", when="all")
    named = {row["Name"] for row in rows(page, "costs_table_0")}
    assert named == {*spending.SCHOOLS, "No organisation"}
    assert "&lt;b&gt;" in page.get("plotly_chart")[0].proto.spec


def test_narrowed_spend_says_so_and_can_be_widened(filled: Wiring) -> None:
    page = visit(stage="video", by="day", when="all")
    assert "Stage: Film" in told(page)
    film = filled.ledger.spend(by=By.STAGE, where=Where(stage=Stage.VIDEO)).total.listed
    assert sum(row["Share"] for row in rows(page, "costs_table_0")) == pytest.approx(1)
    assert figures_of(page)["Spent"][0] == f"${film:.3f}"
    press(page, "widen_stage")
    assert "stage" not in page.query_params


def test_a_control_goes_into_the_address(filled: Wiring) -> None:
    page = visit()
    page.selectbox(key="costs_by").set_value(By.TOPIC).run()
    page.selectbox(key="costs_book").set_value("list").run()
    page.selectbox(key="costs_when").set_value("7d").run()
    assert put(page) == {"by": "topic", "book": "list", "when": "7d"}
    page.selectbox(key="costs_by").set_value(By.STAGE).run()
    assert "by" not in page.query_params


@pytest.mark.parametrize("said", [{"when": "yesterday"}, {"by": "colour"}, {"stage": "<b>"}, {"bar": "x~y"}, {"form": "film"},
                                  {"when": "days", "from": "31.11.2026"}, {"bar": f"{TODAY}~2020-01-01~x"},
                                  {"topic": "a", "organisation": "b"}, {"when": "days", "from": "9999-12-31"}])
def test_what_the_address_says_wrongly_does_not_count(filled: Wiring, said: dict[str, str]) -> None:
    page = visit(**said)
    assert not page.error and not page.exception and page.metric


# what has no price


def test_usage_without_a_price_is_named_loudly_and_is_in_no_sum(wiring: Wiring) -> None:
    spending.fill(wiring, 10, days=5)
    before = wiring.ledger.spend().total.listed
    spending._request(wiring.record, "unpriced", Modality.TEXT, datetime.now(UTC), spending.random.Random(1), 0, model=spending.UNKNOWN)
    page = visit()
    (loud,) = visits.errors(page)
    assert "One kind of usage has no price under the book embedded" in loud and spending.UNKNOWN in loud
    assert "output tokens of google" in loud and str(TODAY) in loud
    after = wiring.ledger.spend().total
    each = {Unit.VCPU_SECOND: Decimal("0.000018"), Unit.GIB_SECOND: Decimal("0.000002")}  # the worker that asked has its price
    machine = [used for used in after.used if used.provider == "google" and used.unit in each]
    assert after.listed - before == sum(used.quantity * each[used.unit] for used in machine) > 0


def test_another_book_prices_the_same_usage_anew(filled: Wiring, books: Path) -> None:
    dear = (books / "embedded.toml").read_text().replace('"0.000018"', '"18"').replace('"0.000002"', '"2"')
    (books / "dear.toml").write_text(dear)
    whole = filled.ledger.spend().total.listed
    page = visit()
    assert figures_of(page)["Spent"][0] == words.dollars(whole)
    page.selectbox(key="costs_book").set_value("dear").run()
    assert figures_of(page)["Spent"][0] == words.dollars(whole * 1_000_000)
    assert filled.ledger.spend().total.listed == whole


def test_the_planning_book_prices_no_usage_and_says_so(filled: Wiring) -> None:
    page = visit(book="planning")
    assert "has plans for lessons and no prices of usage" in told(page) and "needs a price book" in told(page)
    counts, shelved = filled.ledger.counts(), filled.ledger.counts(cached=True)
    films = counts.completed_by_modality[Modality.VIDEO] - shelved.completed_by_modality.get(Modality.VIDEO, 0)
    planned = (counts.completed - shelved.completed) * Decimal("0.017") + films * Decimal("0.183")
    assert figures_of(page)["As planned"][0] == words.dollars(planned)
    assert figures_of(page)["Saved by not filming"][1] == "planning assumption"
    assert "by the planning book, because" in told(visit(book="planning", tab=address.SAVINGS))


@pytest.mark.parametrize("tab", address.TABS)
def test_a_broken_book_is_named_by_file_line_and_field_and_the_rest_goes_on(filled: Wiring, books: Path, tab: str) -> None:
    file = books / "list.toml"
    file.write_text(file.read_text().replace('usd = "', 'usd = "-', 1))
    page = visit(book="list", tab=tab)
    (said,) = visits.errors(page)
    assert "list.toml:" in said and "usd" in said
    assert "Text only" in figures_of(page)
    if tab == address.WHAT_IF:
        assert figures_of(page)["Saved by text only"][0] == "$333,975.00 a year"
    if tab == address.BUDGETS:
        assert "This month so far" in told(page)
    assert not visits.errors(visit(tab=tab))


def test_a_book_that_is_not_there_is_named(filled: Wiring) -> None:
    assert "There is no price book" in visits.errors(visit(book="<b>mine</b>"))[0]


# from a bar to its requests


def test_a_bar_opens_its_requests_dearest_first(filled: Wiring) -> None:
    page = visit(bar=f"{TODAY - timedelta(days=19)}~{TODAY}~video", when="all")
    shown = next(table.value.to_dict("records") for table in page.dataframe if "Open" in table.value)
    films = list(filled.ledger.bills(where=Where(stage=Stage.VIDEO)).rows)
    assert [row["Open"] for row in shown] == [f"requests?request={row.request_id}" for row in films]
    assert "Film, " in told(page) and all(row["Form"] == "Video" for row in shown)


def test_the_bills_of_a_bar_add_up_to_it(filled: Wiring) -> None:
    for point in filled.ledger.over_time(by=By.STAGE):
        behind = filled.ledger.bills(point.day, point.day + timedelta(days=1), where=Where(stage=Stage(point.key)))
        assert not behind.capped and sum(row.listed for row in behind.rows) == point.listed
    assert sum(point.listed for point in filled.ledger.over_time()) == filled.ledger.spend().total.listed


@pytest.mark.parametrize("where", [Where(), Where(stage=Stage.SCRIPT)])
@pytest.mark.parametrize("by", [By.TOPIC, By.ORGANISATION])
def test_named_keys_and_all_others_add_up_to_the_whole(filled: Wiring, by: By, where: Where) -> None:
    every = filled.ledger.over_time(by=by, where=where)
    named = sorted({point.key for point in every})[:2]
    some = filled.ledger.over_time(by=by, where=where, keys=named)
    assert [point for point in some if point.key != OTHERS] == [point for point in every if point.key in named]
    assert sum(point.listed for point in some) == sum(point.listed for point in every)
    assert {point.key for point in some} == {*named, OTHERS}


def test_only_this_narrows_to_the_bar(filled: Wiring) -> None:
    page = press(visit(bar=f"{TODAY}~{TODAY}~script", when="all"), "narrow_to_bar")
    assert put(page) == {"when": "all", "stage": "script", "by": "day"}


@pytest.mark.parametrize(("by", "key", "wanted"), [
    (By.MODALITY, "video", "&form=video"), (By.TOPIC, "a&b", "&topic=a%26b"), (By.FAMILY, "embedded", "&family=embedded"),
    (By.STAGE, "script", "&used=script"),  # that page's stage is where a request stands
    (By.MODEL, "m/1", "&model=m%2F1"), (By.ORGANISATION, "none", "&organisation=none"), (By.DAY, "2026-11-02", ""),
])
def test_the_way_to_the_requests_carries_all_of_a_bar(by: By, key: str, wanted: str) -> None:
    bar = address.Bar(Span(date(2026, 11, 2), date(2026, 11, 8)), key)
    assert picked.link(choice(by=by), bar) == f"requests?when=all&spent=2026-11-02~2026-11-09{wanted}"


@pytest.mark.parametrize("by", list(By))
def test_the_page_requests_shows_exactly_the_requests_of_a_bar(wiring: Wiring, by: By) -> None:
    spending.fill(wiring, 24, days=12)
    whole = choice(by=by, where=Where(modality=Modality.VIDEO) if by is not By.MODALITY else Where())
    points = wiring.ledger.over_time(by=by, where=whole.where)
    picks = {(span, points[at].key) for at in (0, len(points) // 2, -1)
             for span in (Span(points[at].day, points[at].day), Span(None, TODAY), Span(TODAY - timedelta(days=5), TODAY))}
    for span, key in picks:
        bar = address.Bar(span, key)
        behind = wiring.ledger.bills(span.first, span.until, where=picked.within(whole, bar))
        page = AppTest.from_file(str(PAGE.with_name("requests.py")), default_timeout=PATIENCE_SECONDS)
        for name, value in parse_qsl(urlsplit(picked.link(whole, bar)).query):
            page.query_params[name] = value
        page.run()
        assert not page.exception
        shown = [row["Id"] for table in page.dataframe if "Id" in table.value for row in table.value.to_dict("records")]
        assert sorted(shown) == sorted(row.request_id for row in behind.rows), (span, key)


# savings


def test_savings_have_an_interval_a_basis_and_a_back_test(wiring: Wiring) -> None:
    spending.fill(wiring, 96, days=30)
    page = visit(tab=address.SAVINGS, when="all", by="modality")
    found = wiring.savings.report()
    assert found.saved.basis is Basis.FITTED and figures_of(page)["Saved by not filming"][1].startswith("95 %: $")
    said = told(page)
    assert "in 95 cases of 100" in said and "each predicted from all the others" in said and "newest" in said
    assert len(page.get("plotly_chart")) == 3
    assert all(sentence.split(":")[0] in said for sentence in found.assumptions)


def test_too_few_films_are_said(filled: Wiring) -> None:
    said = told(visit(tab=address.SAVINGS, when="all"))
    assert "by the planning book, because" in said


def test_savings_follow_what_was_not_made_has_and_name_what_it_has_not(filled: Wiring) -> None:
    page = visit(tab=address.SAVINGS, when="all", form="text", model="qwen2.5-1.5b", family="embedded")
    said, found = told(page), filled.savings.report(where=Where(modality=Modality.TEXT))
    assert found.requests < filled.savings.report().requests
    assert figures_of(page)["Saved by not filming"][0] == usd(found.saved.usd)
    assert "Not narrowed to Model: qwen2.5-1.5b, Family: embedded: what was not made" in said
    assert "Savings follow form, organisation and topic" in said
    assert "Not narrowed" not in told(visit(tab=address.SAVINGS, when="all", form="text"))


def test_the_report_says_what_its_narrowing_narrows(filled: Wiring) -> None:
    assert "Savings follow form" in report.html(choice(where=Where(stage=Stage.VIDEO)))
    assert "Savings follow form" not in report.html(choice())


def test_nothing_saved_is_said(wiring: Wiring) -> None:
    assert "nothing was saved" in told(visit(tab=address.SAVINGS))


# what if


@pytest.mark.parametrize(("text", "saved"), [("30", "$200,385.00"), ("50", "$333,975.00"), ("80", "$534,360.00")])
def test_the_originals_projection_comes_out_to_the_cent(wiring: Wiring, text: str, saved: str) -> None:
    shown = figures_of(visit(tab=address.WHAT_IF, text=text))
    assert shown["Saved by text only"][0] == f"{saved} a year" and shown["Every lesson with film"][0] == "$730,000.00 a year"


def test_sliders_go_into_the_address(wiring: Wiring) -> None:
    page = visit(tab=address.WHAT_IF)
    page.slider(key="what_if_text").set_value(80).run()
    page.slider(key="what_if_hits").set_value(50).run()
    page.number_input(key="what_if_volume").set_value(20_000).run()
    assert figures_of(page)["Saved by text only"][0] == "$534,360.00 a year"
    assert put(page).items() >= {"text": "80", "hits": "50", "volume": "20000"}.items()


@pytest.mark.parametrize(("said", "field"), [
    ({"text": "101"}, "Text only must"), ({"hits": "-1"}, "From the shelf must"), ({"volume": "-5"}, "Requests a day must"),
    ({"volume": "1e99999999"}, "Requests a day must"), ({"text": "NaN"}, "Text only must"), ({"text": "1e99999999"}, "Text only must"),
    ({"hits": "half"}, "From the shelf must"),
])
def test_a_what_if_out_of_range_is_named_by_field(wiring: Wiring, said: dict[str, str], field: str) -> None:
    page = visit(tab=address.WHAT_IF, **said)
    assert visits.errors(page)[0].startswith(field) and "Spent" in figures_of(page)


def test_measured_prices_are_the_means_of_lessons_made_here(wiring: Wiring) -> None:
    assert "fewer than three written lessons" in told(visit(tab=address.WHAT_IF, prices="embedded"))
    spending.fill(wiring, 40, days=20)
    st.cache_data.clear()
    made = {row.modality: row.mean for row in wiring.ledger.lessons().rows if not row.cached}
    year = 10_000 * 365 * made[Modality.VIDEO]
    assert figures_of(visit(tab=address.WHAT_IF, prices="embedded"))["Every lesson with film"][0] == f"${year:,.2f} a year"


# budgets


def state(spent: str, usd: str, forecast: str | None = None, crossed: tuple[int, ...] = ()) -> BudgetState:
    ahead = Forecast(usd=Decimal(forecast), low=Decimal(spent), high=Decimal(forecast) * 2, days=7) if forecast else None
    return BudgetState(
        budget=Budget(organisation=None, period=BudgetPeriod.MONTH, usd=Decimal(usd)), since=date(2026, 11, 1),
        until=date(2026, 12, 1), spent=Decimal(spent), share=float(Decimal(spent) / Decimal(usd)), crossed=crossed, forecast=ahead,
        unpriced=())


@pytest.mark.parametrize(("of", "look", "said"), [
    (state("10", "100", "40"), "well", "Under 50 %"), (state("80", "100", "90", (50, 75)), "well", "75 % crossed"),
    (state("60", "100", "130", (50,)), "near", "50 % crossed, heading over it"),
    (state("95", "100", "99", (50, 75, 90)), "near", "90 % crossed"), (state("120", "100", None, (50, 75, 90, 100)), "over", "Spent"),
])
def test_a_budget_says_how_it_stands(of: BudgetState, look: str, said: str) -> None:
    shown = budgets.card(of, "<b>School</b>")
    assert budgets.look(of) == look and budgets.standing(of) == said and said in shown
    assert "&lt;b&gt;School&lt;/b&gt;" in shown and "1 – 30 Nov 2026" in shown


def test_a_budget_is_set_removed_and_brought_back(filled: Wiring) -> None:
    page = press(visit(tab=address.BUDGETS), "set_budget")
    page.text_input(key="budget_usd").input("$1,250.50")
    press(page, "budget_submit")
    assert [(budget.period, budget.usd) for budget in filled.budgets.list()] == [(BudgetPeriod.MONTH, Decimal("1250.50"))]
    page = press(press(visit(tab=address.BUDGETS), "remove_budget_0"), "confirm_remove_budget")
    assert filled.budgets.list() == []
    press(page, "undo")
    assert len(filled.budgets.list()) == 1


@pytest.mark.parametrize("said", ["much", "-5", "0", "1e400", "0.0000001"])
def test_an_amount_that_is_none_is_refused(filled: Wiring, said: str) -> None:
    page = press(visit(tab=address.BUDGETS), "set_budget")
    page.text_input(key="budget_usd").input(said)
    press(page, "budget_submit")
    assert len(visits.errors(page)) == 1 and filled.budgets.list() == []


def test_whoever_may_only_look_sees_the_budgets_and_why_not_more(filled: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.budgets.set(COMMAND_LINE, "day", Decimal(1))
    visits.become(UserRole.VIEWER, filled, monkeypatch)
    page = visit(tab=address.BUDGETS)
    assert page.button(key="set_budget").disabled and page.button(key="remove_budget_0").disabled
    assert "Everybody, each day" in told(page)


# to take along


def test_the_export_has_exact_amounts_and_no_formula(filled: Wiring) -> None:
    of = filled.ledger.spend(by=By.STAGE)
    lines = list(csv.DictReader(io.StringIO(spend.to_csv(of).decode())))
    assert [line["stage"] for line in lines] == [*(row.key for row in of.rows), "total"]
    assert Decimal(lines[-1]["listed_usd"]) == of.total.listed == sum(Decimal(line["listed_usd"]) for line in lines[:-1])
    evil = of.model_copy(update={"by": By.MODEL, "rows": (of.rows[0].model_copy(update={"key": "=1+1"}),)})
    assert "\n'=1+1,'=1+1," in spend.to_csv(evil).decode()


def test_savings_are_exported_with_basis_and_films(filled: Wiring) -> None:
    of = filled.savings.report(by=SavedBy.MODALITY)
    lines = list(csv.DictReader(io.StringIO(savings.to_csv(of, By.MODALITY).decode())))
    assert lines[-1]["saved_usd"] == str(of.saved.usd) and lines[-1]["basis"] == "planning" and lines[0]["name"] == "Audio"


@pytest.mark.parametrize("by", [By.DAY, By.ORGANISATION, By.MODEL])
def test_the_report_stands_alone_with_numbers_pictures_and_assumptions(wiring: Wiring, by: By) -> None:
    spending.fill(wiring, 96, days=30, unpriced=True)
    page = report.html(choice(by=by, first=TODAY - timedelta(days=29), when="30d"))
    assert days(Span(TODAY - timedelta(days=29), TODAY)) in page and "price book embedded" in page
    assert page.count("<svg") == 2 and "<script" not in page and "http:" not in page and "https:" not in page and "url(" not in page
    for part in ("Spent", "Saved by not filming", "95 %:", "Cost of a completed lesson", "What this rests on", "Without a price",
                 "each predicted from all the others"):
        assert part in page
    assert "<b>Schools" not in page and "<i>future" not in page and "future" in page


# pure parts


@pytest.mark.parametrize(("first", "last", "number", "second"), [
    (date(2026, 11, 1), date(2026, 11, 30), 30, date(2026, 11, 2)), (date(2026, 9, 2), date(2026, 11, 30), 14, date(2026, 9, 7)),
    (date(2025, 1, 15), date(2026, 11, 30), 23, date(2025, 2, 1)), (date(2026, 11, 1), date(2026, 11, 1), 1, None),
])
def test_long_times_have_weeks_or_months_for_bars(first: date, last: date, number: int, second: date | None) -> None:
    found = buckets.parts(first, last)
    assert len(found) == number and found[0].first == first and found[-1].last == last
    assert second is None or found[1].first == second
    assert all(a.until == b.first for a, b in zip(found, found[1:], strict=False))


def test_many_keys_become_six_and_the_others_and_nothing_is_lost() -> None:
    time = buckets.parts(date(2026, 11, 1), date(2026, 11, 2))
    points = [Point(day=day, key=f"k{n}", listed=Decimal(n)) for n in range(1, 11) for day in (time[0].first, time[1].first) if day]
    found = buckets.series(points, time)
    assert [one.key for one in found] == ["k10", "k9", "k8", "k7", "k6", "k5", OTHERS]
    assert sum(one.total for one in found) == sum(point.listed for point in points) and found[-1].total == 20


def test_a_bar_knows_its_days_and_key() -> None:
    part = Span(date(2026, 11, 2), date(2026, 11, 8))
    figure = figures.over_time([Series("a<b", {part: Decimal("0.00000036")})], [part], lambda key: key)
    assert list(figure.data[0].customdata[0]) == ["2026-11-02", "2026-11-08", "a<b", "a&lt;b", "under $0.00001", "2 – 8 Nov 2026"]


def test_intervals_are_drawn_where_they_are_known() -> None:
    fitted = Estimate(usd=Decimal(2), low=Decimal(1), high=Decimal(4), basis=Basis.FITTED)
    drawn = figures.saved_by_key(["a", "b"], [fitted, Estimate(usd=Decimal(1), basis=Basis.PLANNING)])
    assert list(drawn.data[0].error_x.array) == [2, 0] and list(drawn.data[0].error_x.arrayminus) == [1, 0]
    svg = drawing.bars([drawing.Bar("<1>", [drawing.Piece("<p>", Decimal(2), "#000")], Decimal(1), Decimal(4))], 'a"b')
    assert svg.count("whisker") == 1 and "<p>" not in svg and "&lt;p&gt;: $2.00" in svg and 'a"b' not in svg


@pytest.mark.parametrize(("first", "last", "said"), [
    ((2026, 11, 3), (2026, 11, 3), "3 Nov 2026"), ((2026, 11, 3), (2026, 11, 9), "3 – 9 Nov 2026"),
    ((2026, 10, 3), (2026, 11, 9), "3 Oct – 9 Nov 2026"), ((2025, 12, 30), (2026, 1, 2), "30 Dec 2025 – 2 Jan 2026"),
])
def test_days_are_written_as_people_do(first: tuple[int, int, int], last: tuple[int, int, int], said: str) -> None:
    assert days(Span(date(*first), date(*last))) == said
