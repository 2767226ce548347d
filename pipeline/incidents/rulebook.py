"""The rules that hold now, as the parsing processes take them."""

from typing import Any

from sqlalchemy import Connection, select

from pipeline.incidents.bulk import TABLES
from pipeline.incidents.folded import GroupRule, Rules
from pipeline.logs import Rule
from pipeline.tables import RuleVerdict

RULES = TABLES["error_rules"]


def in_force(connection: Connection) -> Rules:
    """What people said and nobody took back, the newest first."""
    rows = connection.execute(select(RULES).where(RULES.c.ended_at.is_(None)).order_by(RULES.c.rule_id.desc())).all()
    verdicts = tuple(_rule(row) for row in rows if row.verdict != RuleVerdict.GROUP)
    groups = tuple(GroupRule(row.rule_id, _rule(row), row.fingerprint) for row in rows if row.verdict == RuleVerdict.GROUP)
    return Rules(verdicts, groups)


def _rule(row: Any) -> Rule:
    return Rule(row.field, row.how, row.text, row.verdict != RuleVerdict.NO_ERROR)
