"""Streams: a thousand answers streamed through one worker at once, and how soon one that is written is seen."""

from __future__ import annotations

import asyncio
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import orjson
import psycopg

from benchmarks import machine
from benchmarks.contestant import ROOT, Broken, Contestant, Crew, call, crew, left
from benchmarks.cost import used
from benchmarks.credential import local_token
from benchmarks.figure import Figure, Target, Trial
from benchmarks.http_submit import OURS, server
from benchmarks.ours import headrace
from benchmarks.program import READY
from benchmarks.stage import Stage

CALLS = 1_000
WATCHED = (1, 50)
PATIENCE_SECONDS = 900
BARE = Contestant(
    name="client alone",
    command=(sys.executable, "-m", "benchmarks.bare_client"),
    left=None,
    work=("work", str(CALLS)),
)
IDS = "SELECT id FROM headrace.jobs"


def trials(stage: Stage) -> list[Trial]:
    chunks = stage.size(40, 400)
    return [
        Trial("client alone", partial(alone, stage, chunks)),
        Trial("headrace", partial(together, stage, chunks)),
        *(Trial(f"seen after, {watched}", partial(seen, stage, chunks, watched)) for watched in WATCHED),
    ]


def alone(stage: Stage, chunks: int) -> dict[str, float]:
    """Return the chunks a second that the library reads by itself, and the CPU time of a thousand."""
    with provider(chunks) as env, crew(stage, replace(BARE, env=env), stage.server.url, 1) as found:
        before, _ = used(stage, found)
        seconds = found.drain(found.alive, patience=PATIENCE_SECONDS)
        after, _ = used(stage, found)
        return {"chunks/s": CALLS * chunks / seconds, "CPU ms": _each(after - before, chunks)}


def together(stage: Stage, chunks: int) -> dict[str, float]:
    """Return the same for as many jobs, from the first claim to the last outcome, and what the worker held."""
    with provider(chunks) as env:
        ours = replace(headrace(task="streaming"), env=env)
        with stage.database(ours) as url:
            call(stage, ours, url, [*ours.fill, str(CALLS)])
            stage.settle()
            with crew(stage, ours, url, 1) as found, psycopg.connect(url, autocommit=True) as conn:
                before, server_before = used(stage, found)
                seconds = found.drain(lambda: left(stage, found, conn, CALLS), patience=PATIENCE_SECONDS)
                after, server_after = used(stage, found)
                return {
                    "chunks/s": CALLS * chunks / seconds,
                    "CPU ms": _each(after - before, chunks),
                    "CPU ms of PostgreSQL": _each(server_after - server_before, chunks),
                    "MiB": machine.resident_mib(found.workers[0].pid, most=True),
                }


def _each(seconds: float, chunks: int) -> float:
    """Return the milliseconds of a thousand chunks."""
    return seconds / (CALLS * chunks) * 1_000_000


def seen(stage: Stage, chunks: int, watched: int) -> dict[str, float]:
    """Return the milliseconds from a chunk's sending by the provider to its arrival at a client of the live stream."""
    with provider(chunks) as env:
        ours = replace(headrace(task="streaming"), env=env)
        with stage.database(ours) as url, server(stage, OURS, url) as port:
            call(stage, ours, url, [*ours.fill, str(watched)])
            with psycopg.connect(url) as conn:
                ids = [str(row[0]) for row in conn.execute(IDS).fetchall()]
            with crew(stage, ours, url, 1) as found:
                delays = asyncio.run(_watch_all(port, ids, found))
    if len(delays) != watched * chunks:
        raise Broken(f"{len(delays)} of {watched * chunks} chunks were seen")
    return {"p50 ms": statistics.median(delays) * 1000, "p99 ms": statistics.quantiles(delays, n=100)[-1] * 1000}


async def _watch_all(port: int, ids: list[str], found: Crew) -> list[float]:
    """Watch jobs from before they begin to their end, and return how late each chunk was."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        watching = [asyncio.create_task(_watch(port, id_)) for id_ in ids]
        await asyncio.sleep(1)
        found.go()
        return [delay for delays in await asyncio.gather(*watching) for delay in delays]


async def _watch(port: int, job_id: str) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /api/v1/jobs/{job_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {local_token()}\r\n"
    writer.write(f"{head}Accept: text/event-stream\r\n\r\n".encode())
    delays: list[float] = []
    event = b""
    while event != b"end":
        line = await reader.readline()
        if not line:
            raise Broken(f"The stream of job {job_id} ended early")
        name, _, value = line.rstrip(b"\r\n").partition(b": ")
        if name == b"event":
            event = value
        elif name == b"data" and event == b"text":
            now = time.time()
            delays += [now - float(sent) for sent in orjson.loads(value)["data"]["text"].split()]
    writer.close()
    return delays


@contextmanager
def provider(chunks: int) -> Iterator[dict[str, str]]:
    """Run the provider in a process of its own; yield the settings by which it is found."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    command = [sys.executable, "-m", "benchmarks.paced_provider", str(chunks)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            word, _, port = process.stdout.readline().strip().partition(" ")
            if word != READY:
                raise Broken("The paced provider did not start")
            yield {
                "HEADRACE_AI_MODEL": "openai:paced",
                "HEADRACE_OPENAI_API_KEY": "none",
                "HEADRACE_OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
            }
        finally:
            process.kill()


FIGURE = Figure(
    name="streams",
    title="1,000 AI calls streamed at once through one worker, and the delay of what 1 and 50 clients watch",
    unit="chunks/s, CPU ms of 1,000 chunks, MiB, ms",
    trials=trials,
    targets=[
        Target(row="headrace chunks/s", least=0.8, of="client alone chunks/s"),
        Target(row="headrace MiB", most=400),
        *(Target(row=f"seen after, {watched} p50 ms", most=100) for watched in WATCHED),
    ],
)
