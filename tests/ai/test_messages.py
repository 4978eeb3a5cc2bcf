"""What was said in a call is kept for those who may see its job: bounded, without secrets, sealed, and gone with the job."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from pydantic import BaseModel
from tests.ai import apart
from tests.ai.apart import ONCE, City
from tests.ai.conftest import Bench, poll
from tests.ai.test_cache import rows

from headrace import Sensitive
from headrace.ai.ledger import ledger_of
from headrace.ai.messages import BYTES_MAX, MESSAGES_MAX, bounded, conversation_of, seal, unseal
from headrace.ai.provider import Message, Request
from headrace.ai.provider import ToolCall as Called
from headrace.app import App
from headrace.context import Job
from headrace.errors import Unreadable
from headrace.ids import new_id
from headrace.jobs.states import State
from headrace.jobs.upkeep import retention
from headrace.jobs.upkeep.retention import Policy
from headrace.keyring import Keyring
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.provider import FakeProvider, Gate

pytestmark = pytest.mark.anyio

CANARY = "canary-7d21e"
KEY = "sk-abcdefghijklmnopqrstuvwx"
HELD = """
    SELECT sum(headrace.bytes_of(stored_bytes, input_size, result))::bigint AS bytes FROM headrace.jobs
    WHERE finished_at IS NOT NULL
"""


@pytest.fixture
def apps() -> list[App]:
    return [App("asking"), apart.app]


class Login(BaseModel):
    user: str
    password: Sensitive[str]


def people_of(city: str) -> int:
    """Count the people of a city."""
    return 126_000


async def told(client: AsyncClient, job: dict[str, Any] | UUID, place: int = -1) -> dict[str, Any]:
    """What the API tells of the messages of a job's call, by default the last."""
    job_id = job if isinstance(job, UUID) else job["id"]
    calls = (await client.get(f"/api/v1/jobs/{job_id}/ai-calls")).json()["items"]
    answer = await client.get(f"/api/v1/jobs/{job_id}/ai-calls/{calls[place]['id']}/messages")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def brief(whole: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(said["role"], said["text"], said["is_answer"]) for said in whole["messages"]]


