"""Which line declares a table or a column: what findings about a database point at."""

from pipeline.doctor.findings import Attribute, Examination


def locate_column(examination: Examination, table: str, column: str | None = None) -> Attribute | None:
    """The attribute behind a column, or the class behind a table as an attribute without a name; None when unseen."""
    for seen in examination.attributes:
        if column is not None and seen.table == table and seen.column == column:
            return seen
    model = next((m for m in examination.models if m.table == table), None)
    return Attribute(model=model.name, attribute="", table=table, file=model.file, line=model.line) if model else None
