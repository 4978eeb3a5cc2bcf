"""How fast a worker drains no-op jobs, as a ratio to a floor in the same run on the same server.

The floor is plain SQL over the same driver, table and batch size: claim by SKIP LOCKED, mark finished; no fence, no lease,
no tasks, no Python per job. Durable settings. Usage: python benchmarks/drain.py [JOBS] [--json]
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from pydantic import SecretStr

from headrace import App, Job
from headrace.db.connect import Database
from headrace.db.embedded import EmbeddedServer
from headrace.db.migrate import migrate
from headrace.jobs.submit import submit
from headrace.observe import logs
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.databases import url_of
from headrace.worker.worker import Worker

ROUNDS = 3
BATCH = 500
app = App("bench")


@app.task
async def nothing(_job: Job) -> None: ...


FLOOR_CLAIM = """
    UPDATE floor SET state = 'running', worker_id = id, started_at = now() WHERE id = ANY (ARRAY (
        SELECT id FROM floor WHERE queue = 'bench' AND state = 'queued' AND NOT alone ORDER BY priority, ready_at, id
        LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING id, input
"""
FLOOR_FINISH = "UPDATE floor SET state = 'completed', result = 'null', finished_at = now() WHERE id = ANY (%s)"
FLOOR_FILL = """
    INSERT INTO floor (id, task, queue, state, attempts, input_size, created_at, ready_at, input)
    SELECT gen_random_uuid(), 'bench.nothing', 'bench', 'queued', 3, 2, now(), now() + n * interval '1 us', '{}'
    FROM generate_series(1, %s) AS n
"""


async def drain_floor(database: Database, jobs: int) -> float:
    async with database.connection() as conn:
        await conn.execute("DROP TABLE IF EXISTS floor")
        await conn.execute("CREATE TABLE floor (LIKE headrace.jobs INCLUDING ALL)")
        await conn.execute(FLOOR_FILL, (jobs,))
        started = time.perf_counter()
        while rows := await (await conn.execute(FLOOR_CLAIM, (BATCH,))).fetchall():
            await conn.execute(FLOOR_FINISH, ([row[0] for row in rows],))
        return jobs / (time.perf_counter() - started)


async def drain_headrace(runtime: Runtime, jobs: int) -> tuple[float, float]:
    """Return submissions a second in batches, and jobs drained a second."""
    started = time.perf_counter()
    for start in range(0, jobs, BATCH):
        async with runtime.database.transaction() as conn:
            await submit(conn, [nothing.submission(None) for _ in range(min(BATCH, jobs - start))])
    submitted = jobs / (time.perf_counter() - started)
    worker = Worker(runtime)
    started = time.perf_counter()
    running = asyncio.create_task(worker.run())
    async with runtime.database.connection() as conn:
        while (
            await (await conn.execute("SELECT EXISTS (SELECT FROM headrace.jobs WHERE finished_at IS NULL)")).fetchone()
        )[0]:
            await asyncio.sleep(0.02)
    drained = jobs / (time.perf_counter() - started)
    worker.stop()
    await running
    return submitted, drained


async def measure(url: str, jobs: int) -> dict[str, float]:
    settings = Settings(database_url=SecretStr(url), concurrency=BATCH * 2, log_level="warning")
    logs.configure(settings, process="bench")
    floors, submits, drains = [], [], []
    async with Runtime.open(settings, [app], connections=4) as runtime:
        for _ in range(ROUNDS):
            floors.append(await drain_floor(runtime.database, jobs))
            submitted, drained = await drain_headrace(runtime, jobs)
            submits.append(submitted)
            drains.append(drained)
    floor, drain = statistics.median(floors), statistics.median(drains)
    return {
        "jobs": jobs,
        "floor_per_s": round(floor),
        "drain_per_s": round(drain),
        "drain_ratio": round(drain / floor, 2),
        "submit_per_s": round(statistics.median(submits)),
    }


def main() -> None:
    numbers = [argument for argument in sys.argv[1:] if argument.isdigit()]
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            url = url_of(server.url, "headrace")
            migrate(url)
            found = uvloop.run(measure(url, int(numbers[0]) if numbers else 20_000))
        finally:
            server.stop()
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:14} {value:>12,}")


if __name__ == "__main__":
    main()
