"""What was used, added up: roll-ups of usage, spend by any dimension, savings, budgets. Cost is always derived."""

from pipeline.ledger.bills import Bill, Bills
from pipeline.ledger.budgets import THRESHOLDS, Budget, Budgets, BudgetState
from pipeline.ledger.forecast import Forecast
from pipeline.ledger.lacks import Lack, lacks
from pipeline.ledger.ledger import BOOK, Ledger
from pipeline.ledger.trend import Point
from pipeline.ledger.words import (
    By,
    CacheSavings,
    Counts,
    Imbalance,
    LessonCost,
    LessonCosts,
    Spend,
    SpendRow,
    UnpricedUsage,
    Used,
    Where,
)
from pipeline.tracking import NONE

__all__ = [
    "BOOK", "NONE", "THRESHOLDS", "Bill", "Bills", "Budget", "BudgetState", "Budgets", "By", "CacheSavings", "Counts", "Forecast",
    "Imbalance", "Lack", "Ledger", "LessonCost", "LessonCosts", "Point", "Spend", "SpendRow", "UnpricedUsage", "Used", "Where",
    "lacks",
]
