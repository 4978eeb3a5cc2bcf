"""Signing in: an HTTP client of a test is this machine's command line, whose token is new at each request."""

from __future__ import annotations

from headrace.accounts import local
from headrace.accounts.bearer import Bearer
from headrace.runtime import Runtime


def signed_in(runtime: Runtime) -> Bearer:
    """Return what signs a client in: `AsyncClient(base_url=address, auth=signed_in(runtime))`."""
    return Bearer.local(runtime.keyring)


def header(runtime: Runtime) -> str:
    """Return the line of a request that signs it in."""
    return f"Authorization: Bearer {local.mint(runtime.keyring)}"
