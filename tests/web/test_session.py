"""The request's transaction: committed before the answer, rolled back with an error."""

import pytest

pytestmark = pytest.mark.anyio


async def test_answer_says_committed_only_after_the_commit(client, rows):
    assert (await client.post("/api/v1/demo/rows", json={"n": 1})).status_code == 200
    assert await rows() == [1]

    answer = await client.post("/api/v1/demo/rows", json={"n": 1})  # refused by the commit alone

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert await rows() == [1]


async def test_error_in_a_route_takes_back_what_it_wrote(client, rows):
    await client.post("/api/v1/demo/rows/failing", json={"n": 1})
    assert await rows() == []
