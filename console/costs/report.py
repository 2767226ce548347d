"""The page as one file to send on: a self-contained HTML page with the numbers, the pictures and what they rest on.

It has no script and loads nothing. Every name in it is escaped.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from markupsafe import Markup

from console import words
from console.costs import drawing, savings
from console.costs.address import Choices, narrowed
from console.costs.buckets import Series
from console.costs.figures import COLOURS, GREY, SAVED
from console.costs.headline import asked, effective, saved_by_day, spent
from console.costs.savings import verdict
from console.costs.spend import drawn, parts
from console.costs.wording import DIMENSIONS, FOLLOWED, days, interval, key_name, parameter_name, unpriced, usd
from console.loaders import costs
from console.organisation.labels import number
from pipeline.ledger import By, LessonCosts, Spend
from pipeline.ledger.savings import Report
from pipeline.ledger.trend import OTHERS

STYLE = Path(__file__).parent / "report.css"
MOST_ROWS = 12
_PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Costs, {days}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><header><h1>What lessons cost and saved</h1><p>{days}{narrowed} · price book {book} · made {made}</p></header>
{above}<main>{content}</main></body></html>
""")
_NUMBER = Markup("<div><dt>{}</dt><dd>{}</dd><small>{}</small></div>")
_PART = Markup("<section><h2>{}</h2>{}</section>")
_WIDE = Markup('<section class="wide"><h2>{}</h2>{}</section>')
_KEY = Markup('<span><i style="background: {}"></i>{}</span>')


def html(chosen: Choices) -> str:
    """The page for these choices. Raises as the ledger does."""
    spend = spent(chosen)
    saved = saved_by_day(chosen)
    lessons = costs.lessons(chosen.first, chosen.span.until, book=chosen.book)
    above = [_missing(spend), _numbers(chosen, spend, saved)]
    parted = [_spend(chosen, spend), _saved(chosen, saved), _lessons(lessons), _assumptions(chosen, saved, spend)]
    held = "".join(f" · {parameter_name(name, value)}" for name, value in narrowed(chosen.where).items())
    return str(_PAGE.format(days=days(chosen.span), narrowed=held, book=chosen.book, made=words.exact(datetime.now(UTC)),
                            style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 ours
                            above=Markup("").join(above), content=Markup("").join(parted)))


def _missing(spend: Spend) -> Markup:
    if not spend.total.unpriced:
        return Markup("")
    named = Markup("").join(Markup("<li>{}</li>").format(unpriced(usage)) for usage in spend.total.unpriced)
    return Markup('<div class="missing"><b>Without a price, and in no sum:</b><ul>{}</ul></div>').format(named)


def _numbers(chosen: Choices, spend: Spend, saved: Report) -> Markup:
    counts = asked(chosen)
    shelf = costs.shelf(chosen.first, chosen.span.until, book=chosen.book)
    told = [("Spent", usd(effective(spend)), f"at book prices {usd(spend.total.listed)}"),
            ("Saved by not filming", usd(saved.saved.usd), interval(saved.saved))]
    if shelf.lessons:
        told.append(("Spared by the shelf", usd(shelf.usd), f"95 %: {usd(shelf.low)} to {usd(shelf.high)}"))
    if counts.text_only is not None:
        told.append(("Text only", f"{counts.text_only:.1%}", f"of {number(counts.wanted, 'completed lesson')}"))
    return Markup("<dl>{}</dl>").format(Markup("").join(_NUMBER.format(*one) for one in told))


def _spend(chosen: Choices, spend: Spend) -> Markup:
    time = parts(chosen)
    found = drawn(chosen, spend, time)
    fills = [GREY if one.key == OTHERS else COLOURS[at % len(COLOURS)] for at, one in enumerate(found)]
    names = [_called(chosen.by, one) for one in found]
    columns = [
        drawing.Bar(f"{part.first:%d %b}" if part.first else "", [
            drawing.Piece(name, one.amounts.get(part, Decimal(0)), fill)
            for one, name, fill in zip(found, names, fills, strict=True)])
        for part in time
    ]
    what = f"Spend by {DIMENSIONS[chosen.by].lower()}"
    legend = Markup("").join(_KEY.format(fill, name) for fill, name in zip(fills, names, strict=True)) if len(found) > 1 else ""
    return _WIDE.format(what, Markup('{}<p class="legend">{}</p>{}').format(
        drawing.bars(columns, what), legend, _rows(chosen.by, spend) if chosen.by is not By.DAY else ""))


def _called(by: By, one: Series) -> str:
    return "All others" if one.key == OTHERS else key_name(by, one.key)


def _rows(by: By, spend: Spend) -> Markup:
    dearest = sorted(spend.rows, key=lambda row: -row.listed)
    rest = dearest[MOST_ROWS:]
    rows = [(key_name(by, row.key), usd(row.listed), _share(row.listed, spend.total.listed)) for row in dearest[:MOST_ROWS]]
    if rest:
        usd_rest = sum((row.listed for row in rest), Decimal(0))
        rows.append((f"{len(rest)} others", usd(usd_rest), _share(usd_rest, spend.total.listed)))
    return _table((DIMENSIONS[by], "Cost at book prices", "Share"), rows)


def _saved(chosen: Choices, saved: Report) -> Markup:
    amounts, estimates = savings.over_time(saved.lines, parts(chosen))
    columns = [
        drawing.Bar(f"{part.first:%d %b}" if part.first else "", [drawing.Piece("", amount, SAVED)],
                    estimates[part].low if part in estimates else None, estimates[part].high if part in estimates else None)
        for part, amount in amounts.items()
    ]
    said = verdict(saved.back_test) if saved.back_test else "Too few films were made to put the prediction to the test."
    return _PART.format("Saved by not making speech, pictures or film", Markup("{}<p>{}</p>").format(
        drawing.bars(columns, "Saved over time"), said))


def _lessons(found: LessonCosts) -> Markup:
    rows = [
        (f"{words.MODALITIES[row.modality]}{', from the shelf' if row.cached else ''}", f"{row.lessons:,}", usd(row.p50),
         usd(row.p95)) for row in found.rows
    ]
    return _PART.format("Cost of a completed lesson", _table(("Form", "Lessons", "p50", "p95"), rows)) if rows else Markup("")


def _assumptions(chosen: Choices, saved: Report, spend: Spend) -> Markup:
    held = (FOLLOWED,) if narrowed(chosen.where) else ()
    return _WIDE.format("What this rests on", Markup("<ul>{}</ul>").format(Markup("").join(
        Markup("<li>{}</li>").format(sentence) for sentence in (*held, *saved.assumptions, *spend.notes))))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    cells = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows)
    titles = Markup("").join(Markup("<th>{}</th>").format(name) for name in head)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(titles, cells)


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.1%}" if whole else "–"
