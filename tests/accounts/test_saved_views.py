"""Saved views over HTTP: one's own, by name, at most a hundred."""

import pytest

from headrace.accounts.permission import Role
from headrace.accounts.saved_view import VIEWS_MAX

pytestmark = pytest.mark.anyio
VIEWS = "/api/v1/views"
FAILED = {"screen": "/jobs", "query": "state=failed"}


@pytest.fixture
async def ada(sign_in):
    return await sign_in()


async def test_a_view_is_kept_changed_and_deleted(ada):
    for body in (FAILED, FAILED | {"query": "state=queued"}):
        saved = await ada.put(f"{VIEWS}/to%20do", json=body)
        assert saved.status_code == 200
        assert (await ada.get(VIEWS)).json() == [saved.json()]
        assert saved.json() | body | {"name": "to do"} == saved.json()
    assert (await ada.delete(f"{VIEWS}/to%20do")).status_code == 204
    assert (await ada.get(VIEWS)).json() == []
    assert (await ada.delete(f"{VIEWS}/to%20do")).status_code == 404


async def test_views_are_ones_own(ada, sign_in):
    await ada.put(f"{VIEWS}/mine", json=FAILED)
    root = await sign_in("root@example.com", Role.ADMIN)
    assert (await root.get(VIEWS)).json() == []
    assert (await root.delete(f"{VIEWS}/mine")).status_code == 404


async def test_the_hundred_and_first_view_is_refused(ada, rows):
    await rows(
        "INSERT INTO headrace.saved_views SELECT id, 'view ' || n, '/jobs', '', now() "
        f"FROM headrace.users, generate_series(1, {VIEWS_MAX}) AS n"
    )
    refused = await ada.put(f"{VIEWS}/more", json=FAILED)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await ada.put(f"{VIEWS}/view 1", json=FAILED)).status_code == 200
    assert len((await ada.get(VIEWS)).json()) == VIEWS_MAX


@pytest.mark.parametrize("body", [{}, {"screen": ""}, FAILED | {"query": "a\n"}, FAILED | {"more": 1}])
async def test_a_view_that_makes_no_sense_is_refused(ada, body):
    assert (await ada.put(f"{VIEWS}/mine", json=body)).status_code == 422
