"""Errors: problem+json with a code for each, whatever is asked, and nothing of our inside."""

import pytest

pytestmark = pytest.mark.anyio

ID = "01900000-0000-7000-8000-000000000000"
GETS = ["/api/v1/jobs/{}", "/api/v1/jobs/{}/events", "/api/v1/jobs/{}/steps", "/api/v1/jobs/{}/attempts"]
PROBLEM = "application/problem+json"


async def test_unknown_job_is_not_found(client):
    for path in GETS:
        answer = await client.get(path.format(ID))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert answer.headers["content-type"] == PROBLEM, path
        assert answer.json()["type"] == "urn:headrace:problem:not_found", path


async def test_bad_id_is_invalid(client):
    for path in GETS:
        for id_ in ("1", "x" * 10_000, "null", "%00", "%F0%9F%92%A9", ID + "0", "..%2f..", "%ff"):
            answer = await client.get(path.format(id_))
            assert answer.status_code in {404, 422}, id_
            assert answer.headers["content-type"] == PROBLEM, id_
            assert "x" * 1_000 not in answer.text, id_


async def test_bad_filter_is_invalid_and_named(client):
    for parameter, value in (
        ("state", "done"),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", str(2**63)),
        ("limit", "x"),
        ("created_from", "yesterday"),
        ("created_from", "2026-01-01T00:00:00"),
        ("created_until", "infinity"),
        ("cursor", "x" * 2_000),
        ("page", "2"),
    ):
        answer = await client.get("/api/v1/jobs", params={parameter: value})
        assert answer.status_code == 422, (parameter, value)
        assert answer.json()["errors"][0]["parameter"] == parameter
        assert answer.json()["errors"][0]["source"] == "query"


async def test_foreign_cursor_is_invalid(client):
    for cursor in ("x", "W10", "WzFd", "bm90IGpzb24", "\0", "é", "WyIxIl0", "eyJhIjoxfQ", "===="):
        answer = await client.get("/api/v1/jobs", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor"), cursor


async def test_odd_filter_is_answered_without_a_crash(client):
    for query in (
        "owner=%00",
        "tag=%00",
        "task=%00&queue=%00",
        "owner=" + "x" * 10_000,
        "tag=%ED%A0%80",
        "created_from=0001-01-01T00:00:00Z",
        "created_until=9999-12-31T23:59:59Z",
        "created_from=0001-01-01T00:00:00%2B14:00&created_until=9999-12-31T23:59:59-10:00",
        "task=" + "&task=".join("x" * 51),
        "owner=%27%3B--",
        "owner=%25s%25(id)s{}",
    ):
        assert (await client.get(f"/api/v1/jobs?{query}")).status_code in {200, 422}, query


async def test_bad_place_in_the_events_is_invalid(client):
    for after in (-1, 2**31, 2**63, 10**30, "x", ""):
        assert (await client.get(f"/api/v1/jobs/{ID}/events?after={after}")).status_code == 422, after


async def test_unknown_path_is_not_found(client):
    answer = await client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (404, "not_found", PROBLEM)


async def test_wrong_method_says_which_are_right(client):
    answer = await client.delete("/api/v1/jobs")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_unknown_task_is_not_found_and_the_known_ones_are_named(client):
    for answer in (
        await client.post("/api/v1/jobs", json={"task": "demo.nothing"}),
        await client.post("/api/v1/tasks/demo.nothing/jobs", json={}),
        await client.get("/api/v1/tasks/demo.nothing"),
    ):
        assert answer.status_code == 404
        assert "demo.write" in answer.json()["detail"]


async def test_unexpected_error_tells_nothing_of_itself(client, rows):
    answer = await client.post("/api/v1/demo/rows/failing", json={"n": 1})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "canary" not in answer.text
    assert await rows() == []


async def test_database_outage_is_503_with_the_time_to_come_back(client, runtime):
    await runtime.database.pool.close()
    for path in ("/api/v1/jobs", f"/api/v1/jobs/{ID}", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
    health = await client.get("/health")
    assert health.status_code == 503
    assert health.json()["checks"] == {"database": "unreachable"}
    assert (await client.get("/healthz")).status_code == 200


async def test_only_built_files_are_handed_out(client):
    for path in (
        "/static/nothing.js",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/vendor/..%2f..%2fapp.py",
        "/static/",
    ):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), path
