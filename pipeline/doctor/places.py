"""Which line declares a class, an attribute or a column: what findings about a database point at."""

from pipeline.doctor.findings import Attribute, Examination


def locate(examination: Examination, model: str, attribute: str = "") -> tuple[str, int]:
    """File and line of a class or one of its attributes; ("", 0) when it was not seen."""
    for seen in examination.attributes:
        if attribute and seen.model == model and seen.attribute == attribute:
            return seen.file, seen.line
    return next(((m.file, m.line) for m in examination.models if m.name == model), ("", 0))


def locate_column(examination: Examination, table: str, column: str | None = None) -> Attribute | None:
    """The attribute behind a column, or the class behind a table as an attribute without a name; None when unseen."""
    for seen in examination.attributes:
        if column is not None and seen.table == table and seen.column == column:
            return seen
    model = next((m for m in examination.models if m.table == table), None)
    return Attribute(model=model.name, attribute="", table=table, file=model.file, line=model.line) if model else None
