"""For those who watch over the installation: is it there, can it work, and how much does it do."""

import logging
from collections.abc import Iterator

from starlette.responses import Response

from pipeline.api.call import Call, Reply
from pipeline.api.metrics import is_live
from pipeline.api.models import Check, Health, Ready
from pipeline.api.parts import Parts
from pipeline.errors import OperatorError
from pipeline.tracking import database_is_away

logger = logging.getLogger("pipeline")
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CHECKS = ("database", "migrations", "worker")
NOT_LOOKED = Check(ok=False, detail="Not looked at: what comes before it is not well.")


def health(_: Call) -> Reply:
    """This process answers, whatever stands behind it."""
    return Reply(value=Health())


def ready(call: Call) -> Reply:
    """200 when a request that comes now will be made, 503 with what is missing when not."""
    found = list(_looked(call.parts))
    found += [NOT_LOOKED] * (len(CHECKS) - len(found))
    well = all(check.ok for check in found)
    said = {"status": "ready" if well else "not_ready", "checks": dict(zip(CHECKS, found, strict=True))}
    return Reply(status=200 if well else 503, value=Ready.model_validate(said))


def metrics(call: Call) -> Response:
    """Prometheus' text format."""
    return Response(call.parts.meters.text(call.parts.record), media_type=METRICS_TYPE)


def _looked(parts: Parts) -> Iterator[Check]:
    """The checks one after the other, up to the first that is not well."""
    try:
        where = parts.standing()
        live = sum(map(is_live, parts.record.workers())) if where.ready else 0
    except Exception as fault:
        if not isinstance(fault, OperatorError) and not database_is_away(fault):
            raise
        logger.warning("not ready", extra={"action": "not_ready", "fault": type(fault).__name__})
        yield Check(ok=False, detail="The database cannot be used: `python -m pipeline doctor` says why.")
        return
    yield Check(ok=True, detail="The database answers.")
    yield Check(ok=where.ready, detail=where.what_to_do or "All migrations are in.")
    if where.ready:
        yield Check(ok=live > 0, detail=f"{live} live." if live else "No worker lives: run `python -m pipeline worker`.")
