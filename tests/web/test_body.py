"""Bodies: strict JSON within limits, or a problem that says why; never a 500 and never the input again."""

import asyncio

import pytest

from headrace.web.body import take_json_only

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
CANARY = "canary-1f9c"
ROUTES = ("/api/v1/jobs", "/api/v1/tasks/demo.write/jobs", "/api/v1/demo/counts", "/api/v1/demo/anything")

MALFORMED = {
    "NUL escape": b'{"topic": "a\\u0000b"}',
    "NUL escape in a key": b'{"a\\u0000b": 1}',
    "lone surrogate": b'{"topic": "\\ud800"}',
    "surrogate in bytes (CESU)": b'{"topic": "\xed\xa0\x80"}',
    "NaN": b'{"n": NaN}',
    "Infinity": b'{"n": Infinity}',
    "minus Infinity": b'{"n": -Infinity}',
    "1e400": b'{"n": 1e400}',
    "1e500 for an integer": b'{"n": 1e500}',
    "integer of 5,000 digits": b'{"n": ' + b"9" * 5_000 + b"}",
    "invalid UTF-8": b'{"topic": "\xff\xfe"}',
    "byte order mark": b'\xef\xbb\xbf{"topic": "a"}',
    "UTF-16": '{"topic": "a"}'.encode("utf-16"),
    "depth of 100,000": b"[" * 100_000 + b"]" * 100_000,
    "depth of 65": b'{"a":' * 65 + b"1" + b"}" * 65,
    "cut off": b'{"topic": "a',
    "two values": b'{"a": 1} {"b": 2}',
    "trailing comma": b'{"a": 1,}',
    "comment": b'{"a": 1} // x',
    "single quotes": b"{'a': 1}",
    "a name twice": b'{"topic": "a", "topic": "b"}',
    "a name twice within": b'{"a": [{"b": 1, "c": ":", "b": 2}]}',
    "a name twice, once in escapes": b'{"abc": 1, "\\u0061bc": 2}',
    "a word": b"hello",
    "white space": b"  \n ",
}


@pytest.mark.parametrize("path", ROUTES)
async def test_malformed_json_is_a_problem_on_every_route(client, path):
    for case, body in MALFORMED.items():
        answer = await client.post(path, content=body.replace(b"topic", CANARY.encode()), headers=JSON)
        assert answer.status_code == 400, case
        assert answer.headers["content-type"] == "application/problem+json", case
        assert answer.json()["code"] == "malformed_json", case
        assert CANARY not in answer.text, case


@pytest.mark.parametrize("path", ROUTES)
async def test_json_of_the_wrong_kind_is_invalid_on_every_route(client, path):
    for body in (b"", b"null", b"[]", b"1", b'"text"', b"true"):
        answer = await client.post(path, content=body, headers=JSON)
        assert answer.status_code == 422, body
        assert answer.json()["code"] == "invalid_input", body


@pytest.mark.parametrize(
    "body", [b'{"a": {"a": 1}, "b": {"a": ":"}, ":": "\\u003a", "c": "\\":"}', b'[{"a": 1}, {"a": 1}]']
)
async def test_names_that_only_look_alike_pass(client, body):
    wrapped = b'{"value": ' + body + b"}"
    assert (await client.post("/api/v1/demo/anything", content=wrapped, headers=JSON)).status_code == 200


async def test_fault_names_its_place_by_pointer_and_never_repeats_the_input(client):
    answer = await client.post("/api/v1/demo/counts", json={"n": CANARY, "note": 5})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/n", "/note"]
    assert CANARY not in answer.text