async def test_a_call_keeps_what_was_asked_and_the_whole_of_a_streamed_answer(
    bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", system="You are kind.")

    provider.reply("Hel", "lo")
    bench.start_worker()
    job = await bench.run(write)
    whole = await told(client, job)
    assert brief(whole) == [
        ("system", "You are kind.", False),
        ("user", "Say hello", False),
        ("assistant", "Hello", True),
    ]
    assert (whole["shape"], whole["tools"], whole["why_none"]) == (None, [], None)


async def test_calls_of_functions_stand_with_their_arguments_and_results(
    bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def ask(job: Job) -> str:
        return await job.ai.text("How is Ulm?", tools=[people_of])

    provider.call_tool("people_of", {"city": "Ulm"})
    provider.reply("Big")
    bench.start_worker()
    job = await bench.run(ask)
    first, second = await told(client, job, 0), await told(client, job, 1)
    assert brief(first) == [("user", "How is Ulm?", False), ("tool_call", '{"city":"Ulm"}', True)]
    assert first["tools"] == ["people_of"]
    assert brief(second) == [
        ("user", "How is Ulm?", False),
        ("tool_call", '{"city":"Ulm"}', False),
        ("tool_result", "126000", False),
        ("assistant", "Big", True),
    ]
    _, call, result, _ = second["messages"]
    assert (call["name"], call["call_id"]) == (result["name"], result["call_id"])


async def test_each_call_of_a_repair_keeps_its_own_and_the_raw_answer_stays(
    bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def look_up(job: Job) -> City:
        return await job.ai.extract("Which city?", City)

    provider.reply("Ulm, I would say")
    provider.reply_json({"name": "Ulm", "people": 126_000})
    bench.start_worker()
    job = await bench.run(look_up)
    malformed, repaired = await told(client, job, 0), await told(client, job, 1)
    assert brief(malformed) == [("user", "Which city?", False), ("assistant", "Ulm, I would say", True)]
    assert malformed["shape"] == "City"
    assert [role for role, _, _ in brief(repaired)] == ["user", "assistant", "user", "assistant"]
    assert [call["raw_answer"] for call in await bench.calls(job["id"])] == ["Ulm, I would say", None]
    [spent] = (await client.get("/api/v1/ai/spend", params={"by": "model"})).json()["items"]
    assert (spent["calls"], spent["failed"], spent["repairs"]) == (2, 1, 1)


async def test_a_call_that_fails_midway_keeps_what_had_come(bench: Bench, provider: FakeProvider, client: AsyncClient):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    for _ in range(3):
        provider.cut("Hel")
    bench.start_worker()
    job = await bench.run(write)
    assert job["state"] == "failed"
    assert brief(await told(client, job)) == [("user", "Say hello", False), ("assistant", "Hel", True)]


async def test_an_open_call_says_that_it_is_under_way(bench: Bench, provider: FakeProvider, client: AsyncClient):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    gate = Gate()
    provider.reply("Hel", gate, "lo")
    bench.start_worker()
    job_id = await bench.submit(write)
    await bench.until_written(job_id, "ai.text", "Hel")
    assert "under way" in (await told(client, job_id))["why_none"]
    gate.open()
    await bench.finished(job_id)
    assert brief(await told(client, job_id))[-1] == ("assistant", "Hello", True)


async def test_a_kept_answer_has_its_messages_too(bench: Bench, provider: FakeProvider, client: AsyncClient):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", cache=timedelta(hours=1))

    provider.reply("Hello")
    bench.start_worker()
    first, second = await bench.run(write), await bench.run(write)
    assert [call["is_cached"] for call in await bench.calls(second["id"])] == [True]
    assert brief(await told(client, second)) == brief(await told(client, first))


async def test_a_process_of_its_own_keeps_them_too(bench: Bench, provider: FakeProvider, client: AsyncClient):
    provider.reply("Hello")
    bench.start_worker()
    job = await bench.run(apart.write_apart)
    assert brief(await told(client, job)) == [("user", "Say hello", False), ("assistant", "Hello", True)]


async def test_the_database_has_them_sealed_and_without_secrets(
    bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text(f"Say {CANARY} with {KEY}")

    provider.reply(f"{CANARY} password=hunter22")
    bench.start_worker()
    job = await bench.run(write)
    [kept] = await rows(bench, "SELECT * FROM headrace.ai_messages")
    assert CANARY not in str(kept)
    assert brief(await told(client, job)) == [
        ("user", f"Say {CANARY} with sk-***", False),
        ("assistant", f"{CANARY} password=***", True),
    ]


async def test_a_task_with_sensitive_input_keeps_none(bench: Bench, provider: FakeProvider, client: AsyncClient):
    @bench.app.task(retry=ONCE)
    async def sign_in(job: Job, login: Login) -> int:
        await job.ai.text(f"Is {login.password} a good password?", cache=timedelta(hours=1))
        return len(await job.ai.text(f"Is {login.password} a good password?", key="again", cache=timedelta(hours=1)))

    provider.reply("No")
    bench.start_worker()
    job = await bench.run(sign_in, Login(user="ada", password=CANARY))
    assert job["result"] == 2
    assert await rows(bench, "SELECT * FROM headrace.ai_messages") == []
    for place in (0, 1):
        whole = await told(client, job, place)
        assert whole["messages"] == []
        assert "sensitive" in whole["why_none"]


async def test_a_setting_turns_it_off(
    settings: Settings, bench: Bench, provider: FakeProvider, client: AsyncClient, apps: list[App]
):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    off = settings.model_copy(update={"ai_keep_messages": False})
    async with Runtime.open(off, apps, connections=1) as other:
        ledger_of(bench.runtime.database).terms = ledger_of(other.database).terms
    bench.start_worker()
    job = await bench.run(write)
    assert await rows(bench, "SELECT * FROM headrace.ai_messages") == []
    assert "HEADRACE_AI_KEEP_MESSAGES" in (await told(client, job))["why_none"]


async def test_a_lost_secret_key_loses_the_messages_and_an_older_one_opens_them(
    settings: Settings, bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    bench.start_worker()
    job = await bench.run(write)
    await rows(bench, "UPDATE headrace.ai_messages SET sealed = 'aaaaaaaa.' || sealed")
    whole = await told(client, job)
    assert whole["messages"] == []
    assert "HEADRACE_OLD_SECRET_KEYS" in whole["why_none"]


async def test_they_go_with_their_job_and_count_in_what_it_holds(
    bench: Bench, provider: FakeProvider, client: AsyncClient
):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    bench.start_worker()
    job = await bench.run(write)

    async def held() -> tuple[int, int]:
        async with bench.runtime.database.connection() as conn:
            counted = await retention.held_bytes(conn)
        [row] = await rows(bench, HELD)
        return counted, row["bytes"]

    await poll(held, lambda both: both[0] == both[1])
    [kept] = await rows(bench, "SELECT length(sealed) AS size FROM headrace.ai_messages")
    assert kept["size"] > 100
    assert (await held())[0] > kept["size"]
    later = datetime.now(UTC) + timedelta(days=2)
    async with bench.runtime.database.connection() as conn:
        await retention.run_once(conn, later, policy=Policy({State.COMPLETED: timedelta(days=1)}, None))
    assert await rows(bench, "SELECT * FROM headrace.ai_messages") == []
    assert (await client.get(f"/api/v1/jobs/{job['id']}/ai-calls/{new_id()}/messages")).status_code == 404


async def test_a_call_of_another_job_is_not_found(bench: Bench, provider: FakeProvider, client: AsyncClient):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    bench.start_worker()
    one, other = await bench.run(write), await bench.run(write)
    [call] = await bench.calls(one["id"])
    for job_id, call_id in ((other["id"], call["id"]), (one["id"], new_id())):
        answer = await client.get(f"/api/v1/jobs/{job_id}/ai-calls/{call_id}/messages")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_long_text_loses_its_middle_between_words_and_says_so():
    keyring, call, long = Keyring("k" * 32), new_id(), "mill wheel " * 20_000
    request = Request((Message("user", long), Message("user", "Short.")))
    whole = unseal(keyring, call, seal(keyring, call, conversation_of(request, "Yes")))
    first, second, answer = whole.messages
    assert (second.text, second.left_out, answer.text) == ("Short.", 0, "Yes")
    head, marker, tail = first.text.split("\n")
    assert marker == f"[… {first.left_out:,} characters left out …]"
    assert len(head) + len(tail) + first.left_out == len(long)
    assert len(head) > BYTES_MAX // 3
    assert {*head.split(), *tail.split()} == {"mill", "wheel"}


@pytest.mark.parametrize("shift", range(0, 40, 3))
def test_a_cut_leaves_no_half_of_a_secret(shift: int):
    text = "x" * shift + f'{{"key":"{KEY}"}},' * 5_000
    told = bounded(conversation_of(Request((Message("user", text),)), "Yes")).decode()
    assert "characters left out" in told
    assert KEY[:5] not in told
    assert KEY[-5:] not in told


def test_too_many_messages_lose_those_in_the_middle_and_the_rest_has_room():
    many = tuple(Message("user", f"{n} " + "é" * 5_000) for n in range(300))
    calls = tuple(Called("😀" * 500, "😀" * 500, {"a": "b" * 5_000}) for _ in range(50))
    told = bounded(conversation_of(Request(many), "", calls))
    assert len(told) <= BYTES_MAX
    keyring, call = Keyring("k" * 32), new_id()
    said = unseal(keyring, call, seal(keyring, call, conversation_of(Request(many), "Yes"))).messages
    assert len(said) == MESSAGES_MAX
    assert [(place, one.skipped) for place, one in enumerate(said) if one.skipped] == [(20, 201)]
    assert (said[0].text[:2], said[-1].text) == ("0 ", "Yes")


def test_what_no_json_can_hold_is_kept_as_far_as_it_can_be_and_bound_to_its_call():
    keyring, call = Keyring("k" * 32), new_id()
    sealed = seal(keyring, call, conversation_of(Request((Message("user", "a\ud800\0b"),)), "ok"))
    assert unseal(keyring, call, sealed).messages[0].text == "a?\0b"
    with pytest.raises(Unreadable):
        unseal(keyring, new_id(), sealed)
