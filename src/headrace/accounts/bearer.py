"""What signs an HTTP client in: a key, or a token of this machine that is new at each request."""

from __future__ import annotations

from collections.abc import Callable, Generator

import httpx2

from headrace.accounts import local
from headrace.keyring import Keyring


class Bearer(httpx2.Auth):
    """Adds `Authorization: Bearer` to requests that have no credential of their own."""

    def __init__(self, token: Callable[[], str]) -> None:
        """Take what returns the token of a request."""
        self._token = token

    @classmethod
    def local(cls, keyring: Keyring) -> Bearer:
        """Sign in with tokens made with the installation's secret key: they may do everything."""
        return cls(lambda: local.mint(keyring))

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the token."""
        if "authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {self._token()}"
        yield request
