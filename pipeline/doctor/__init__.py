"""The schema doctor: every fault of a tree of SQLAlchemy models in one look, and how it differs from a live database.

It reads the source first and imports it in a child process after that; with `run=False` it never imports or runs anything.
It changes no file and no database.
"""

from pipeline.doctor.examine import examine_models
from pipeline.doctor.findings import Attribute, CannotLook, Code, Edge, Examination, Finding, Model, Severity
from pipeline.doctor.live import compare
from pipeline.doctor.live_notes import Place
from pipeline.doctor.places import locate_column

__all__ = [
    "Attribute", "CannotLook", "Code", "Edge", "Examination", "Finding", "Model", "Place", "Severity", "compare",
    "examine_models", "locate_column",
]
