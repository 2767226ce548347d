"""A large healthy package of models, generated: every model has columns and refers to itself and to two others."""

from pathlib import Path

BASE = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
MODEL = '''\
"""Generated."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from {package}.base import Base

if TYPE_CHECKING:
    from {package}.model_{next} import Model{next}


class Model{n}(Base):
    __tablename__ = "models_{n}"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    about: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[float] = mapped_column(Numeric(20, 6))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    above_id: Mapped[int | None] = mapped_column(ForeignKey("models_{n}.id"))
    above: Mapped["Model{n}"] = relationship(back_populates="below", remote_side=[id])
    below: Mapped[list["Model{n}"]] = relationship(back_populates="above")
    next_id: Mapped[int] = mapped_column(ForeignKey("models_{next}.id"))
    next: Mapped["Model{next}"] = relationship(back_populates="lasts", foreign_keys="Model{n}.next_id")
    lasts: Mapped[list["Model{last}"]] = relationship(back_populates="next", foreign_keys="Model{last}.next_id")
'''


def write_models(folder: Path, count: int) -> Path:
    """A package of this many models, a file each, and an `__init__` that imports them all."""
    package = folder / "generated"
    package.mkdir()
    (package / "base.py").write_text(BASE, "utf-8")
    for n in range(count):
        text = MODEL.format(package=package.name, n=n, next=(n + 1) % count, last=(n - 1) % count)
        (package / f"model_{n}.py").write_text(text, "utf-8")
    door = "".join(f"from generated.model_{n} import Model{n}\n" for n in range(count))
    (package / "__init__.py").write_text(door, "utf-8")
    return package
