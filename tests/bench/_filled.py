"""A record with as many requests as wanted, as 2,000 students would have asked them over 90 days; made by the database itself."""

import hashlib
import random
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Table, text

from pipeline.tracking.connected import (
    ARTIFACTS,
    COUNTED,
    DEAD,
    EVENTS,
    REQUESTS,
    RESULTS,
    RUNS,
    TABLES,
    USAGE,
    USERS,
)

DAYS, STUDENTS, TOPICS, SCHOOLS = 90, 2_000, 50, 20
LESSON_CHARACTERS = 1_200
BUSY = 60
"""How many of the newest wait or are under way."""
WITH_EVENTS, WITH_USAGE = 5_000, 20_000
QUESTIONS = ("Explain Newton''s third law with an example from my own life", "How does photosynthesis store the energy of light?",
             "Why do ions move through a membrane?", "What is the difference between speed and velocity?",
             "How do I balance a chemical equation step by step?")
DIALECT = {
    "sqlite": {
        "count": "WITH RECURSIVE n(i) AS (SELECT :most - 1 UNION ALL SELECT i - 1 FROM n WHERE i > 0)", "numbers": "n",
        "ago": "strftime('%Y-%m-%d %H:%M:%f', :now - ({}), 'unixepoch') || '000'", "id": "uuid_of(i)", "json": "{}", "no": "0",
    },
    "postgresql": {
        "count": "", "numbers": "generate_series(CAST(:most - 1 AS bigint), 0, -1) AS n(i)",
        "ago": "to_timestamp(:now - ({}))", "id": "CAST(CAST(md5(CAST(i AS text)) AS uuid) AS text)", "json": "CAST({} AS jsonb)",
        "no": "false",
    },
}
QUICKLY = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"),
    "postgresql": ("SET session_replication_role = replica", "SET maintenance_work_mem = '400MB'"),
}
"""Nobody misses a half-filled database, and the foreign keys are right by construction."""
ORGANIZATIONS = TABLES["organizations"]
AFTERWARDS = {
    "sqlite": ("PRAGMA journal_mode = WAL",),
    "postgresql": ("VACUUM ANALYZE", "CHECKPOINT"),  # what the server does by itself in a database that grew day by day
}
FORMS = ('["text"]', '["text", "audio"]', '["text", "images"]', '["text", "audio", "video"]')


