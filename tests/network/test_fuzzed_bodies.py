"""Bodies as no client would send them, thousands of them: each is answered 4xx as a problem, and memory stays flat."""

import gzip
import random
import resource

import pytest

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
CANARY = "canary-5b1d"
PATHS = (
    "/api/v1/jobs",
    "/api/v1/jobs/batch",
    "/api/v1/tasks/demo.echo/jobs",
    "/api/v1/schedules",
    "/api/v1/bulk-actions",
    "/api/v1/auth/login",
    "/api/v1/auth/setup",
    "/api/v1/auth/tokens",
    "/api/v1/callbacks/not-an-address-of-ours",
)
ATOMS = [
    b"NaN",
    b"-Infinity",
    b"1e400",
    b"-0",
    b"9" * 5_000,
    b"9223372036854775808",
    b'"\\u0000"',
    b'"\\ud800"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    b'"' + b"x" * 20_000 + b'"',
    b"[" * 500 + b"]" * 500,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 70 + b"1" + b"}" * 70,
    b'{"a": 1, "a": 2}',
    b'{"a\\u0000b": 1}',
    b"tru",
    b"//",
    b"'x'",
    b"0x1",
    b"\x00",
    b"\xef\xbb\xbf1",
    b"null",
    b"{}",
    b"[]",
    b'"demo.echo"',
    b"-1",
    b"true",
]
PARTS = b"".join(b'--x\r\nContent-Disposition: form-data; name="p%d"\r\n\r\n1\r\n' % n for n in range(1_001)) + b"--x--"
PACKED = gzip.compress(b"0" * 50_000_000), JSON | {"Content-Encoding": "gzip"}
IN_PARTS = PARTS, {"Content-Type": "multipart/form-data; boundary=x"}
NAMES = [b"task", b"input", b"jobs", b"owner", b"tags", b"priority", b"email", b"password", b"name", b"cron", b"action"]


def body_of(chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """A body that is broken in some way, or at least means nothing, and what its headers say of it."""
    match chance.randrange(100):
        case 0:
            return PACKED
        case 1:
            return IN_PARTS
        case _:
            return json_of(chance), JSON


def json_of(chance: random.Random) -> bytes:
    fields = [b'"' + chance.choice(NAMES) + b'": ' + chance.choice(ATOMS) for _ in range(chance.randrange(1, 6))]
    whole = b"{" + b", ".join(fields) + b', "nonsense": "' + CANARY.encode() + b'"}'
    match chance.randrange(6):
        case 0:
            return whole[: chance.randrange(len(whole))] or b" "
        case 1:
            place = chance.randrange(len(whole))
            return whole[:place] + bytes([chance.randrange(256)]) + whole[place + 1 :]
        case 2:
            return b"[" + whole + b"]"
        case 3:
            return chance.choice(ATOMS)
        case _:
            return whole


async def pour(client, seed, count):
    chance = random.Random(seed)
    for n in range(count):
        body, headers = body_of(chance)
        answer = await client.post(chance.choice(PATHS), content=body, headers=headers)
        what = f"body {n} of seed {seed}: {body[:200]!r}"
        assert 400 <= answer.status_code < 500, what
        assert answer.headers["content-type"] == "application/problem+json", what
        assert CANARY not in answer.text, what


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"anonymous_rate_limit": "0"})


async def test_hundreds_of_broken_bodies_are_refused_as_problems(client):
    await pour(client, seed=1, count=300)


@pytest.mark.long
async def test_ten_thousand_broken_bodies_leave_memory_flat(client):
    await pour(client, seed=2, count=1_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await pour(client, seed=3, count=10_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB


async def test_what_would_grow_when_unpacked_or_has_many_parts_is_refused_unread(client):
    for (body, headers), code in ((PACKED, "encoding_unsupported"), (IN_PARTS, "not_json")):
        answer = await client.post("/api/v1/jobs", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, code)
