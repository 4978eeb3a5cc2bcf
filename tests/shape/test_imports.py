"""No process loads a heavy library before it needs it: start and memory stay small."""

import json
import subprocess
import sys

import pytest

HEAVY = ("openai", "pydantic_ai", "alembic", "rich", "fastapi", "sqlalchemy", "genai_prices", "croniter")
HEAVY += ("argon2", "jwt", "pyotp", "segno")
REPORT = "import sys, json; print(json.dumps([name for name in sys.argv[1:] if name in sys.modules]))\n"

WORK = """
import asyncio
from pydantic import SecretStr
from headrace import App, Job
from headrace.settings import Settings
from headrace.worker.process import CONNECTIONS
from headrace.worker.worker import Worker
from headrace.runtime import Runtime

app = App("small")

@app.task
async def add(job: Job, number: int) -> int:
    return await job.step("add", abs, number, returns=int)

async def main(url):
    async with Runtime.open(Settings(database_url=SecretStr(url)), [app], connections=CONNECTIONS) as runtime:
        async with runtime.database.transaction() as conn:
            submitted = await add.submit(conn, -3)
        worker = Worker(runtime)
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(30):
            while await state(runtime, submitted.id) != "completed":
                await asyncio.sleep(0.01)
        worker.stop()
        await working

async def state(runtime, job_id):
    async with runtime.database.connection() as conn:
        return (await (await conn.execute("SELECT state FROM headrace.jobs WHERE id = %s", (job_id,))).fetchone())[0]

import sys
asyncio.run(main(sys.argv.pop()))
"""

SERVE = """
import asyncio, sys
from httpx2 import AsyncClient
from pydantic import SecretStr
from headrace import App, Job
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in

app = App("small")

@app.task
async def add(job: Job, number: int) -> int:
    return number

async def main(url):
    async with Runtime.open(Settings(database_url=SecretStr(url)), [app], connections=8) as runtime:
        async with serving(runtime) as (address, _), AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.get("/api/v1/openapi.json")).status_code == 200
            assert (await client.post("/api/v1/tasks/small.add/jobs", json={"input": 3})).status_code == 202
            assert (await client.get("/api/v1/jobs")).json()["items"]

asyncio.run(main(sys.argv.pop()))
"""


def loaded_by(program, *arguments):
    """The heavy libraries in memory after a program has run in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", f"{program}\n{REPORT}", *HEAVY, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "module", ["headrace", "headrace.cli.main", "headrace.cli.up", "headrace.cli.worker", "headrace.worker.process"]
)
def test_importing_loads_nothing_heavy(module):
    assert loaded_by(f"import {module}") == set()


def test_a_process_that_asks_models_loads_nothing_heavy():
    assert loaded_by("import headrace.worker.child_program, headrace.ai.ai, headrace.ai.asking") == set()


def test_importing_the_apps_tasks_loads_nothing_heavy():
    # what checks a schedule's cron where it is declared is small
    assert loaded_by("from headrace.runtime import load_apps; assert load_apps()") <= {"croniter"}


def test_importing_the_web_server_loads_the_web_framework_alone():
    assert loaded_by("import headrace.web.server") == {"fastapi"}


def test_a_job_without_ai_and_tables_loads_nothing_heavy(database_url):
    assert loaded_by(WORK, database_url) == set()


def test_serving_loads_no_ai_migrations_or_printing(database_url):
    assert loaded_by(SERVE, database_url) <= {"fastapi", "sqlalchemy"}


def test_the_search_finds_what_is_loaded():
    assert loaded_by("import alembic") >= {"alembic", "sqlalchemy"}
