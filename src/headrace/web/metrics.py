"""`/metrics` for Prometheus: the queue's figures from the database, the pool's and the process's from this process."""

import asyncio
from collections.abc import Callable
from importlib.metadata import version

from fastapi import APIRouter
from starlette.responses import Response

from headrace.accounts.permission import Permission
from headrace.ai.gauges import AiGauges, read_ai_gauges
from headrace.db.connect import BROKEN
from headrace.jobs.counters import LAST_BUCKET, Point, edge
from headrace.jobs.gauges import Gauges, LivingWorker, read_gauges
from headrace.jobs.queues import Queue
from headrace.observe.metrics import Family, Histogram, Kind, expose
from headrace.runtime import Runtime
from headrace.web.ai_metrics import ai_families
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime
from headrace.worker.lease import LEASE

PATIENCE = 10.0
# every fourth bucket of the counters: from 1 ms to three days in steps of four
EDGES = range(0, LAST_BUCKET - 3, 4)

router = APIRouter(tags=["health"], dependencies=[needs(Permission.OPERATIONS_READ)])


@router.get(
    "/metrics",
    operation_id="show_metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def show_metrics(runtime: CurrentRuntime) -> Response:
    """Show metrics in Prometheus' text format; without the queue's while the database does not answer."""
    gauges = await _read(runtime)
    families = [*_process(runtime, is_up=gauges is not None), *(_figures(*gauges) if gauges else ())]
    text, content_type = await asyncio.to_thread(expose, families)
    return Response(text, headers={"Content-Type": content_type})


async def _read(runtime: Runtime) -> tuple[Gauges, AiGauges] | None:
    known = {task.queue for task in runtime.tasks.values()}
    try:
        async with asyncio.timeout(PATIENCE), runtime.database.connection() as conn:
            now = runtime.clock.now
            return await read_gauges(conn, known, now=now), await read_ai_gauges(conn, now=now)
    except (TimeoutError, *BROKEN):
        return None


def _figures(gauges: Gauges, ai: AiGauges) -> list[Family | Histogram]:
    history = Family("gauge", "headrace_history_bytes", "What finished jobs hold.", (), [((), gauges.held_bytes)])
    return [*_queues(gauges.queues), *_workers(gauges.workers), *_runs(gauges.counted), history, *ai_families(ai)]


def _process(runtime: Runtime, *, is_up: bool) -> list[Family]:
    pool = runtime.database.pool.get_stats()

    def of_pool(kind: Kind, name: str, help: str, value: float) -> Family:  # noqa: A002 - Prometheus' word
        return Family(kind, f"headrace_pool_{name}", help, (), [((), value)])

    return [
        Family("gauge", "headrace_info", "The release.", ("version",), [((version("headrace"),), 1)]),
        Family("gauge", "headrace_database_up", "1 if the database answered this scrape.", (), [((), float(is_up))]),
        of_pool("gauge", "connections", "Connections of this process.", pool.get("pool_size", 0)),
        of_pool("gauge", "connections_idle", "Those that nobody uses.", pool.get("pool_available", 0)),
        of_pool("gauge", "connections_limit", "Those it may have.", pool.get("pool_max", 0)),
        of_pool("gauge", "waiting", "Requests that wait for a connection now.", pool.get("requests_waiting", 0)),
        of_pool("counter", "requests", "Requests for a connection.", pool.get("requests_num", 0)),
        of_pool("counter", "refusals", "Requests that got none in time.", pool.get("requests_errors", 0)),
        of_pool("counter", "wait_seconds", "Time waited for a connection.", pool.get("requests_wait_ms", 0) / 1_000),
    ]


def _queues(queues: list[Queue]) -> list[Family]:
    def of_queue(name: str, help: str, value: Callable[[Queue], float]) -> Family:  # noqa: A002 - Prometheus' word
        return Family(
            "gauge", f"headrace_queue_{name}", help, ("queue",), [((queue.name,), value(queue)) for queue in queues]
        )

    return [
        of_queue("depth", "Ready jobs, counted up to 10,000.", lambda queue: queue.depth.count),
        of_queue("oldest_age_seconds", "Age of the oldest ready job; 0 if there is none.", _age),
        of_queue("paused", "1 if the queue is paused.", lambda queue: queue.paused),
        of_queue("workers", "Live workers that serve it.", lambda queue: queue.workers),
    ]


def _workers(workers: list[LivingWorker]) -> list[Family]:
    def of_worker(name: str, help: str, value: Callable[[LivingWorker], float]) -> Family:  # noqa: A002 - Prometheus' word
        values = [((str(worker.id), worker.name), value(worker)) for worker in workers]
        return Family("gauge", f"headrace_worker_{name}", help, ("worker", "name"), values)

    return [
        of_worker("lease_age_seconds", "Time since the lease was renewed; it ends at 30.", _lease_age),
        of_worker("running", "Jobs it runs.", lambda worker: worker.running),
        of_worker("slots", "Jobs it may run at a time.", lambda worker: worker.concurrency),
    ]


def _runs(counted: dict[tuple[str, str], Point]) -> list[Family | Histogram]:
    outcomes = [
        ((*of, str(outcome)), float(runs)) for of, point in counted.items() for outcome, runs in point.outcomes.items()
    ]
    durations = [(of, _buckets(point), point.took.total_seconds()) for of, point in counted.items() if point.histogram]
    labels = ("task", "queue")
    return [
        Family("counter", "headrace_runs", "Runs that ended, by how they ended.", (*labels, "outcome"), outcomes),
        Histogram("headrace_run_seconds", "Duration of runs that completed, failed or are retried.", labels, durations),
    ]


def _buckets(point: Point) -> list[tuple[str, float]]:
    """Return how many runs took at most so long, for each edge in seconds."""
    edges = [(str(edge(last).total_seconds()), last) for last in EDGES]
    within = [(text, float(sum(n for bucket, n in point.histogram.items() if bucket <= last))) for text, last in edges]
    return [*within, ("+Inf", float(sum(point.histogram.values())))]


def _age(queue: Queue) -> float:
    return max(0.0, queue.oldest_age.total_seconds()) if queue.oldest_age is not None else 0.0


def _lease_age(worker: LivingWorker) -> float:
    return LEASE - worker.lease_left.total_seconds()
