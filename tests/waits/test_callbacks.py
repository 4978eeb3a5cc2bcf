"""Callbacks: an address nobody can guess, that takes one answer of the right form, in time."""

from datetime import timedelta
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, SecretStr

from headrace import App, Job, SyncJob
from headrace.jobs.addresses import Addresses
from headrace.jobs.cancel import cancel
from headrace.jobs.retry import retry
from headrace.keyring import Keyring

app = App("callbacks")
pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
sent: list[str] = []


class Payment(BaseModel):
    amount: int = Field(ge=1)
    currency: str = Field(pattern="^[A-Z]{3}$")


@pytest.fixture
def apps():
    sent.clear()
    return [app]


async def send(url: str) -> None:
    sent.append(url)


@app.task
async def take_payment(job: Job) -> int:
    wait = await job.open_wait("payment", Payment, timeout=HOUR)
    await job.step("send", send, wait.url)
    return (await wait).amount


@app.task
def take_payment_in_a_thread(job: SyncJob) -> int:
    wait = job.open_wait("payment", Payment)
    sent.append(wait.url)
    return wait.result().amount


@pytest.fixture
def asked(submit, drain):
    """Submit a job that gives out an address; return its id and the address."""

    async def ask(task=take_payment):
        job_id = await submit(task)
        await drain()
        return job_id, sent[-1]

    return ask


FITS = {"amount": 7, "currency": "EUR"}


async def test_an_answer_at_the_address_wakes_the_job(asked, client, drain, job):
    job_id, url = await asked()
    answer = await client.post(url, json=FITS)
    assert (answer.status_code, set(answer.json())) == (200, {"answered_at"})
    await drain()
    assert ((await job(job_id))["result"], len(sent)) == (7, 1)


async def test_a_plain_function_gives_out_the_same_address_in_every_run(asked, client, drain, job):
    job_id, url = await asked(take_payment_in_a_thread)
    assert (await client.post(url, json=FITS)).status_code == 200
    await drain()
    assert ((await job(job_id))["result"], sent) == (7, [url, url])


async def test_the_same_answer_again_gets_the_same_receipt_and_another_is_refused(asked, client, drain):
    _, url = await asked()
    first = await client.post(url, json=FITS)
    await drain()
    again = await client.post(url, json=dict(reversed(FITS.items())))
    assert (again.status_code, again.json()) == (200, first.json())
    other = await client.post(url, json={**FITS, "amount": 8})
    assert (other.status_code, other.json()["code"]) == (409, "wait_answered")


async def test_a_wrong_answer_is_named_and_recorded_and_the_wait_stays_open(asked, client, drain, job, waits, events):
    job_id, url = await asked()
    answer = await client.post(url, json={"amount": 0, "currency": "euro"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, "invalid_input", "/amount")
    assert "/currency" in problem["detail"]
    wait = (await waits(job_id))["payment"]
    assert (wait["state"], wait["refusals"], wait["refused"]["answer"]["amount"]) == ("open", 1, 0)
    assert [data["state"] for kind, data in await events(job_id) if kind == "wait"] == ["open", "refused"]
    assert (await client.post(url, json=FITS)).status_code == 200
    await drain()
    assert (await job(job_id))["result"] == 7


@pytest.mark.parametrize("body", [b"", b"{", b'{"amount": NaN}', b'"\\ud800"'])
async def test_what_is_no_json_is_refused_before_it_is_looked_at(asked, client, waits, body):
    job_id, url = await asked()
    answer = await client.post(url, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert (await waits(job_id))["payment"]["refusals"] == 0


async def test_an_answer_that_comes_late_is_told_so_before_and_after_the_wait_has_expired(asked, client, clock, drain):
    _, url = await asked()
    clock.advance(2 * HOUR)
    assert (await client.post(url, json=FITS)).json()["code"] == "wait_over"
    await drain()
    late = await client.post(url, json=FITS)
    assert (late.status_code, late.json()["code"]) == (410, "wait_over")


async def test_after_a_cancel_nobody_waits(asked, client, runtime, job, waits):
    job_id, url = await asked()
    async with runtime.database.connection() as conn:
        await cancel(conn, job_id)
    assert ((await job(job_id))["state"], (await waits(job_id))["payment"]["state"]) == ("cancelled", "closed")
    assert (await client.post(url, json=FITS)).status_code == 410


@pytest.mark.parametrize(
    "spoil", [lambda token: "x", lambda token: token[:-4], lambda token: "B" + token[1:], str.lower]
)
async def test_an_address_that_we_did_not_make_is_unknown(asked, client, spoil):
    _, url = await asked()
    base, _, token = url.rpartition("/")
    answer = await client.post(f"{base}/{spoil(token)}", json=FITS)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nothing_can_be_read_at_an_address(asked, client):
    _, url = await asked()
    assert (await client.get(url)).status_code == 405


async def test_a_retry_takes_the_address_over_that_was_given_out(asked, client, runtime, clock, drain, job):
    job_id, url = await asked()
    clock.advance(2 * HOUR)
    await drain()
    assert (await job(job_id))["error"]["code"] == "wait_expired"
    async with runtime.database.connection() as conn:
        again = await retry(conn, job_id, now=clock.now)
    await drain()
    assert ((await job(again.id))["state"], len(sent)) == ("waiting", 1)
    assert (await client.post(url, json=FITS)).status_code == 200
    await drain()
    assert (await job(again.id))["result"] == 7


def test_an_address_outlives_its_key_as_long_as_that_is_believed():
    old, new = "o" * 32, "n" * 32
    number = UUID(int=7)
    url, sealed = Addresses(Keyring(old), "https://a.example").url(number)
    rotated = Addresses(Keyring(new, (old,)), "https://b.example")
    assert rotated.url(number, sealed) == (url, sealed)
    assert rotated.number_of(url.rpartition("/")[2]) == number
    without = Addresses(Keyring(new), "https://b.example")
    assert without.url(number, sealed)[0].startswith("https://b.example/api/v1/callbacks/")
    assert without.number_of(url.rpartition("/")[2]) is None


class TestBehindAName:
    @pytest.fixture
    def settings(self, settings):
        keys = {"secret_key": SecretStr("s" * 32), "public_url": "https://jobs.example.com/hr/"}
        return settings.model_copy(update=keys)

    async def test_the_address_is_where_others_reach_the_server(self, asked, client):
        _, url = await asked()
        assert url.startswith("https://jobs.example.com/hr/api/v1/callbacks/")
        path = url.removeprefix("https://jobs.example.com/hr")
        answer = await client.post(path, json=FITS, headers={"Host": "jobs.example.com"})
        assert answer.status_code == 200