async def test_fault_in_a_tasks_input_names_its_place(client):
    for path, body in (
        ("/api/v1/jobs", {"task": "demo.write", "input": {"topic": CANARY * 40}}),
        ("/api/v1/tasks/demo.write/jobs", {"input": {"topic": CANARY * 40}}),
    ):
        answer = await client.post(path, json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/input/topic"
        assert CANARY not in answer.text


async def test_our_own_bodies_convert_nothing(client):
    for value in ("1", 1.5, True, [1]):
        answer = await client.post("/api/v1/jobs", json={"task": "demo.rest", "priority": value})
        assert answer.json()["errors"][0]["pointer"] == "/priority", value
    assert (await client.post("/api/v1/jobs", json={"task": "demo.rest", "priority": None})).status_code == 202


async def test_unknown_fields_are_refused(client):
    answer = await client.post("/api/v1/jobs", json={"task": "demo.rest", "prio": 1})
    assert answer.json()["errors"][0]["pointer"] == "/prio"


async def test_depth_of_64_is_taken(client):
    body = b'{"a":' * 64 + b"1" + b"}" * 64
    assert (await client.post("/api/v1/demo/anything", content=body, headers=JSON)).status_code == 200


async def test_integer_beyond_the_database_is_invalid_not_a_crash(client, rows):
    for number in (2**63, -(2**63) - 1, 10**30):
        answer = await client.post("/api/v1/demo/rows", json={"n": number})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_storable"), number


async def test_body_that_does_not_say_it_is_json_is_refused(client):
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/jsonx"):
        headers = {"Content-Type": kind} if kind else {}
        answer = await client.post("/api/v1/demo/counts", content=b'{"n": 1}', headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json"), kind


async def test_every_kind_of_json_is_taken(client):
    for kind in ("application/json; charset=UTF-8", "application/merge-patch+json"):
        answer = await client.post("/api/v1/demo/counts", content=b'{"n": 1}', headers={"Content-Type": kind})
        assert answer.status_code == 200, kind


async def test_json_in_another_charset_is_refused(client):
    headers = {"Content-Type": "application/json; charset=latin-1"}
    assert (await client.post("/api/v1/demo/counts", content=b'{"n": 1}', headers=headers)).status_code == 415


async def test_compressed_body_is_refused_unread(client):
    headers = JSON | {"Content-Encoding": "gzip"}
    answer = await client.post("/api/v1/demo/counts", content=b"\x1f\x8b", headers=headers)
    assert answer.status_code == 415


async def test_large_body_without_a_length_is_refused_where_the_limit_is(client):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    answer = await client.post("/api/v1/demo/counts", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= 3 * 1024 * 1024


async def test_large_body_is_refused_by_its_length_before_it_comes(server, connect):
    connection = connect(server)
    head = (
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    )
    connection.sendall(head.format(10**12).encode())
    answer = await asyncio.to_thread(_read_all, connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too_large"' in answer


async def test_value_over_its_limit_is_named_with_the_limit(client):
    answer = await client.post(
        "/api/v1/jobs", json={"task": "demo.write", "input": {"topic": "a", "pad": "x" * 1_100_000}}
    )
    assert answer.status_code in {202, 422}  # an unknown field is dropped by the task's own model
    answer = await client.post("/api/v1/tasks/demo.write/jobs", json={"input": {"topic": "a"}, "tags": ["x" * 101]})
    assert answer.status_code == 422
    assert "100 characters" in answer.json()["detail"]


async def test_body_that_comes_too_slowly_is_refused():
    async def never():
        await asyncio.Event().wait()

    async def unreachable(scope, receive, send):
        pytest.fail("the application was reached without a body")

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"10")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    await take_json_only(unreachable, deadline=0.05)(scope, never, send)
    assert sent[0]["status"] == 408


def _read_all(connection) -> bytes:
    found = b""
    while chunk := connection.recv(65_536):
        found += chunk
    return found


async def test_what_all_bodies_hold_together_is_bounded_and_given_back():
    begun, end = asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send):
        begun.set()
        await end.wait()

    app = take_json_only(app, held_max=100)
    scope = {"type": "http", "method": "POST", "path": "/x", "headers": [(b"content-type", b"application/json")]}
    sent = []

    async def send(message):
        sent.append(message)

    def body():
        async def receive():
            return {"type": "http.request", "body": b'"' + b"x" * 58 + b'"', "more_body": False}

        return receive

    async with asyncio.timeout(20):
        first = asyncio.create_task(app(scope, body(), send))
        await begun.wait()
        await app(scope, body(), send)
        assert sent[0]["status"] == 503
        assert (b"retry-after", b"1") in sent[0]["headers"]
        end.set()
        await first
        sent.clear()
        await app(scope, body(), send)
    assert sent == []
