"""Pages of listed origins, in a browser: one of our own site works with its session, one of another site with tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.conftest import PASSWORD, Headrace, running

pytestmark = pytest.mark.e2e

ADA = {"email": "ada@example.com", "password": PASSWORD}
PROGRAM = """
from headrace import App, Job

app = App("own")


@app.task
async def greet(job: Job) -> str:
    return "hello"
"""
CALL = """async ([url, method, body, token, credentials]) => {
    const headers = {...(body && {"Content-Type": "application/json"}), ...(token && {Authorization: `Bearer ${token}`})}
    try {
        const answer = await fetch(url, {method, headers, credentials, body: body && JSON.stringify(body)})
        return [answer.status, answer.status === 204 ? null : await answer.json()]
    } catch (error) {
        return [0, String(error)]
    }
}"""
WATCH = """([url, withCredentials]) => new Promise((resolve) => {
    const source = new EventSource(url, {withCredentials})
    const done = (said) => { source.close(); resolve(said) }
    source.addEventListener("end", (event) => done("end"))
    source.onerror = () => done("refused")
})"""
CONVERSE = """([url, job, token]) => new Promise((resolve) => {
    const socket = new WebSocket(url)
    socket.onopen = () => {
        if (token) socket.send(JSON.stringify({type: "authenticate", token}))
        socket.send(JSON.stringify({type: "subscribe", job}))
    }
    socket.onmessage = (event) => { if (JSON.parse(event.data).event === "end") { socket.close(); resolve("end") } }
    socket.onclose = (event) => resolve(event.reason || "refused")
})"""


class Blank(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Answer every address alike."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def ports() -> Iterator[list[int]]:
    """Two ports at which an empty page is served; the first is to be listed."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Blank) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [server.server_port for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory, ports: list[int]) -> Iterator[Headrace]:
    """`headrace up` that lists the first port's origins."""
    folder: Path = tmp_path_factory.mktemp("listing")
    (folder / "own_app.py").write_text(PROGRAM)
    (folder / "headrace.toml").write_text(f'cors_origins = "http://localhost:{ports[0]},http://127.0.0.1:{ports[0]}"\n')
    with running(folder, "own_app.py") as started:
        yield started


class Elsewhere:
    """A page of another origin, and what its scripts get from the server at `localhost`."""

    def __init__(self, page: Page, server: Headrace) -> None:
        self.page = page
        self.server = server.address.replace("127.0.0.1", "localhost")

    def call(
        self, method: str, path: str, body: object = None, *, token: str | None = None, cookies: bool = True
    ) -> Any:
        """Return status and answer; status 0 if the browser does not give the answer to the page."""
        credentials = "include" if cookies else "omit"
        return self.page.evaluate(CALL, [f"{self.server}/api/v1{path}", method, body, token, credentials])

    def watch(self, job: str) -> str:
        """Watch a job to its end by a stream of events."""
        return str(self.page.evaluate(WATCH, [f"{self.server}/api/v1/jobs/{job}/events", True]))

    def converse(self, job: str, token: str | None = None) -> str:
        """Watch a job to its end by a socket."""
        address = f"{self.server.replace('http', 'ws')}/api/v1/live"
        return str(self.page.evaluate(CONVERSE, [address, job, token]))


@pytest.fixture
def open_at(browser: Browser, listing: Headrace) -> Iterator[Any]:
    """Open the empty page of an origin, in a browser of its own."""
    contexts = []

    def open_one(origin: str) -> Elsewhere:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(origin)
        return Elsewhere(page, listing)

    yield open_one
    for context in contexts:
        context.close()


def test_a_listed_page_of_our_site_signs_in_and_works_with_its_session(open_at: Any, ports: list[int]) -> None:
    page = open_at(f"http://localhost:{ports[0]}")
    assert page.call("GET", "/jobs")[0] == 401
    assert page.call("POST", "/auth/login", ADA)[0] == 200
    status, job = page.call("POST", "/jobs", {"task": "own.greet"})
    assert status == 202
    assert page.watch(job["id"]) == "end"
    assert page.converse(job["id"]) == "end"
    assert page.call("GET", f"/jobs/{job['id']}")[1]["result"] == "hello"
    assert page.call("GET", "/jobs", cookies=False)[0] == 401
    assert page.call("POST", "/auth/logout")[0] == 204
    assert page.call("GET", "/jobs")[0] == 401


def test_a_listed_page_of_another_site_works_with_tokens_and_no_session(open_at: Any, ports: list[int]) -> None:
    page = open_at(f"http://127.0.0.1:{ports[0]}")
    assert page.call("POST", "/auth/login", ADA)[0] == 0, "a page that sends credentials gets no answer"
    status, tokens = page.call("POST", "/auth/tokens", ADA, cookies=False)
    assert status == 201
    token = tokens["access_token"]
    status, job = page.call("POST", "/jobs", {"task": "own.greet"}, token=token, cookies=False)
    assert status == 202
    assert page.converse(job["id"], token) == "end"
    assert page.converse(job["id"]) != "end"
    assert page.watch(job["id"]) == "refused"


def test_a_page_that_is_not_listed_reads_nothing_and_opens_no_socket(open_at: Any, ports: list[int]) -> None:
    page = open_at(f"http://localhost:{ports[0]}")
    assert page.call("POST", "/auth/login", ADA)[0] == 200
    _, job = page.call("POST", "/jobs", {"task": "own.greet"})
    page.page.goto(f"http://localhost:{ports[1]}")  # the same browser, signed in, and the same site
    assert page.call("GET", "/jobs")[0] == 0
    assert page.call("POST", "/jobs", {"task": "own.greet"})[0] == 0
    assert page.watch(job["id"]) == "refused"
    assert page.converse(job["id"]) == "refused"
