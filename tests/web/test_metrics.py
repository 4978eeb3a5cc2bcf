"""`/metrics` tells Prometheus what the database and this process know."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from headrace.ids import new_id
from headrace.worker.lease import register

pytestmark = pytest.mark.anyio
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


async def scrape(client) -> dict:
    answer = await client.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_depth_and_oldest_age_of_each_queue(client, submit, tasks, runtime):
    await submit(tasks["rest"])
    async with runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.jobs SET ready_at = now() - interval '90 s'")
    found = await scrape(client)
    queue = ("queue", "demo")
    assert found["headrace_queue_depth", queue] == 1
    assert 90 <= found["headrace_queue_oldest_age_seconds", queue] < 120
    assert (found["headrace_queue_paused", queue], found["headrace_queue_workers", queue]) == (0, 0)


async def test_outcomes_and_durations_of_each_task(client, submit, drain, tasks):
    for _ in range(3):
        await submit(tasks["rest"])
    await drain()
    found = await scrape(client)
    task = (("queue", "demo"), ("task", "demo.rest"))
    assert found["headrace_runs_total", ("outcome", "completed"), *task] == 3
    assert found["headrace_run_seconds_count", *task] == 3
    assert found["headrace_run_seconds_bucket", ("le", "+Inf"), *task] == 3
    buckets = [value for key, value in found.items() if key[0] == "headrace_run_seconds_bucket"]
    assert buckets == sorted(buckets)
    assert 0 < found["headrace_run_seconds_sum", *task] < 60


async def test_the_age_of_each_workers_lease(client, runtime):
    id_ = new_id()
    async with runtime.database.connection() as conn:
        await register(conn, id_, name="mill", queues=["demo"], concurrency=7)
        await conn.execute("UPDATE headrace.workers SET lease_until = lease_until - interval '12 s'")
    found = await scrape(client)
    worker = (("name", "mill"), ("worker", str(id_)))
    assert 12 <= found["headrace_worker_lease_age_seconds", *worker] < 25
    assert found["headrace_worker_slots", *worker] == 7
    assert found["headrace_queue_workers", ("queue", "demo")] == 1


async def test_the_pool_and_the_process(client):
    found = await scrape(client)
    assert found["headrace_database_up",] == 1
    assert 1 <= found["headrace_pool_connections",] <= found["headrace_pool_connections_limit",] == 8
    assert found["headrace_pool_requests_total",] >= 1
    assert found["process_resident_memory_bytes",] > 1_000_000


async def test_names_with_quotes_and_newlines_break_nothing(client, submit, tasks, runtime):
    await submit(tasks["rest"])
    async with runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.jobs SET queue = %s", ('a"b\nc\\',))
    assert (await scrape(client))["headrace_queue_depth", ("queue", 'a"b\nc\\')] == 1


async def test_without_the_database_the_process_still_answers(client, runtime):
    await runtime.database.pool.close()
    found = await scrape(client)
    assert found["headrace_database_up",] == 0
    assert not [key for key in found if key[0].startswith(("headrace_queue_", "headrace_run"))]


async def test_the_document_names_exactly_the_metrics(client, runtime, submit, drain, tasks):
    await submit(tasks["rest"])
    await drain()
    async with runtime.database.connection() as conn:
        await register(conn, new_id(), name="mill", queues=["demo"], concurrency=7)
    text = (await client.get("/metrics")).text
    kinds = dict(re.findall(r"^# TYPE (headrace_\w+) (\w+)$", text, re.MULTILINE))
    section = OPERATIONS.read_text().partition("## Metrics")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`headrace_.*?) \|", section, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(kinds)
