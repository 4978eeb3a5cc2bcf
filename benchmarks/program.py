"""The inside of a contestant: a program that makes its tables, fills its queue, or works through it once told to go.

Imports nothing of Headrace, since peers run in an environment of their own.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

URL = "BENCH_URL"
REDIS_PORT = "BENCH_REDIS_PORT"
READY = "ready"
CHUNK = 1_000


def url() -> str:
    """Return the URL of the contestant's own database."""
    return os.environ[URL]


def redis_url(database: int = 0) -> str:
    """Return the URL of the contestants' Redis."""
    return f"redis://127.0.0.1:{os.environ[REDIS_PORT]}/{database}"


def payload(number: int) -> dict[str, object]:
    """Return the input of one job, about 200 bytes of JSON."""
    return {"number": number, "text": "x" * 170}


def text_of(value: object) -> str:
    """Return a value as JSON text."""
    return json.dumps(value, separators=(",", ":"))


def chunks(jobs: int, size: int = CHUNK) -> Iterator[range]:
    """Yield the numbers of the jobs to submit, as many at a time as one call takes."""
    for start in range(0, jobs, size):
        yield range(start, min(jobs, start + size))


@contextmanager
def timed() -> Iterator[None]:
    """Tell the stage how long the block took."""
    started = time.perf_counter()
    yield
    tell(seconds=time.perf_counter() - started)


def tell(**values: float) -> None:
    """Tell the stage what was measured."""
    print(json.dumps(values), flush=True)


def wait_for_go() -> None:
    """Say that everything is loaded and connected, and wait until the stage says go."""
    print(READY, flush=True)
    sys.stdin.readline()


def play(*roles: Callable[..., object], run: Callable[..., object] = asyncio.run) -> None:
    """Play the role that the first argument names, with the further arguments: numbers as such."""
    name, *rest = sys.argv[1:]
    [role] = [role for role in roles if role.__name__ == name]
    said = role(*(int(word) if word.isdigit() else word for word in rest))
    if inspect.iscoroutine(said):
        run(said)
