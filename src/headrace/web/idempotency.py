"""`Idempotency-Key`: the same request sent again gets the first answer again, and nothing is done twice.

After draft-ietf-httpapi-idempotency-key-header: the answer is kept for 24 hours, in the transaction of the work, so either
both exist or neither. The same key with another body is refused (422), as is one whose first request is still going (409).
An error is not kept: a request that failed may be sent again under its key.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Depends, Header, Request
from starlette.responses import Response

from headrace.db.execute import AsyncCaller, Row, execute
from headrace.db.query import query
from headrace.errors import Conflict, HeadraceError
from headrace.web.body import body_of
from headrace.web.gate import CurrentPrincipal
from headrace.web.runtime import CurrentRuntime

KEY_MAX = 255
KEPT_HEADERS = {"content-type", "location"}
# The draft's string (RFC 8941, section 3.3.3), and the bare form that most clients send.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x7e]+")


class KeyMalformed(HeadraceError):
    """The header is no key."""

    code = "idempotency_key_malformed"
    status = 400


class KeyReused(HeadraceError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class KeyBusy(Conflict):
    """The first request with this key is still going."""

    code = "idempotency_key_busy"


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is to be done once; without a key it is simply done."""

    scope: str
    key: str | None
    fingerprint: str
    now: datetime | None

    async def answer(self, conn: AsyncCaller, work: Callable[[], Awaitable[Response]]) -> Response:
        """Return the answer kept under the key, or do `work` and keep its answer, all in the transaction of `conn`.

        Raises `KeyReused` or `KeyBusy`.
        """
        [found] = await find_answers(conn, [self], now=self.now)
        if isinstance(found, HeadraceError):
            raise found
        if found is not None:
            return found
        answer = await work()
        await keep_answers(conn, [(self, answer)], now=self.now)
        return answer


async def find_answers(
    conn: AsyncCaller, requests: Sequence[Once], *, now: datetime | None
) -> list[Response | HeadraceError | None]:
    """Take the requests' keys for this transaction and return for each what it is answered: `None` if it is to be done.

    Else that is the answer kept under its key, `KeyReused` or `KeyBusy`. Of requests with one key the first is done.
    """
    firsts = {(one.scope, one.key): one for one in reversed(requests) if one.key is not None}
    if not firsts:
        return [None] * len(requests)
    params = {"scopes": [scope for scope, _ in firsts], "keys": [key for _, key in firsts], "now": now}
    rows = await execute(conn, query(__package__, "find_answers"), params)
    kept = {(scope, key): row for scope, key, *row in rows}
    return [
        None if one.key is None else _judge(one, kept[one.scope, one.key], is_first=firsts[one.scope, one.key] is one)
        for one in requests
    ]


async def keep_answers(conn: AsyncCaller, answered: Sequence[tuple[Once, Response]], *, now: datetime | None) -> None:
    """Keep the answers of requests that have a key, in the transaction that did them; raises `KeyBusy`."""
    batch = [
        {
            "scope": one.scope,
            "key": one.key,
            "fingerprint": one.fingerprint,
            "status": answer.status_code,
            "headers": {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS},
            "body": bytes(answer.body).decode(),
        }
        for one, answer in answered
        if one.key is not None
    ]
    if not batch:
        return
    rows = await execute(conn, query(__package__, "keep_answers"), {"batch": orjson.dumps(batch).decode(), "now": now})
    if len(rows) < len(batch):
        raise _busy()


async def once(
    request: Request,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    idempotency_key: Annotated[
        str | None,
        Header(description="Sent again with the same key and body within 24 h, the answer is the first one's."),
    ] = None,
) -> Once:
    """Read the header; raises `KeyMalformed`."""
    if len(request.headers.getlist("idempotency-key")) > 1:
        raise KeyMalformed("There is more than one Idempotency-Key header; send one")
    key = None if idempotency_key is None else _parse(idempotency_key.strip())
    if key is None:
        return Once("", None, "", None)
    scope = f"{principal.identity} {request.method} {request.scope['path']}"  # a key of another is another key
    fingerprint = hashlib.sha256(request.scope["query_string"] + b"\n" + body_of(request.scope)).hexdigest()
    return Once(scope, key, fingerprint, runtime.clock.now)


Idempotency = Annotated[Once, Depends(once)]


def _parse(header: str) -> str:
    quoted = _QUOTED.fullmatch(header)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else header
    if not key or len(key) > KEY_MAX or not (quoted or _BARE.fullmatch(header)):
        raise KeyMalformed(f"An Idempotency-Key is 1 to {KEY_MAX} printable ASCII characters, bare or in double quotes")
    return key


def _judge(request: Once, row: Row, *, is_first: bool) -> Response | HeadraceError | None:
    is_ours, fingerprint, status, headers, body = row
    if fingerprint is None:
        return None if is_ours and is_first else _busy()
    if fingerprint != request.fingerprint:
        return KeyReused("This Idempotency-Key was used for another request; make a new key")
    return Response(body, status, {**headers, "Idempotency-Replayed": "true"})


def _busy() -> KeyBusy:
    return KeyBusy("Another request with this Idempotency-Key is still going; ask again in a moment")
