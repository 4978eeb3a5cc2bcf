"""People of every role, signed in, and an app to work with."""

from contextlib import AsyncExitStack

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace import App, Job
from headrace.accounts import session
from headrace.accounts.permission import Role
from headrace.ids import new_id
from headrace.web.app import create_app
from headrace.web.gate import PLAIN_COOKIE

app = App("demo")


@app.task
async def rest(job: Job) -> None:
    """Do nothing."""


@app.task
async def echo(job: Job, text: str) -> str:
    """Return the text."""
    return text


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def sign_in(runtime):
    """A client that a new user of a role is signed in with; it knows its `user_id`."""
    web = create_app(runtime)
    async with AsyncExitStack() as stack:

        async def run(role: Role, base_url="http://127.0.0.1:8000", transport=None) -> AsyncClient:
            user_id = new_id()
            email = f"{user_id}@example.com"
            async with runtime.database.transaction() as conn:
                await conn.execute(
                    "INSERT INTO headrace.users (id, email, email_key, role, created_at) VALUES (%s, %s, %s, %s, now())",
                    (user_id, email, email, role),
                )
                _, token = await session.begin_browser(conn, user_id, session.Origin())
            client = AsyncClient(
                transport=transport or ASGITransport(app=web), base_url=base_url, cookies={PLAIN_COOKIE: token}
            )
            client.user_id = user_id
            return await stack.enter_async_context(client)

        yield run
