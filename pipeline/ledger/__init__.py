"""What was used, added up: roll-ups of usage, spend by any dimension, savings, budgets. Cost is always derived."""

from pipeline.ledger.bills import Bill, Bills
from pipeline.ledger.budgets import THRESHOLDS, Budget, Budgets, BudgetState
from pipeline.ledger.forecast import Forecast
from pipeline.ledger.ledger import BOOK, Ledger
from pipeline.ledger.trend import Point
from pipeline.ledger.words import (
    NONE,
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

__all__ = [
    "BOOK", "NONE", "THRESHOLDS", "Bill", "Bills", "Budget", "BudgetState", "Budgets", "By", "CacheSavings", "Counts", "Forecast",
    "Imbalance", "Ledger", "LessonCost", "LessonCosts", "Point", "Spend", "SpendRow", "UnpricedUsage", "Used", "Where",
]
