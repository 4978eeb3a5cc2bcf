"""The command line's client: submits a job over HTTP, and follows what the job reports until its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import httpx2

from headrace.cli.reach import job_path
from headrace.cli.screen import Screen, open_screen
from headrace.cli.server import Server, give_up, refuse
from headrace.errors import InvalidInput, Unavailable
from headrace.json import Json, parse

SILENCE_MAX = httpx2.Timeout(45.0, connect=5.0)
PATIENCE = 300.0
PAUSE_MAX = 5.0
INTERRUPTED = 130


def submit(
    address: str, task: str, input_text: str, *, unique_key: str | None = None, auth: httpx2.Auth | None = None
) -> str:
    """Submit a job and return its id; sent again after a lost answer, it is still one job.

    Raises `InvalidInput` for input that is not JSON or does not fit, `NotFound` for an unknown task, `Unavailable`.
    """
    body = {"task": task, "input": _parse_input(input_text), "unique_key": unique_key}
    with Server(address, auth) as server:
        return str(server.post("/jobs", body)["id"])


def watch(address: str, job_id: str, *, patience: float = PATIENCE, auth: httpx2.Auth | None = None) -> int:
    """Show a job until its end; return 0 if it completed, 1 if not, 130 after Ctrl-C, which leaves the job running.

    A lost connection is taken up again after the last event seen, for `patience` seconds. Raises `NotFound`,
    `InvalidInput`, or `Unavailable` when no server answers (any more).
    """
    path = job_path(job_id)
    with Server(address, auth) as server, open_screen() as screen:
        try:
            state = _follow(server.http, f"/api/v1{path}", screen, patience)
            if state == "completed":
                screen.result(server.get(path)["result"])
            return 0 if state == "completed" else 1
        except KeyboardInterrupt:
            screen.note(f"No longer watching; job {job_id} goes on. To see more: headrace watch {job_id}")
            return INTERRUPTED
        except httpx2.TransportError as error:
            give_up(address, error)


def _follow(client: httpx2.Client, path: str, screen: Screen, patience: float) -> str:
    """Show the stream over as many connections as it takes; return the final state."""
    seen, heard, pause = "", 0.0, 0.2
    while True:
        try:
            for message in _connection(client, path, seen):
                heard, pause = time.monotonic(), 0.2
                if not message.data:  # a bare `retry:`
                    continue
                if message.event == "reset":
                    seen = ""
                    screen.begin_anew()
                    break
                seen = message.id or seen
                data = cast("dict[str, Any]", message.json())
                screen.show(message.event, data)
                if message.event == "end":
                    return str(data["state"])
        except (httpx2.TransportError, Unavailable) as error:
            if not heard or time.monotonic() - heard > patience:
                give_up(str(client.base_url), error)
            screen.status("connection lost, trying again")
        time.sleep(pause)
        pause = min(pause * 2, PAUSE_MAX)


def _connection(client: httpx2.Client, path: str, seen: str) -> Iterator[httpx2.ServerSentEvent]:
    """Yield the messages of one connection, from the last event seen on."""
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
    with client.stream("GET", f"{path}/events?children=true", headers=headers, timeout=SILENCE_MAX) as answer:
        if not answer.is_success:
            answer.read()
            refuse(answer, str(client.base_url))
        yield from httpx2.EventSource(answer)


def _parse_input(text: str) -> Json:
    try:
        return parse(text.encode("utf-8", "surrogateescape"))
    except InvalidInput as error:
        reason = str(error).removeprefix("The body is not valid JSON: ")
        raise InvalidInput(f"The input is not JSON that can be sent: {reason}") from None
