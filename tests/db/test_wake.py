"""Wake-ups: at once within a process, coalesced between processes, and nothing is lost for good without them."""

import asyncio

import psycopg
import pytest

from headrace import App, Job
from headrace.db.connect import Database
from headrace.db.wake import JOBS, Wakeups, _payloads, queue_topic

pytestmark = pytest.mark.anyio

app = App("woken")


@app.task
async def nothing(_job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def other(database_url):
    """Another process's wake-ups: another pool, another listener."""
    database = Database(database_url, connections=2)
    await database.open()
    wakeups = Wakeups(database)
    running = asyncio.create_task(wakeups.run())
    heard: list[set[str]] = []
    something = asyncio.Event()

    def hear(topics: set[str]) -> None:
        heard.append(topics)
        something.set()

    wakeups.listen(hear)
    async with asyncio.timeout(10):
        await something.wait()  # the listener tells at its start that something may have been missed
    heard.clear()
    yield heard
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await database.close()


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
async def sending(runtime):
    running = asyncio.create_task(runtime.wakeups.run())
    yield runtime
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_mark_is_heard_here_at_once(runtime):
    heard: list[set[str]] = []
    forget = runtime.wakeups.listen(heard.append)
    runtime.wakeups.mark({"a"})
    forget()
    runtime.wakeups.mark({"b"})
    assert heard == [{"a"}]


async def test_a_committed_submission_wakes_other_processes(sending, other):
    async with sending.database.transaction() as conn:
        await nothing.submit(conn)
        assert other == []
    await until(lambda: any(queue_topic("woken") in topics for topics in other))


async def test_a_submission_that_rolls_back_wakes_nobody(sending, other):
    with pytest.raises(ZeroDivisionError):
        async with sending.database.transaction() as conn:
            await nothing.submit(conn)
            raise ZeroDivisionError
    sending.wakeups.mark({"marker"})
    await until(lambda: any("marker" in topics for topics in other))
    assert not any(queue_topic("woken") in topics for topics in other)


async def test_many_marks_leave_in_few_notifications(sending, other):
    for n in range(2_000):
        sending.wakeups.mark({JOBS, f"queue:{n % 50}"})
        if n % 100 == 0:
            await asyncio.sleep(0)
    await until(lambda: set().union(*other) >= {f"queue:{n}" for n in range(50)})
    assert len(other) < 50


async def test_a_lost_listener_comes_back(sending, other, database_url):
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'headrace listener' AND datname = current_database()"
        )
    await until(lambda: any(JOBS in topics for topics in other))  # back again: look, something may have been missed
    sending.wakeups.mark({"after"})
    await until(lambda: any("after" in topics for topics in other))


def test_payloads_stay_under_the_servers_limit_and_lose_nothing():
    topics = {f"queue:{'x' * 100}{n}" for n in range(500)}
    payloads = _payloads(topics)
    assert all(len(payload.encode()) < 8_000 for payload in payloads)
    assert set("\n".join(payloads).split("\n")) == topics
