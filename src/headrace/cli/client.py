"""The command line's client: submits a job over HTTP, and follows what the job reports until its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NoReturn, cast
from uuid import UUID, uuid4

import httpx2

from headrace.cli.screen import Screen, open_screen
from headrace.errors import HeadraceError, InvalidInput, NotFound, Unavailable
from headrace.json import Json, parse

# The server sends a sign of life every 15 s.
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
SILENCE_MAX = httpx2.Timeout(45.0, connect=5.0)
PATIENCE = 300.0
PAUSE_MAX = 5.0
SENDINGS = 3
INTERRUPTED = 130


class Refused(HeadraceError):
    """The server refused a request; the message is the server's own."""


def submit(address: str, task: str, input_text: str, *, unique_key: str | None = None) -> str:
    """Submit a job and return its id; sent again after a lost answer, it is still one job.

    Raises `InvalidInput` for input that is not JSON or does not fit, `NotFound` for an unknown task, `Unavailable`.
    """
    body = {"task": task, "input": _parse_input(input_text), "unique_key": unique_key}
    headers = {"Idempotency-Key": str(uuid4())}
    with _open(address) as client:
        for sending in range(1, SENDINGS + 1):
            try:
                answer = client.post("/api/v1/jobs", json=body, headers=headers)
                return str(_content(answer, address)["id"])
            except httpx2.ConnectError as error:
                _give_up(address, error)
            except httpx2.TransportError as error:
                if sending == SENDINGS:
                    _give_up(address, error)
    raise AssertionError("unreachable")


def watch(address: str, job_id: str, *, patience: float = PATIENCE) -> int:
    """Show a job until its end; return 0 if it completed, 1 if not, 130 after Ctrl-C, which leaves the job running.

    A lost connection is taken up again after the last event seen, for `patience` seconds. Raises `NotFound`,
    `InvalidInput`, or `Unavailable` when no server answers (any more).
    """
    path = f"/api/v1/jobs/{_checked(job_id)}"
    with _open(address) as client, open_screen() as screen:
        try:
            state = _follow(client, path, screen, patience)
            if state == "completed":
                screen.result(_content(client.get(path), address)["result"])
            return 0 if state == "completed" else 1
        except KeyboardInterrupt:
            screen.note(f"No longer watching; job {job_id} goes on. To see more: headrace watch {job_id}")
            return INTERRUPTED
        except httpx2.TransportError as error:
            _give_up(address, error)


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
                    screen.note("The stream can't go on where it was; it begins anew")
                    break
                seen = message.id or seen
                data = cast("dict[str, Any]", message.json())
                screen.show(message.event, data)
                if message.event == "end":
                    return str(data["state"])
        except (httpx2.TransportError, Unavailable) as error:
            if not heard or time.monotonic() - heard > patience:
                _give_up(str(client.base_url), error)
            screen.status("connection lost, trying again")
        time.sleep(pause)
        pause = min(pause * 2, PAUSE_MAX)


def _connection(client: httpx2.Client, path: str, seen: str) -> Iterator[httpx2.ServerSentEvent]:
    """Yield the messages of one connection, from the last event seen on."""
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
    with client.stream("GET", f"{path}/events", headers=headers, timeout=SILENCE_MAX) as answer:
        if not answer.is_success:
            answer.read()
            _refuse(answer, str(client.base_url))
        yield from httpx2.EventSource(answer)


def _open(address: str) -> httpx2.Client:
    # The server is on this machine: a proxy of the environment could only be in the way.
    return httpx2.Client(base_url=address, timeout=TIMEOUT, trust_env=False)


def _parse_input(text: str) -> Json:
    try:
        return parse(text.encode("utf-8", "surrogateescape"))
    except InvalidInput as error:
        reason = str(error).removeprefix("The body is not valid JSON: ")
        raise InvalidInput(f"The input is not JSON that can be sent: {reason}") from None


def _checked(job_id: str) -> UUID:
    try:
        return UUID(job_id)
    except ValueError:
        raise InvalidInput(f"{job_id!r} is no job id; `headrace submit` prints one") from None


def _content(answer: httpx2.Response, address: str) -> dict[str, Any]:
    if not answer.is_success:
        _refuse(answer, address)
    return cast("dict[str, Any]", answer.json())


def _refuse(answer: httpx2.Response, address: str) -> NoReturn:
    """Raise the server's refusal as the error that it is."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        raise Unavailable(
            f"What answers at {address} is not Headrace (HTTP {answer.status_code}); is it another server?"
        )
    detail = str(answer.json().get("detail") or answer.reason_phrase)
    match answer.status_code:
        case 404:
            raise NotFound(detail)
        case 400 | 413 | 422:
            raise InvalidInput(detail)
        case 502 | 503 | 504:
            raise Unavailable(detail)
        case _:
            raise Refused(detail)


def _give_up(address: str, error: Exception) -> NoReturn:
    if isinstance(error, Unavailable):
        raise error
    if isinstance(error, httpx2.ConnectError):
        raise Unavailable(
            f"No server answers at {address}; start it with `headrace up`, or set HEADRACE_PORT"
        ) from None
    raise Unavailable(f"The connection to {address} failed: {str(error) or type(error).__name__}") from None
