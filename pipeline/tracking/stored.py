"""The bytes that a lesson's files take, as usage of the stages that made them: once, when the files are noted."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from pipeline.domain import Stage, StageStatus, Unit
from pipeline.tracking.connected import RUNS, USAGE, now

STORE = "store"
MADE_BY = {"audio": Stage.TTS, "captions": Stage.TTS, "image": Stage.IMAGES, "video": Stage.VIDEO, "video_720": Stage.VIDEO,
           "poster": Stage.VIDEO}


def bill_bytes(connection: Connection, request_id: str, files: Mapping[str, tuple[str, int]]) -> None:
    """Note the bytes of these files, by name with kind and size. A file of another request was billed there."""
    stored: dict[Stage, int] = {}
    for name, (kind, size) in files.items():
        if name.startswith(f"{request_id}/") and kind in MADE_BY:
            stored[MADE_BY[kind]] = stored.get(MADE_BY[kind], 0) + size
    runs = select(RUNS.c.id, RUNS.c.stage, RUNS.c.family).where(
        RUNS.c.request_id == request_id, RUNS.c.stage.in_(stored), RUNS.c.status == StageStatus.COMPLETED)
    made = {row.stage: row for row in connection.execute(runs.order_by(RUNS.c.position))} if stored else {}
    rows = [{"stage_run_id": made[stage].id, "provider": made[stage].family, "model": STORE, "unit": Unit.BYTE_STORED,
             "quantity": Decimal(size), "recorded_at": now()}
            for stage, size in stored.items() if size and stage in made]
    if rows:
        connection.execute(insert(USAGE), rows)
