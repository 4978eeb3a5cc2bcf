"""`headrace submit` and `headrace watch` against a real server: what they print, and what they do when it goes away."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import BaseModel
from tests.ports import free_port

from headrace import App, Job, PermanentError, Retry
from headrace.cli import client
from headrace.errors import InvalidInput, NotFound, Unavailable
from headrace.jobs.cancel import cancel
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio

SECRET = "a key for tests " * 2  # that of the settings under test

app = App("demo")


class Brief(BaseModel):
    topic: str


@app.task
async def write(job: Job, brief: Brief) -> dict[str, str]:
    job.log("began", level="warning")
    job.progress(0.5, "halfway")

    async def draft() -> str:
        job.text("On ")
        job.text(f"{brief.topic}\nand \x1b]0;owned\x07more")
        return "drafted"

    await job.step("draft", draft)
    return {"topic": brief.topic}


@app.task
async def fall(job: Job) -> None:
    raise PermanentError("fell down")


@app.task
async def again(job: Job) -> str:
    """Loses its first run in the midst of its text."""
    job.text("first try" if job.run == 1 else "second try\n")
    if job.run == 1:
        await asyncio.sleep(60)
    return "done"


@app.task(retry=Retry(attempts=3, first=timedelta(0)))
async def write_late(job: Job) -> None:
    """Writes nothing in its first run, outside of steps in its second, in one too in its last."""
    if job.run == 1:
        raise RuntimeError("nothing written yet")
    job.text(f"outside {job.run}\n")
    if job.run == 2:
        raise RuntimeError("written once")
    await job.step("draft", draft, job)


async def draft(job: Job) -> None:
    job.text(f"inside {job.run}\n")


@app.task
async def count(job: Job) -> int:
    for n in range(1, 201):
        job.log(f"line {n}")
        await asyncio.sleep(0.005)
    return 200


second_is_written: list[asyncio.Event] = []


@app.task
async def part(job: Job, topic: str) -> str:
    """Writes; the first part only when the second is written."""
    job.text(f"{topic}, to begin with\n")
    if topic == "first":
        await second_is_written[0].wait()
    job.text(f"{topic}, to end with\n")
    if topic == "second":
        second_is_written[0].set()
    return topic


@app.task
async def whole(job: Job) -> list[str]:
    job.log("calling")
    return await job.call_many(part, ["first", "second"])


@app.task
async def rest(job: Job) -> None:
    job.progress(0.25, "resting")
    await asyncio.sleep(60)


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def address(runtime):
    async with serving(runtime) as (address, _):
        yield address


@pytest.fixture
async def worker(runtime):
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    yield worker
    worker.stop()
    await running


@pytest.fixture
def watch(address, runtime):
    async def run(job_id, *, at=None, **options):
        return await asyncio.to_thread(client.watch, at or address, str(job_id), auth=signed_in(runtime), **options)

    return run


@pytest.fixture
def shown(capsys):
    """What was printed since the last look, without the log of the worker in this process."""
    return lambda: [line for line in capsys.readouterr().out.splitlines() if not re.match(r"\d{4}-\d\d-\d\d ", line)]


@pytest.fixture
def until():
    """Wait for a condition with a deadline."""

    async def run(condition, seconds=15):
        async with asyncio.timeout(seconds):
            while not (value := await condition()):
                await asyncio.sleep(0.01)
        return value

    return run


async def test_a_submitted_job_is_there_and_its_id_is_returned(runtime, address, job):
    options = {"unique_key": "k", "auth": signed_in(runtime)}
    job_id = await asyncio.to_thread(client.submit, address, "demo.write", '{"topic": "mills"}', **options)
    again = await asyncio.to_thread(client.submit, address, "demo.write", '{"topic": "mills"}', **options)
    assert again == job_id
    row = await job(job_id)
    assert (row["input"], row["unique_key"], row["state"]) == ({"topic": "mills"}, "k", "queued")


@pytest.mark.parametrize(
    ("task", "text", "error", "words"),
    [
        ("demo.nothing", "{}", NotFound, "no task 'demo.nothing'; there are demo.again"),
        ("demo.write", "{topic}", InvalidInput, "not JSON"),
        ("demo.write", '{"topic": NaN}', InvalidInput, "not JSON"),
        ("demo.write", '"\\u0000"', InvalidInput, "NUL"),
        ("demo.write", '{"topic": 7}', InvalidInput, "/input/topic"),
    ],
)
async def test_what_can_not_be_submitted_is_refused_in_one_line(runtime, address, task, text, error, words):
    with pytest.raises(error, match=re.escape(words)) as refusal:
        await asyncio.to_thread(client.submit, address, task, text, auth=signed_in(runtime))
    assert "\n" not in str(refusal.value)


async def test_an_unreachable_server_is_named_with_the_mend():
    address = f"http://127.0.0.1:{free_port()}"
    for act in (lambda: client.submit(address, "t", "{}"), lambda: client.watch(address, str(uuid4()))):
        with pytest.raises(Unavailable, match=f"No server answers at {address}; start it with `headrace up`"):
            await asyncio.to_thread(act)


async def test_another_server_on_the_port_is_not_taken_for_ours():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            conn, _ = listener.accept()
            with conn:
                conn.recv(65536)
                conn.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Type: text/html\r\n\r\nno")

        threading.Thread(target=answer, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Unavailable, match="not Headrace"):
            await asyncio.to_thread(client.submit, address, "t", "{}")


async def test_watching_needs_a_job_that_exists(watch):
    with pytest.raises(InvalidInput, match="is no job id"):
        await watch("../tasks")
    with pytest.raises(NotFound, match="There is no job"):
        await watch(uuid4())


async def test_a_completed_job_is_shown_line_by_line(worker, submit, watch, shown):
    assert await watch(await submit(write, {"topic": "mills"})) == 0
    lines = shown()
    states = [line for line in lines if line.startswith("demo.write: ")]
    rest = [line for line in lines if line not in states]
    assert rest[:5] == ["warning: began", "50 % halfway", "-- draft", "On mills", "and \ufffd]0;owned\ufffdmore"]
    assert re.fullmatch(r"step draft finished in 0\.\d s", rest[5])
    assert rest[6:] == ["completed", 'result: {"topic": "mills"}']


async def test_a_failed_job_ends_with_its_error_and_one(worker, submit, watch, shown):
    assert await watch(await submit(fall)) == 1
    assert shown()[-1] == "failed after 1 of 3 attempts: permanent: fell down"


async def test_a_cancelled_job_ends_with_its_receipt_and_one(worker, runtime, submit, watch, job, until, shown):
    job_id = await submit(rest)

    async def stop_it():
        await until(lambda: has_progress(job, job_id))
        async with runtime.database.transaction() as conn:
            await cancel(conn, job_id)

    stopping = asyncio.create_task(stop_it())
    assert await watch(job_id) == 1
    await stopping
    assert re.fullmatch(r"cancelled by user: unwound, took \d+ ms", shown()[-1])


async def has_progress(job, job_id):
    return (await job(job_id))["progress"]


async def test_text_of_a_lost_run_is_called_void(runtime, submit, watch, job, until, shown):
    job_id = await submit(again)
    first = Worker(runtime)
    running = asyncio.create_task(first.run())
    watching = asyncio.create_task(watch(job_id))

    async def has_event():
        return (await job(job_id))["event_seq"]

    await until(has_event)
    first.stop()
    await running
    second = Worker(runtime)
    running = asyncio.create_task(second.run())
    assert await watching == 0
    second.stop()
    await running
    lines = shown()
    assert [line for line in lines if "try" in line or "void" in line] == [
        "first try",
        "-- the text begins anew in run 2; what was shown of it is void",
        "second try",
    ]


async def test_text_is_void_only_where_some_was_shown(worker, submit, watch, shown):
    assert await watch(await submit(write_late)) == 0
    assert [line for line in shown() if "side" in line or "void" in line] == [
        "outside 2",
        "-- the text begins anew in run 3; what was shown of it is void",
        "outside 3",
        "inside 3",
    ]


class Cutter:
    """A TCP proxy that cuts every connection after so many bytes of answer, and keeps what clients asked."""

    def __init__(self, address, limits):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked = []
        host, _, port = address.removeprefix("http://").partition(":")
        self._target, self._limits = (host, int(port)), list(limits)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(conn,), daemon=True).start()

    def _pass_on(self, conn):
        left = self._limits.pop(0) if self._limits else float("inf")
        with suppress(ConnectionError), conn, socket.create_connection(self._target) as server:
            while True:
                for ready in select.select([conn, server], [], [])[0]:
                    data = ready.recv(1024)
                    if ready is conn:
                        self.asked.append(data.decode())
                    else:
                        left -= len(data)
                    if not data or left < 0:
                        return
                    (server if ready is conn else conn).sendall(data)


async def test_children_that_write_at_once_are_shown_one_after_the_other(worker, submit, watch, shown):
    second_is_written[:] = [asyncio.Event()]
    assert await watch(await submit(whole)) == 0
    lines = shown()
    below = [line for line in lines if line.startswith("  ") and not line.startswith("  demo.part: ")]
    assert below == [
        "  first, to begin with",
        "  first, to end with",
        "  completed",
        "  second, to begin with",
        "  second, to end with",
        "  completed",
    ]
    assert lines[-2:] == ["completed", 'result: ["first", "second"]']
    assert lines.index("info: calling") < lines.index(below[0])


async def test_a_lost_connection_is_taken_up_after_the_last_event_seen(worker, address, submit, watch, shown):
    cutter = Cutter(address, [4_000, 9_000, 2_000])
    job_id = await submit(count)
    assert await watch(job_id, at=cutter.address) == 0
    cutter.listener.close()
    lines = [line for line in shown() if line.startswith("info: ")]
    assert lines == [f"info: line {n}" for n in range(1, 201)]
    resumed = [re.search(r"last-event-id: (\d+)", asked, re.IGNORECASE) for asked in cutter.asked if "/events" in asked]
    assert len(resumed) == 4
    assert resumed[0] is None
    assert all(resumed[1:])


async def test_a_server_that_stays_away_is_given_up_after_a_while(runtime, submit, watch, shown):
    job_id = await submit(rest)
    async with serving(runtime) as (address, _):
        watching = asyncio.create_task(watch(job_id, at=address, patience=0.5))
        async with asyncio.timeout(10):
            while "demo.rest: queued" not in shown():
                await asyncio.sleep(0.01)
    async with asyncio.timeout(20):
        with pytest.raises(Unavailable, match="No server answers"):
            await watching


def on_terminal(arguments, address, *, until, then=None):
    """Run the command on a terminal of its own; return its exit code and all it wrote."""
    main, side = pty.openpty()
    environment = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")}
    environment |= {"HEADRACE_PORT": address.rpartition(":")[2], "TERM": "xterm", "COLUMNS": "60"}
    environment["HEADRACE_SECRET_KEY"] = SECRET
    process = subprocess.Popen(
        [sys.executable, "-m", "headrace", *arguments], env=environment, stdin=side, stdout=side, stderr=side
    )
    os.close(side)
    shown, deadline = "", time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if select.select([main], [], [], 0.1)[0]:
                shown += os.read(main, 65536).decode("utf-8", "replace")
        except OSError:  # the command has ended
            break
        if until in shown and then is not None:
            process.send_signal(then)
            then = None
    process.kill() if process.poll() is None and time.monotonic() >= deadline else None
    os.close(main)
    return process.wait(), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


async def test_a_terminal_shows_a_bar_and_the_text(worker, address, submit):
    job_id = await submit(write, {"topic": "mills"})
    code, shown = await asyncio.to_thread(on_terminal, ["watch", str(job_id)], address, until="completed")
    assert code == 0
    for words in ("On mills", "warning: began", "completed", "result:"):
        assert words in shown


async def test_ctrl_c_leaves_the_job_running_and_says_so(worker, address, submit, job):
    job_id = await submit(rest)
    code, shown = await asyncio.to_thread(
        on_terminal, ["watch", str(job_id)], address, until="resting", then=signal.SIGINT
    )
    assert code == 130
    assert "25%" in shown
    assert f"headrace watch {job_id}" in shown.replace("\r\n", "")
    assert "Traceback" not in shown
    assert (await job(job_id))["state"] == "running"


async def test_an_expected_error_is_one_line_and_code_one(address):
    code, shown = await asyncio.to_thread(on_terminal, ["submit", "demo.nothing"], address, until="\0")
    assert code == 1
    assert shown.startswith("headrace: There is no task 'demo.nothing'")
    assert shown.count("\n") == 1
