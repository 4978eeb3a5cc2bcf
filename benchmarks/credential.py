"""Who the load is: this machine's command line, which costs no look-up, or a user's API key, with its rates and quota."""

from __future__ import annotations

import asyncio

from headrace.accounts import key, local, user
from headrace.accounts.permission import Role
from headrace.accounts.proof import as_principal
from headrace.db.connect import Database
from headrace.keyring import Keyring

SECRET = "the secret key of benchmarks " * 2
# Looked at and debited as always, but never reached.
ENVIRONMENT = {
    "HEADRACE_SECRET_KEY": SECRET,
    "HEADRACE_RATE_LIMIT": "100000000/1",
    "HEADRACE_QUOTA_JOBS": "1000000000",
}


def local_token() -> str:
    """Return the value of `Authorization` of this machine's command line, good for a minute."""
    return f"Bearer {local.mint(Keyring(SECRET))}"


def api_key(url: str) -> str:
    """Return that of a new user's new key."""
    return f"Bearer {asyncio.run(_make_key(url))}"


async def _make_key(url: str) -> str:
    database = Database(url, connections=1)
    await database.open()
    try:
        async with database.transaction() as conn:
            made = await user.create(conn, email="load@example.com", role=Role.MEMBER, password_hash=None)
            owner = as_principal(made)
            return (await key.create(conn, Keyring(SECRET), owner, name="load", scopes=owner.permissions))[1]
    finally:
        await database.close()
