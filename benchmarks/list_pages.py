"""List pages: the first page of jobs over HTTP, by each filter, from a table of millions."""

from __future__ import annotations

import http.client
import statistics
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote

from benchmarks.contestant import Broken, call
from benchmarks.credential import local_token
from benchmarks.figure import Figure, Target, Trial
from benchmarks.http_submit import OURS, server
from benchmarks.ours import headrace
from benchmarks.stage import Stage
from headrace.demo.bare import add_bare_jobs

REQUESTS = 60
WARM = 5


def trials(stage: Stage) -> list[Trial]:
    return [Trial("", partial(list_pages, stage, stage.size(200_000, 5_000_000)))]


def list_pages(stage: Stage, jobs: int) -> dict[str, float]:
    ours = headrace()
    with stage.database(ours) as url:
        add_bare_jobs(url, jobs)
        call(stage, ours, url, [*ours.fill, "1000"])
        stage.settle()
        with server(stage, OURS, url) as port:
            return {name: _p95(port, f"/api/v1/jobs?{asked}") for name, asked in _filters().items()}


def _filters() -> dict[str, str]:
    hours_ago = (datetime.now(UTC) - timedelta(hours=6)).isoformat()
    return {
        "no filter": "",
        "state, many": "state=completed",
        "state, one in ten": "state=failed",
        "state, few": "state=queued",
        "task, many": "task=demo.task_3",
        "task, rare": "task=demo.rare",
        "queue": "queue=demo_3",
        "owner": "owner=owner%203",
        "tag, many": "tag=tag%203",
        "tag, rare": "tag=rare",
        "state, task and owner": "state=failed&task=demo.task_3&owner=owner%20443",
        "time": f"created_until={quote(hours_ago)}",
        "duration": "min_seconds=98",
        "error": "error=mill",
        "input": "input=number%3D7",
    }


def _p95(port: int, path: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken = []
    for number in range(WARM + REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": local_token()})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise Broken(f"GET {path} was answered {answer.status}")
        if number >= WARM:
            taken.append((time.perf_counter() - started) * 1000)
    connection.close()
    return statistics.quantiles(taken, n=20)[-1]


FIGURE = Figure(
    name="list_pages",
    title="First page of the list over HTTP, 95th percentile (5 million jobs; short: 200,000)",
    unit="ms",
    trials=trials,
    targets=[Target(row=name, most=20) for name in _filters()],
    rounds_most=1,
)
