"""Submission over HTTP: one web process, 50 connections, with an `Idempotency-Key`, by an API key, and without either."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from benchmarks.contestant import ROOT, Broken, Contestant
from benchmarks.credential import api_key, local_token
from benchmarks.figure import Figure, Target, Trial
from benchmarks.floor import FLOOR
from benchmarks.load import load
from benchmarks.ours import headrace
from benchmarks.peers.registry import celery_route
from benchmarks.program import payload
from benchmarks.stage import Stage, free_port

START_SECONDS = 30
OURS = (sys.executable, "-m", "headrace", "web", "benchmarks/tasks.py")
BARE = (sys.executable, "-m", "benchmarks.bare_route")


def trials(stage: Stage) -> list[Trial]:
    ours = headrace()
    path = "/api/v1/tasks/bench.nothing/jobs"
    plain = partial(post, path, {"input": payload(1)})
    bare = partial(post, "/jobs", payload(1))
    by_key = partial(serve, stage, ours, OURS, plain, credential=api_key)
    peers = [
        Trial("FastAPI + Celery + Redis + table", partial(serve, stage, peer, command, bare))
        for peer, command in celery_route(stage)
    ]
    return [
        Trial("bare route, one INSERT", partial(serve, stage, FLOOR, BARE, bare)),
        Trial("headrace, Idempotency-Key", partial(serve, stage, ours, OURS, partial(plain, keyed=True))),
        Trial("headrace, API key", by_key),
        Trial("headrace", partial(serve, stage, ours, OURS, plain)),
        *peers,
    ]


def post(path: str, body: dict[str, object], number: int, *, by: str = "", keyed: bool = False) -> bytes:
    """Return the bytes of a request; `by` is what it shows as `Authorization`."""
    content = json.dumps(body).encode()
    own = (f"Idempotency-Key: bench-{number}\r\n" if keyed else "") + (f"Authorization: {by}\r\n" if by else "")
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{own}"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def serve(
    stage: Stage,
    contestant: Contestant,
    command: Sequence[str],
    request: Callable[..., bytes],
    *,
    credential: Callable[[str], str] | None = None,
) -> float:
    """Serve a fresh database and return how many requests a second were answered."""
    seconds = stage.size(3, 20)
    with stage.database(contestant) as url, server(stage, command, url) as port:
        stage.settle()
        if command == OURS:
            request = partial(request, by=credential(url) if credential else local_token())
        return len(load(port, request, seconds)) / seconds


@contextmanager
def server(stage: Stage, command: Sequence[str], url: str) -> Iterator[int]:
    """Run a web server and lend its port."""
    port = free_port()
    ours = command == OURS
    process = subprocess.Popen(
        [*command] if ours else [*command, str(port)],
        env={**os.environ, **stage.environment(url), "HEADRACE_PORT": str(port)},
        cwd=ROOT,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"{process.args!r} does not serve") from None
            time.sleep(0.05)
        else:
            return


FIGURE = Figure(
    name="http_submit",
    title="Submission over HTTP, one web process",
    unit="requests/s",
    trials=trials,
    targets=[
        Target(row=row, least=least, of=of)
        for row in ("headrace, Idempotency-Key", "headrace")
        for of, least in (("bare route, one INSERT", 1.0), ("FastAPI + Celery + Redis + table", 3.0))
    ]
    + [Target(row="headrace, API key", least=0.85, of="headrace")],
)
