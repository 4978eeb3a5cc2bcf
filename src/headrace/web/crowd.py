"""How many requests a process works on at a time: one more is told to come again, while those at work are finished."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.web.problem import problem

# The process's health, and those who wait for a job: these are counted among the watchers.
_APART = re.compile(r"/healthz|/readyz|/health|/metrics")
_WATCHED = re.compile(r"/api/v1/jobs/[^/]+")


def bound_requests(app: ASGIApp, most: int) -> ASGIApp:
    """Wrap `app`: at most `most` requests are worked on; a request counts from its whole body to the answer's first byte."""
    working = 0

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal working
        if scope["type"] != "http" or _is_apart(scope):
            await app(scope, receive, send)
            return
        if working >= most:
            detail = "This server has as many requests as it can work on; send it again in a moment"
            await problem(503, "busy", detail, headers={"Retry-After": "1"})(scope, receive, send)
            return
        counted = working = working + 1

        def leave() -> None:
            nonlocal working, counted
            working -= bool(counted)
            counted = 0

        async def send_and_leave(message: Message) -> None:
            leave()
            await send(message)

        try:
            await app(scope, receive, send_and_leave)
        finally:
            leave()

    return wrapped


def _is_apart(scope: Scope) -> bool:
    if _APART.fullmatch(scope["path"]):
        return True
    return b"wait=" in scope["query_string"] and _WATCHED.fullmatch(scope["path"]) is not None
