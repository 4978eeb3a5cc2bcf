"""Signing in: an HTTP client of a test is this machine's command line, whose token is new at each request."""

from __future__ import annotations

from collections.abc import Generator

import httpx2

from headrace.accounts import local
from headrace.keyring import Keyring
from headrace.runtime import Runtime


class LocalToken(httpx2.Auth):
    """Adds a token that was made with the installation's secret key: it may do everything."""

    def __init__(self, keyring: Keyring) -> None:
        """Take the installation's keys."""
        self._keyring = keyring

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the token to a request that has no credential of its own."""
        if "authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {local.mint(self._keyring)}"
        yield request


def signed_in(runtime: Runtime) -> httpx2.Auth:
    """Return what signs a client in: `AsyncClient(base_url=address, auth=signed_in(runtime))`."""
    return LocalToken(runtime.keyring)


def header(runtime: Runtime) -> str:
    """Return the line of a request that signs it in."""
    return f"Authorization: Bearer {local.mint(runtime.keyring)}"