def fill(engine: Engine, most: int) -> None:
    """Fill an empty, migrated database; its indexes are made afterwards, which is quicker."""
    tables = (REQUESTS, COUNTED, RUNS, USAGE, RESULTS, EVENTS, DEAD, ARTIFACTS)
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))
               if index._ddl_if is None or engine.dialect.name == "postgresql"]
    said = {"most": most, "now": datetime.now(UTC).timestamp(), "step": DAYS * 86_400 / most,
            "lesson": "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=3 * LESSON_CHARACTERS))}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in QUICKLY[engine.dialect.name]:
            connection.execute(text(statement))
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.create_function(  # type: ignore[union-attr]
                "uuid_of", 1, _uuid_of, deterministic=True)
        for index in indexes:
            index.drop(connection)
        for statement in (*_people(engine), _requests(engine), *_history(engine)):
            connection.execute(text(statement), {name: value for name, value in said.items() if f":{name}" in statement})
        for index in indexes:
            index.create(connection)
        for statement in AFTERWARDS[engine.dialect.name]:
            connection.execute(text(statement))
    engine.dispose()


def _uuid_of(number: int) -> str:
    found = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def _dice(salt: int, of: str = "i") -> str:
    """0 to 9,999, as good as by chance."""
    return f"((({of} + {salt * 7_919}) * 2654435761 / 65536) % 10000)"


def _spread(dice: str, shares: dict[str, int]) -> str:
    """A word by its share in 10,000; the last one gets the rest."""
    reached, arms = 0, []
    for word, share in shares.items():
        reached += share
        arms.append(f"WHEN {dice} < {reached} THEN '{word}'")
    return f"CASE {' '.join(arms)} ELSE '{list(shares)[-1]}' END"


def _people(engine: Engine) -> list[str]:
    """Every student, in one of the organisations or in none."""
    sql = DIALECT[engine.dialect.name]
    count, numbers = (sql[part].replace(":most", str(STUDENTS)) for part in ("count", "numbers"))
    home = f"CASE WHEN i % {SCHOOLS + 1} < {SCHOOLS} THEN 'school-' || (i % {SCHOOLS + 1}) END"
    return [
        f"""{_into(ORGANIZATIONS, ["organization_id", "name", "type", "settings", "archived", "created_at"])} {count}
            SELECT 'school-' || i, 'School', 'custom', '{{}}', {sql["no"]}, '2026-01-01 00:00:00+00' FROM {numbers}
            WHERE i < {SCHOOLS}""",
        f"""{_into(USERS, ["user_id", "email", "name", "role", "status", "organization_id", "created_at"])} {count}
            SELECT 'student-' || i, 'student-' || i || '@school.org', '', 'student', 'active', {home}, '2026-01-01 00:00:00+00'
            FROM {numbers}""",
    ]


def _requests(engine: Engine) -> str:
    sql = DIALECT[engine.dialect.name]
    ago = f"i * :step + {_dice(1)} / 10000.0 * :step"
    status = _spread(_dice(2), {"failed": 400, "partial": 200, "cancelled": 150, "clarification_needed": 150, "out_of_scope": 100,
                                "completed": 9_000})
    forms = _spread(_dice(3), dict(zip(FORMS, (5_500, 2_000, 500, 2_000), strict=True)))
    seconds = f"(20 + {_dice(4)} / 100)"
    words = {
        "id": sql["id"], "student_id": f"'student-' || ({_dice(5)} * {STUDENTS} / 10000)",
        "student_query": f"({_spread(_dice(6), dict.fromkeys(QUESTIONS, 2_000))}) || ' (' || i || ')'",
        "request": f"""'{{"request_id": "' || {sql['id']} || '", "student_query": "Explain Newton''s third law", "student_id": "s",
                    "grade_level": 10, "requested_modalities": ["text"], "preferred_modality": "text"}}'""",
        "requested_modalities": sql["json"].format(f"({forms})"), "preferred_modality": "'text'",
        "modality_preferences": sql["json"].format("'{}'"),
        "status": f"CASE WHEN i < {BUSY // 3} THEN 'running' WHEN i < {BUSY} THEN 'pending' ELSE {status} END",
        "current_stage": f"CASE WHEN i < {BUSY // 3} THEN 'script' END", "progress": "1", "draft": "''",
        "result": f"""CASE WHEN i >= {BUSY} THEN '{{"request_id": "' || {sql['id']} || '", "status": "completed", "reason": "'
                   || substr(:lesson, CAST(1 + i % {LESSON_CHARACTERS} AS integer), {LESSON_CHARACTERS}) || '"}}' END""",
        "error": "''", "cancel_requested": sql["no"], "queue": f"CASE WHEN {_dice(3)} < 5500 THEN 'text' ELSE 'video' END",
        "priority": "0", "correlation_id": "''", "lease": "1", "attempts": "1",
        "topic_id": f"CASE WHEN {_dice(7)} < 9700 THEN 'topic_' || ({_dice(8)} * {TOPICS} / 10000) END",
        "created_at": sql["ago"].format(ago), "started_at": sql["ago"].format(f"{ago} - 1"),
        "finished_at": f"CASE WHEN i >= {BUSY} THEN {sql['ago'].format(f'{ago} - {seconds}')} END",
    }
    chosen = ", ".join(f"CAST({word} AS json)" if name in ("request", "result") and engine.dialect.name == "postgresql" else word
                       for name, word in words.items())
    return f"{_into(REQUESTS, list(words))} {sql['count']} SELECT {chosen} FROM {sql['numbers']}"


def _history(engine: Engine) -> list[str]:
    """Stage runs of every request, and what it was counted as; usage and events of the newest; a dead letter for each failed."""
    of = "r.rowid" if engine.dialect.name == "sqlite" else "abs(CAST(hashtext(r.id) AS bigint))"
    stages = " UNION ALL ".join(f"SELECT {place} AS place, '{stage}' AS stage" for place, stage in enumerate(
        ("nlu", "cache", "retrieval", "script", "tts", "images", "video")))
    wants = "CAST(r.requested_modalities AS text)"
    upto = f"CASE WHEN {wants} LIKE '%video%' THEN 7 WHEN {wants} LIKE '%images%' THEN 6 WHEN {wants} LIKE '%audio%' THEN 5 ELSE 4 END"
    family = _spread(_dice(9, of), {"anthropic": 500, "google": 200, "embedded": 9_300})
    newest = "(SELECT id, created_at, worker_id FROM content_requests ORDER BY created_at DESC LIMIT {})"
    model, day = _spread(_dice(11, "stage_runs.id"), {"rare": 50, "m": 9_950}), "date(r.created_at)"
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'" if engine.dialect.name == "sqlite" else "now()"
    runs = _into(RUNS, ["request_id", "position", "stage", "status", "family", "model", "attempts", "started_at", "seconds", "error"])
    usage = _into(USAGE, ["stage_run_id", "provider", "model", "unit", "quantity", "recorded_at"])
    events = _into(EVENTS, ["request_id", "at", "kind", "data"])
    counted = _into(COUNTED, ["request_id", "lease", "day", "modality", "organization_id", "topic_id", "status", "origin", "skipped",
                              "words"])
    dead = _into(DEAD, ["source", "request_id", "payload", "reason", "history", "created_at", "replayed_at"])
    return [
        f"""{counted} SELECT r.id, r.lease, {day}, 'text', coalesce(u.organization_id, 'none'), coalesce(r.topic_id, 'none'),
            r.status, 'made', '', 300 FROM content_requests r LEFT JOIN users u ON u.user_id = r.student_id
            WHERE r.finished_at IS NOT NULL""",
        f"""{runs} SELECT r.id, s.place, s.stage, CASE WHEN r.status = 'failed' AND s.place = 3 THEN 'failed' ELSE 'completed' END,
            {family}, 'm', 1, r.created_at, 2.0, '' FROM content_requests r JOIN ({stages}) s ON s.place < {upto}""",
        f"""{usage} SELECT stage_runs.id, 'embedded', {model}, 'vcpu_second', 1.5, started_at FROM stage_runs
            JOIN {newest.format(WITH_USAGE)} r ON r.id = request_id""",
        f"""{events} SELECT r.id, r.created_at, s.kind, '{{"worker_id": "w"}}' FROM {newest.format(WITH_EVENTS)} r
            JOIN (SELECT 'accepted' AS kind UNION ALL SELECT 'taken' UNION ALL SELECT 'taken_over' UNION ALL SELECT 'decided') s ON true""",
        f"""{dead} SELECT 'worker', id, request, 'Why.', '[{{"kind": "{'x' * 1_000}"}}]', created_at,
            CASE WHEN {_dice(10, of)} < 1000 THEN NULL ELSE {now} END
            FROM content_requests r WHERE status = 'failed'""",
    ]


def _into(table: Table, columns: list[Any]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)})"
