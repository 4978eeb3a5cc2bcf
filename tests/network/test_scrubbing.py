"""Secrets that slipped into a log line or an error are taken out."""

import io

import pytest

from headrace import App, Job
from headrace.log import structlog
from headrace.observe.scrubbing import scrub, scrub_event

SECRETS = [
    "hr_4f9KdTq2Lm8PzXcVbN1aQwErTy6",
    "hf_AaBbCcDdRefreshed0123456789AbCd-_",
    "hs_01890a5dac96774bShownToAll.zyxwvuts",
    "hl_1764000000.c29tZSBtYWMgb2YgdGhpcnR5LXR3bw==",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123",
    "sk-proj-abcdefghijklmnop1234",
    "ghp_abcdefghijklmnopqrstuv",
    "AKIAABCDEFGHIJKLMNOP",
    "Bearer abcdefgh12345678",
    "Basic dXNlcjpwYXNzd29yZA==",
    "postgresql://user:hunter22@db.example/name",
    "https://jobs.example/api/v1/callbacks/c_0123456789abcdef",
    '{"password": "hunter22"}',
    "password=hunter22&x=1",
    "api_key: 'abcd1234efgh'",
]
PARTS = [
    "hunter22",
    "4f9KdTq2",
    "Refreshed",
    "ShownToAll",
    "c29tZSBtYWM",
    "eyJhbGciOi",
    "abcdefgh",
    "ABCDEFGH",
    "dXNlcjpw",
    "012345",
    "abcd1234",
]
PLAIN = [
    "The job 01890a5d-ac96-774b-bcce-b302099a8057 has ended",
    "jobs/queries/claim_jobs.sql took 12 ms",
    "https://jobs.example:8080/api/v1/jobs?limit=5",
    "tokens per minute: 200",
    "The key or token is wrong, has expired or was withdrawn",
    "sk-short",
]
app = App("leaky")


@app.task
async def leak(job: Job, secret: str) -> None:
    raise RuntimeError(f"The server said no to {secret}")


@pytest.fixture
def apps():
    return [app]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_hidden(text):
    kept = scrub(f"before {text} after")
    assert kept.startswith("before ")
    assert kept.endswith(" after")
    assert "***" in kept
    assert not [part for part in PARTS if part in kept]


@pytest.mark.parametrize("text", PLAIN)
def test_what_does_not_is_left_alone(text):
    assert scrub(text) == text


def test_a_log_line_hides_fields_by_name_and_texts_by_their_look():
    out = io.StringIO()
    log = structlog.wrap_logger(
        structlog.WriteLogger(out), processors=[scrub_event, structlog.processors.JSONRenderer()]
    )
    log.info(
        "x", password="a", api_key=7, told={"cookie": "b", "at": ["hr_4f9KdTq2Lm8PzXcVbN1aQwErTy6"]}, count=3, ok=None
    )
    assert out.getvalue() == (
        '{"password": "***", "api_key": "***", "told": {"cookie": "***", "at": ["hr_***"]}, "count": 3, "ok": null, '
        '"event": "x"}\n'
    )


@pytest.mark.anyio
@pytest.mark.parametrize("secret", SECRETS[:4])
async def test_an_error_of_a_job_is_stored_without_it(submit, drain, job, secret):
    job_id = await submit(leak, secret)
    await drain()
    error = (await job(job_id))["error"]
    assert secret not in str(error)
    assert "The server said no to" in error["message"]
