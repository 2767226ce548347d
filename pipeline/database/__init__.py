"""The declarative base, the engine, the migrations. Knows no table; SQLite and PostgreSQL behave alike behind it."""

from sqlalchemy import Engine

from pipeline.database.base import Base, Moment, words
from pipeline.database.engine import is_missing, open_database, told_plainly
from pipeline.database.migrate import State, downgrade, state, upgrade

__all__ = [
    "Base", "Engine", "Moment", "State", "downgrade", "is_missing", "open_database", "state", "told_plainly", "upgrade",
    "words",
]
