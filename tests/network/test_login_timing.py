"""How long a refused sign-in takes tells nobody whether there is such an account."""

import random
import time

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.accounts.password import hash_password
from headrace.ids import new_id
from headrace.web.app import create_app

pytestmark = [pytest.mark.anyio, pytest.mark.long]

PAIRS = 60


@pytest.fixture
async def try_login(runtime):
    """Refused sign-ins, each from an address of its own; returns the seconds that one took."""
    app = create_app(runtime)

    async def run(email, n):
        transport = ASGITransport(app=app, client=(f"10.0.{n // 250}.{n % 250}", 1))
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            begun = time.perf_counter()
            answer = await client.post("/api/v1/auth/login", json={"email": email, "password": "not the password"})
            took = time.perf_counter() - begun
        assert answer.status_code == 401, answer.text
        return took

    return run


async def test_unknown_accounts_are_refused_as_slowly_as_known_ones(runtime, try_login):
    hashed = await hash_password("some other password")
    async with runtime.database.transaction() as conn:
        for n in range(PAIRS):
            await conn.execute(
                "INSERT INTO headrace.users (id, email, email_key, role, password_hash, created_at)"
                " VALUES (%s, %s, %s, 'member', %s, now())",
                (new_id(), f"known{n}@example.com", f"known{n}@example.com", hashed),
            )
    await try_login("warm@example.com", 0)
    slower = 0
    for n in range(PAIRS):
        order = [f"known{n}@example.com", f"other{n}@example.com"]
        random.Random(n).shuffle(order)
        took = {email: await try_login(email, 10 + 2 * n + place) for place, email in enumerate(order)}
        slower += took[f"known{n}@example.com"] > took[f"other{n}@example.com"]
    # fair coins fall outside of this once in 10,000 times
    assert PAIRS * 0.25 < slower < PAIRS * 0.75
