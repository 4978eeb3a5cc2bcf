"""Schedules over HTTP."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.anyio

DIGEST = {"name": "digest", "task": "rounds.visit", "cron": "0 8 * * 1-5", "timezone": "Asia/Tokyo"}
DIGEST |= {"input": {"name": "north"}}


@pytest.fixture
def post(client):
    async def run(**changes):
        return await client.post("/api/v1/schedules", json=DIGEST | changes)

    return run


async def test_a_schedule_is_made_shown_listed_and_deleted(client, post):
    made = await post()
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/schedules/digest")
    shown = (await client.get("/api/v1/schedules/digest")).json()
    assert shown == made.json()
    assert shown["input"] == {"name": "north", "beds": 1}
    assert (shown["app"], shown["missed"], shown["next_at"]) == (None, "once", "2026-11-22T23:00:00Z")
    listed = (await client.get("/api/v1/schedules")).json()
    assert [item["name"] for item in listed["items"]] == ["digest", "rounds.morning"]
    assert (await client.delete("/api/v1/schedules/digest")).status_code == 204
    assert (await client.get("/api/v1/schedules/digest")).status_code == 404


async def test_it_shows_the_next_five_times_and_the_last_firings_with_their_jobs(client, clock, drain, post):
    await post()
    clock.advance(timedelta(hours=12))
    await drain()
    shown = (await client.get("/api/v1/schedules/digest")).json()
    assert shown["next_times"] == [f"2026-11-{day}T23:00:00Z" for day in (23, 24, 25, 26, 29)]
    [firing] = shown["firings"]
    assert (firing["planned_at"], firing["state"], firing["error"]) == ("2026-11-22T23:00:00Z", "completed", None)
    job = (await client.get(f"/api/v1/jobs/{firing['job_id']}")).json()
    assert job["result"] == "north"
    of_schedule = (await client.get(shown["links"]["jobs"])).json()
    assert [item["id"] for item in of_schedule["items"]] == [firing["job_id"]]


async def test_an_expression_shows_its_next_times_before_there_is_a_schedule(client):
    asked = {"cron": "0 8 * * 1-5", "timezone": "Asia/Tokyo"}
    shown = (await client.get("/api/v1/schedule-times", params=asked)).json()
    assert shown == {"times": [f"2026-11-{day}T23:00:00Z" for day in (22, 23, 24, 25, 26)]}
    rare = (await client.get("/api/v1/schedule-times", params={"cron": "0 0 29 2 *"})).json()
    assert [time[:10] for time in rare["times"]] == [f"{year}-02-29" for year in (2028, 2032, 2036, 2040, 2044)]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"cron": "0 25 * * *"}, "/cron"),
        ({"cron": "0 0 30 2 *"}, "/cron"),
        ({"cron": "0 6"}, "/cron"),
        ({"cron": "0 6 \0 * *"}, "/cron"),
        ({"cron": "0" * 201}, "/cron"),
        ({"cron": "0 6 * * *", "timezone": "Atlantis"}, "/timezone"),
        ({"cron": "0 6 * * *", "timezone": "x" * 5_000}, "/timezone"),
        ({"cron": "0 6 * * *", "timezone": "../\0"}, "/timezone"),
    ],
)
async def test_what_cannot_be_read_of_an_expression_is_named(client, asked, wrong):
    answer = await client.get("/api/v1/schedule-times", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == wrong


async def test_the_list_has_pages(client, post):
    for number in range(4):
        await post(name=f"d{number}")
    first = (await client.get("/api/v1/schedules?limit=3")).json()
    rest = (await client.get("/api/v1/schedules", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["name"] for item in first["items"] + rest["items"]] == ["d0", "d1", "d2", "d3", "rounds.morning"]
    assert rest["next_cursor"] is None


async def test_a_change_says_only_what_is_new(client, post):
    await post()
    changed = await client.patch("/api/v1/schedules/digest", json={"timezone": "UTC", "missed": "skip"})
    assert changed.status_code == 200
    body = changed.json()
    assert (body["timezone"], body["missed"], body["cron"]) == ("UTC", "skip", "0 8 * * 1-5")
    assert body["next_at"] == "2026-11-23T08:00:00Z"


async def test_a_change_of_the_input_alone_leaves_the_next_time(client, post, rows):
    await post()
    await rows("UPDATE headrace.schedules SET next_at = next_at - interval '1 week'")
    changed = (await client.patch("/api/v1/schedules/digest", json={"input": {"name": "south", "beds": 2}})).json()
    assert (changed["input"], changed["next_at"]) == ({"name": "south", "beds": 2}, "2026-11-15T23:00:00Z")


async def test_running_now_submits_a_job_and_leaves_the_planned_times(client, drain, post, next_at):
    await post()
    before = await next_at("digest")
    await client.put("/api/v1/schedules/digest/pause")
    answer = await client.post("/api/v1/schedules/digest/firings")
    assert answer.status_code == 202
    await drain()
    job = (await client.get(answer.headers["Location"])).json()
    assert (job["state"], job["result"], job["tags"]) == ("completed", "north", ["schedule:digest"])
    shown = (await client.get("/api/v1/schedules/digest")).json()
    assert (shown["firings"], await next_at("digest")) == ([], before)


async def test_a_pause_is_written_once_and_ended(client, clock, post):
    await post(cron="* * * * *")
    first = (await client.put("/api/v1/schedules/digest/pause")).json()
    clock.advance(timedelta(minutes=5))
    second = (await client.put("/api/v1/schedules/digest/pause")).json()
    assert first["paused_at"] == second["paused_at"] == "2026-11-22T12:00:00Z"
    assert second["next_times"] == []
    ended = (await client.delete("/api/v1/schedules/digest/pause")).json()
    assert (ended["paused_at"], ended["next_at"]) == (None, "2026-11-22T12:06:00Z")


async def test_a_number_of_any_size_comes_to_the_job_as_it_was_given(client, clock, drain, post):
    made = await post(task="rounds.anything", input=10**30)
    assert (made.status_code, made.json()["input"]) == (201, 10**30)
    clock.advance(timedelta(hours=12))
    await drain()
    [firing] = (await client.get("/api/v1/schedules/digest")).json()["firings"]
    assert (await client.get(f"/api/v1/jobs/{firing['job_id']}")).json()["input"] == 10**30


async def test_what_code_declares_is_paused_and_run_here_but_not_changed_or_deleted(client):
    own = "/api/v1/schedules/rounds.morning"
    for answer in (await client.patch(own, json={"cron": "* * * * *"}), await client.delete(own)):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert "declared in the code of the app rounds" in answer.json()["detail"]
    assert (await client.put(f"{own}/pause")).status_code == 200
    assert (await client.post(f"{own}/firings")).status_code == 202


async def test_what_code_no_longer_declares_can_be_deleted(client, rows):
    await rows("UPDATE headrace.schedules SET retired_at = now()")
    assert (await client.get("/api/v1/schedules/rounds.morning")).json()["next_times"] == []
    assert (await client.delete("/api/v1/schedules/rounds.morning")).status_code == 204


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"cron": "0 25 * * *"}, 422, "/cron"),
        ({"cron": "R * * * *"}, 422, "/cron"),
        ({"timezone": "Mars/Base"}, 422, "/timezone"),
        ({"timezone": "../../etc/passwd"}, 422, "/timezone"),
        ({"name": "no spaces"}, 422, "/name"),
        ({"name": "a/b"}, 422, "/name"),
        ({"input": {"name": 3}}, 422, "/input/name"),
        ({"missed": "perhaps"}, 422, "/missed"),
        ({"missed_limit": 1_001}, 422, "/missed_limit"),
        ({"colour": "red"}, 422, "/colour"),
        ({"task": "rounds.typo"}, 404, None),
        ({"name": "rounds.morning"}, 409, None),
    ],
)
async def test_what_is_wrong_is_refused_by_name(post, changes, status, pointer):
    answer = await post(**changes)
    assert answer.status_code == status
    errors = answer.json().get("errors", [])
    assert pointer is None or [error["pointer"] for error in errors] == [pointer]


@pytest.mark.parametrize(
    "changes", [{"cron": None}, {"cron": ""}, {"timezone": ""}, {"task": ""}, {"missed_limit": 0}, {"name": "other"}]
)
async def test_a_wrong_change_is_refused_and_changes_nothing(client, post, changes):
    before = (await post()).json()
    assert (await client.patch("/api/v1/schedules/digest", json=changes)).status_code in {404, 422}
    assert (await client.get("/api/v1/schedules/digest")).json() == before


@pytest.mark.parametrize("name", ["%00", "%F0%9F%8C%B7", "x" * 3_000, "..%2Fjobs"])
async def test_a_name_that_no_schedule_can_have_is_refused(client, name):
    for path in (name, f"{name}/firings"):
        answer = await client.request("POST" if "/" in path else "GET", f"/api/v1/schedules/{path}")
        assert answer.status_code == (422 if name == "%00" else 404)  # no text of PostgreSQL holds NUL


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("PUT", "/pause")])
async def test_a_schedule_that_is_not_there_is_not_found(client, method, tail):
    body = {} if method == "PATCH" else None
    answer = await client.request(method, f"/api/v1/schedules/typo{tail}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_made_twice_under_one_idempotency_key_it_is_made_once(client):
    headers = {"Idempotency-Key": "k1"}
    answers = [await client.post("/api/v1/schedules", json=DIGEST, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_run_twice_under_one_idempotency_key_it_makes_one_job(client, rows):
    headers = {"Idempotency-Key": "k1"}
    for _ in range(2):
        await client.post("/api/v1/schedules/rounds.morning/firings", headers=headers)
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(1,)]
