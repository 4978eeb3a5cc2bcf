"""The hatch: a submission that passes FastAPI's machinery by is answered as FastAPI would answer it."""

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from httpx2 import ASGITransport, AsyncClient

from headrace.accounts.bearer import Bearer
from headrace.web.app import create_app
from headrace.web.errors import answer_raised
from headrace.web.submission import SubmitJob

pytestmark = pytest.mark.anyio

plain = FastAPI(exception_handlers={RequestValidationError: answer_raised})


@plain.post("/api/v1/jobs")
async def take(body: SubmitJob) -> None:
    """Say what is wrong with a body."""


@pytest.fixture
def send(runtime):
    """Send a body to a path of an application, as this machine's command line."""

    async def run(app, path, body, root=""):
        transport = ASGITransport(app, root_path=root)
        async with AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", auth=Bearer.local(runtime.keyring)
        ) as client:
            return await client.post(root + path, content=body, headers={"Content-Type": "application/json"})

    return run


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"demo.write"',
        b"{}",
        b'{"task": 1, "priority": "2"}',
        b'{"task": "demo.write", "colour": "red"}',
        b'{"task": "demo.write", "run_at": "2026-01-01T00:00:00"}',
        b'{"task": "demo.write", "tags": ["a", 2], "if_exists": "maybe"}',
    ],
)
async def test_what_is_wrong_with_a_body_is_told_as_fastapi_tells_it(runtime, send, body):
    ours, theirs = await send(create_app(runtime), "/api/v1/jobs", body), await send(plain, "/api/v1/jobs", body)
    assert (ours.status_code, ours.json()) == (422, theirs.json())


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/tasks/demo.rest/jobs"])
async def test_the_router_takes_what_the_hatch_does_not_find(runtime, send, path):
    body = b'{"task": "demo.rest", "tags": ["a"]}' if path == "/api/v1/jobs" else b'{"tags": ["a"]}'
    found = [await send(create_app(runtime), path, body, root=root) for root in ("", "/behind-a-path")]
    assert [answer.status_code for answer in found] == [202, 202]
    assert found[0].json().keys() == found[1].json().keys()


async def test_only_a_post_passes_the_hatch(runtime):
    async with AsyncClient(
        transport=ASGITransport(create_app(runtime)),
        base_url="http://127.0.0.1:8000",
        auth=Bearer.local(runtime.keyring),
    ) as client:
        assert (await client.get("/api/v1/jobs")).status_code == 200
        assert (await client.put("/api/v1/tasks/demo.rest/jobs", json={})).status_code == 405


async def test_nobody_passes_the_hatch_without_the_permission(runtime):
    async with AsyncClient(transport=ASGITransport(create_app(runtime)), base_url="http://127.0.0.1:8000") as nobody:
        answer = await nobody.post(
            "/api/v1/jobs", json={"task": "demo.rest"}, headers={"Authorization": "Bearer hr_no"}
        )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
