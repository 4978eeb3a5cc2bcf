"""Links that show one job: what they show, what they don't, and what ends them."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from headrace import App, Job
from headrace.accounts.permission import Role
from headrace.accounts.upkeep import tidy
from headrace.ids import new_id

pytestmark = pytest.mark.anyio
app = App("shown")


@app.task
async def greet(job: Job, name: str) -> str:
    """Greet somebody."""
    return f"Hello {name}"


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def ada(sign_in):
    return await sign_in()


@pytest.fixture
async def job_id(ada, submit, drain):
    made = await submit(greet, "Bob", owner=ada.user.owner)
    await drain()
    return made


@pytest.fixture
async def nobody(open_browser):
    return await open_browser()


@pytest.fixture
def see(nobody):
    """The status of a GET with a link's token."""

    async def ask(path, token):
        return (await nobody.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})).status_code

    return ask


async def test_a_link_shows_its_job_and_nothing_else(ada, job_id, nobody, see, submit):
    other = await submit(greet, "Eve", owner=ada.user.owner)
    made = await ada.post(f"/api/v1/jobs/{job_id}/links", json={})
    assert made.status_code == 201
    token, url = made.json()["token"], urlsplit(made.json()["url"])
    assert (url.path, url.query, url.fragment) == ("/shared", f"job={job_id}", token)
    shown = await nobody.get(f"/api/v1/jobs/{job_id}", headers={"Authorization": f"Bearer {token}"})
    assert shown.json()["result"] == "Hello Bob"
    for path in ("/events", "/steps", "/waits"):
        assert await see(f"/jobs/{job_id}{path}", token) == 200, path
    for path in (f"/jobs/{other}", "/jobs", "/queues", "/ai/spend", "/waits", "/admin/users", f"/jobs/{job_id}/links"):
        assert await see(path, token) == 403, path
    assert await see(f"/jobs/{job_id}/ai-calls", token) == 200
    assert await see(f"/jobs/{job_id}/ai-calls/{new_id()}/messages", token) == 403
    for method, path in (("PUT", f"/jobs/{job_id}/cancellation"), ("POST", f"/jobs/{job_id}/links")):
        answer = await nobody.request(method, f"/api/v1{path}", json={}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403, path


async def test_it_ends_in_time_by_hand_and_with_its_maker(ada, job_id, see, clock, rows, runtime):
    async def make(**body):
        made = await ada.post(f"/api/v1/jobs/{job_id}/links", json=body)
        assert await see(f"/jobs/{job_id}", made.json()["token"]) == 200
        return made.json()

    short, withdrawn, lasting = await make(seconds=60), await make(), await make()
    assert len((await ada.get(f"/api/v1/jobs/{job_id}/links")).json()) == 3
    assert (await ada.delete(f"/api/v1/jobs/{job_id}/links/{withdrawn['id']}")).status_code == 204
    assert await see(f"/jobs/{job_id}", withdrawn["token"]) == 401
    clock.advance(timedelta(minutes=1))
    await rows("UPDATE headrace.users SET disabled_at = now()")
    runtime.wakeups.mark({"accounts"})
    assert [await see(f"/jobs/{job_id}", link["token"]) for link in (short, lasting)] == [401, 401]


async def test_only_who_may_change_the_job_makes_links_to_it(ada, job_id, sign_in):
    bob, viewer = await sign_in("bob@example.com"), await sign_in("eve@example.com", Role.VIEWER)
    for method in ("GET", "POST"):
        assert (await bob.request(method, f"/api/v1/jobs/{job_id}/links", json={})).status_code == 404
        assert (await viewer.request(method, f"/api/v1/jobs/{job_id}/links", json={})).status_code == 403
    root = await sign_in("root@example.com", Role.ADMIN)
    assert (await root.post(f"/api/v1/jobs/{new_id()}/links", json={})).status_code == 404
    assert (await root.delete(f"/api/v1/jobs/{job_id}/links/{new_id()}")).status_code == 404


async def test_the_database_and_the_audit_log_have_no_token(ada, job_id, rows):
    token = (await ada.post(f"/api/v1/jobs/{job_id}/links", json={})).json()["token"]
    assert token not in str(await rows("SELECT l::text FROM headrace.job_links AS l"))
    assert token not in str(await rows("SELECT l::text FROM headrace.audit_log AS l"))
    assert await rows("SELECT 1 FROM headrace.audit_log WHERE action = 'job_link.made'")


@pytest.mark.parametrize("text", ["hs_", "hs_" + "A" * 43, "hs_" + "\u00e9" * 43, "hs_" + "A" * 4_000])
async def test_what_is_no_link_shows_nothing(job_id, nobody, text):
    header = f"Bearer {text}".encode()
    assert (await nobody.get(f"/api/v1/jobs/{job_id}", headers={b"Authorization": header})).status_code == 401


async def test_what_has_ended_is_deleted(ada, job_id, rows, clock, runtime):
    await ada.post(f"/api/v1/jobs/{job_id}/links", json={})
    await ada.post("/api/v1/auth/second-factor", json={"current_password": "seven grey herons at dusk"})

    async def count():
        tables = ("sessions", "job_links", "second_factors")
        return [len(await rows(f"SELECT 1 FROM headrace.{table}")) for table in tables]

    async def tidy_up():
        async with runtime.database.transaction() as conn:
            await tidy(conn, runtime.keyring, clock.now)

    await tidy_up()
    assert await count() == [1, 1, 1]
    clock.advance(timedelta(days=1, seconds=1))
    await tidy_up()
    assert await count() == [0, 1, 0]
    clock.advance(timedelta(days=7))
    await tidy_up()
    assert await count() == [0, 0, 0]
