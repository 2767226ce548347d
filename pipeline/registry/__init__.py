"""Prompts with their versions, labels, promotions and traffic splits; the book that each request is made by.

Knows no lesson's words: of requests it reads who asked and how it ended, for the guards of a split.
"""

from pipeline.prompts import Arm, Shares
from pipeline.registry.guarding import ALPHA
from pipeline.registry.registry import Registry
from pipeline.registry.trouble import GUARDS, Guard
from pipeline.registry.values import (
    CANDIDATE,
    PRODUCTION,
    SHIPPED,
    SHIPPED_AUTHOR,
    ArmLook,
    Entry,
    Evidence,
    Evidences,
    GuardLook,
    Move,
    Promotion,
    Split,
    SplitLook,
    Version,
)
from pipeline.tables import MoveKind, PromotionState

__all__ = [
    "ALPHA", "CANDIDATE", "GUARDS", "PRODUCTION", "SHIPPED", "SHIPPED_AUTHOR", "Arm", "ArmLook", "Entry", "Evidence", "Evidences",
    "Guard", "GuardLook", "Move", "MoveKind", "Promotion", "PromotionState", "Registry", "Shares",
    "Split", "SplitLook", "Version",
]
