"""The server as the command line sees it: requests that may be sent twice, and its refusals as errors."""

from __future__ import annotations

from types import TracebackType
from typing import Any, NoReturn, Self
from uuid import uuid4

import httpx2

from headrace.errors import HeadraceError, InvalidInput, NotFound, Unauthorized, Unavailable

# The server sends a sign of life every 15 s.
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
SENDINGS = 3


class Refused(HeadraceError):
    """The server refused a request; the message is the server's own."""


class Server:
    """The API of one server; a request whose answer was lost is sent again, and done once.

    Its methods return the answer's JSON and raise `NotFound`, `InvalidInput`, `Refused`, or `Unavailable` when no server
    answers.
    """

    def __init__(self, address: str, auth: httpx2.Auth | None = None) -> None:
        """Prepare for a server at `http://host:port`, signed in by `auth`; nothing is sent yet."""
        self.address = address
        # The server is on this machine: a proxy of the environment could only be in the way.
        self.http = httpx2.Client(base_url=address, timeout=TIMEOUT, trust_env=False, auth=auth)

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.http.close()

    def get(self, path: str, asked: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """Read what is at a path; `asked` are the query's parameters, those that are None left out."""
        return self._send(
            "GET", path, params={name: value for name, value in (asked or {}).items() if value is not None}
        )

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """Make something new, once, however often it has to be sent."""
        return self._send("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    def put(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """Make it so."""
        return self._send("PUT", path, json=body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON of any shape
        """Change parts of it."""
        return self._send("PATCH", path, json=body)

    def delete(self, path: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """Make it be no more."""
        return self._send("DELETE", path)

    def _send(self, method: str, path: str, **parts: Any) -> Any:  # noqa: ANN401 - what httpx2 takes and JSON has
        if parts.get("json", ...) is None:
            del parts["json"]
        for sending in range(1, SENDINGS + 1):
            try:
                return content(self.http.request(method, f"/api/v1{path}", **parts), self.address)
            except httpx2.ConnectError as error:
                give_up(self.address, error)
            except httpx2.TransportError as error:
                if sending == SENDINGS:
                    give_up(self.address, error)
        raise AssertionError("unreachable")


def content(answer: httpx2.Response, address: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return the answer's JSON; raises the server's refusal as the error that it is."""
    if not answer.is_success:
        refuse(answer, address)
    return answer.json() if answer.content else None


def refuse(answer: httpx2.Response, address: str) -> NoReturn:
    """Raise the server's refusal as the error that it is."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        raise Unavailable(
            f"What answers at {address} is not Headrace (HTTP {answer.status_code}); is it another server?"
        )
    detail = str(answer.json().get("detail") or answer.reason_phrase)
    match answer.status_code:
        case 401:
            raise Unauthorized(
                f"{detail}. On the server's machine run this in its folder; elsewhere set HEADRACE_API_KEY"
            )
        case 404:
            raise NotFound(detail)
        case 400 | 413 | 422:
            raise InvalidInput(detail)
        case 502 | 503 | 504:
            raise Unavailable(detail)
        case _:
            raise Refused(detail)


def give_up(address: str, error: Exception) -> NoReturn:
    """Raise `Unavailable` in words that name the mend."""
    if isinstance(error, Unavailable):
        raise error
    if isinstance(error, httpx2.ConnectError):
        raise Unavailable(
            f"No server answers at {address}; start it with `headrace up`, or set HEADRACE_PORT"
        ) from None
    raise Unavailable(f"The connection to {address} failed: {str(error) or type(error).__name__}") from None
