"""A record full of requests, made by the database itself: forms, topics, organisations, shelf and failures as they may be."""

from datetime import date

from sqlalchemy import Engine, TextClause, text

FIRST, DAYS = date(2026, 8, 1), 100
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, {count} - 1))",
}
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-08-01', (i * 8640000 / {count}) || ' seconds')",
    "postgresql": "timestamptz '2026-08-01 00:00+00' + (i::bigint * 8640000 / {count}) * interval '1 second'",
}
NAME = {"sqlite": "printf('r%07d', i)", "postgresql": "'r' || lpad(i::text, 7, '0')"}
"""In the order of time, as requests come."""
FORM = "CASE WHEN i * 31 % 100 < 50 THEN 'text' WHEN i * 31 % 100 < 60 THEN 'audio' WHEN i * 31 % 100 < 65 THEN 'images' ELSE 'video' END"
STATUS = ("CASE WHEN i * 17 % 100 < 92 THEN 'completed' WHEN i * 17 % 100 < 95 THEN 'failed' "
          "WHEN i * 17 % 100 < 98 THEN 'clarification_needed' ELSE 'cancelled' END")
CACHED = "i / 100 % 5 = 0"
USED = (
    ("nlu", "text-model", "input_token", "900 + i % 50"), ("nlu", "text-model", "output_token", "60 + i % 20"),
    ("nlu", "text-model", "vcpu_second", "2.5 + i % 100 / 100.0"), ("nlu", "text-model", "gib_second", "3.5"),
    ("retrieval", "embedder", "vcpu_second", "0.1 + i % 10 / 100.0"), ("retrieval", "embedder", "gib_second", "0.2"),
    ("script", "text-model", "input_token", "2500 + i % 500"), ("script", "text-model", "output_token", "300 + i % 90"),
    ("script", "text-model", "vcpu_second", "14.5 + i % 700 / 100.0"), ("script", "text-model", "gib_second", "21.125"),
    ("tts", "voice", "character", "1500 + i % 900"), ("tts", "voice", "vcpu_second", "6.25 + i % 300 / 100.0"),
    ("tts", "voice", "gib_second", "5.5"), ("images", "renderer", "vcpu_second", "4.0"),
    ("images", "renderer", "gib_second", "3.0"), ("video", "renderer", "vcpu_second", "65.5 + i % 1700 / 100.0"),
    ("video", "renderer", "gib_second", "48.75"),
)
STAGES = ("nlu", "cache", "retrieval", "script", "tts", "images", "video")
MAKES = {"nlu": "1 = 1", "cache": "1 = 1", "retrieval": "NOT cached", "script": "NOT cached",
         "tts": "NOT cached AND form IN ('audio', 'video')", "images": "NOT cached AND form IN ('images', 'video')",
         "video": "NOT cached AND form = 'video'"}
SKIPS = {"tts": "form IN ('text', 'images')", "images": "form IN ('text', 'audio')", "video": "form <> 'video'"}


def fill(engine: Engine, count: int) -> int:
    """So many decided requests over a hundred days; the number of entries of usage."""
    name = engine.dialect.name
    numbers, moment = NUMBERS[name].format(count=count), MOMENT[name].format(count=count)
    i = "i" if name == "sqlite" else "i::bigint"
    form, status = FORM.replace("i *", f"{i} *"), STATUS.replace("i *", f"{i} *")
    lookup = f"SELECT i, {form} AS form, {CACHED} AS cached, {moment} AS at FROM n"
    steps = [
        """INSERT INTO organizations (organization_id, name, type, settings, archived, created_at)
           SELECT 'school-' || i, 'School ' || i, 'custom', '{}', FALSE, '2026-01-01 00:00:00+00' FROM n""",
        """INSERT INTO users (user_id, email, name, role, status, organization_id, created_at)
           SELECT 's' || i, 's' || i || '@school.org', '', 'student', 'active',
                  CASE WHEN i % 21 < 20 THEN 'school-' || (i % 21) END, '2026-01-01 00:00:00+00' FROM n""",
    ]
    with engine.begin() as connection:
        if name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for many, step in zip((20, 5000), steps, strict=True):
            connection.execute(_with(NUMBERS[name].format(count=many), step))
        connection.execute(_with(numbers, f"""
            INSERT INTO content_requests (id, student_id, student_query, request, requested_modalities, preferred_modality, status,
                progress, draft, error, cancel_requested, created_at, started_at, finished_at, topic_id, script_words, cache_hit)
            SELECT {NAME[name]}, 's' || ({i} * 7919 % 5000), 'Why?', '{{}}',
                   CASE form WHEN 'video' THEN '["text", "video"]' WHEN 'images' THEN '["text", "images"]'
                             WHEN 'audio' THEN '["text", "audio"]' ELSE '["text"]' END{'::jsonb' if name == 'postgresql' else ''},
                   form, {status}, 1, '', '', FALSE, at, at, at, 'topic-' || ({i} * 101 % 59), 300 + {i} * 37 % 500, cached
            FROM ({lookup}) AS found"""))
        entries = 0
        for place, stage in enumerate(STAGES):
            connection.execute(_with(numbers, f"""
                INSERT INTO stage_runs (id, request_id, position, stage, status, family, model, attempts, started_at, seconds, error)
                SELECT i * 7 + {place + 1}, {NAME[name]}, {place}, '{stage}',
                       CASE WHEN {MAKES[stage]} THEN 'completed' WHEN {SKIPS.get(stage, '1 = 0')} THEN 'skipped' ELSE 'cached' END,
                       'embedded', 'm', 1, at, 1, '' FROM ({lookup}) AS found"""))
        for stage, model, unit, quantity in USED:
            entries += connection.execute(_with(numbers, f"""
                INSERT INTO usage (stage_run_id, provider, model, unit, quantity, recorded_at)
                SELECT i * 7 + {STAGES.index(stage) + 1}, 'embedded', '{model}', '{unit}', {quantity}, at
                FROM ({lookup}) AS found WHERE {MAKES[stage]}""")).rowcount
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return entries


def _with(numbers: str, step: str) -> TextClause:
    """The statement with its numbers before the SELECT."""
    first, _, rest = step.partition("SELECT")
    return text(f"{first}{numbers} SELECT{rest}".replace(":", r"\:"))
