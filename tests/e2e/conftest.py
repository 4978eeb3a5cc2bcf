"""`headrace up` as a person starts it, and Debian's Chromium in front of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.ports import free_port

from headrace.accounts import local
from headrace.keyring import Keyring
from headrace.settings import Settings

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60.0
PASSWORD = "seven mill wheels turn"


@dataclass(frozen=True)
class Headrace:
    """A running `headrace up`."""

    address: str
    process: subprocess.Popen[bytes]
    folder: Path
    cookies: dict[str, str] = field(default_factory=dict)
    """Of the first administrator's session."""

    def get(self, path: str) -> Any:
        """Ask the API."""
        return self._ask(urllib.request.Request(self.address + path, headers=self.headers))

    def post(self, path: str, body: object) -> Any:
        """Send JSON to the API."""
        return self._ask(urllib.request.Request(self.address + path, json.dumps(body).encode(), self.headers))

    def put(self, path: str) -> Any:
        """Change something that needs no body."""
        return self._ask(urllib.request.Request(self.address + path, headers=self.headers, method="PUT"))

    @property
    def headers(self) -> dict[str, str]:
        """What signs a request in as this machine's command line does."""
        token = local.mint(Keyring.of(Settings(data_dir=self.folder / "data")))
        return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    @property
    def code(self) -> str:
        """The set-up code that was shown at the start."""
        [code] = re.findall(r"(?:[A-Z2-7]{6}-){3}[A-Z2-7]{6}", (self.folder / "log").read_text())
        return code

    def set_up(self) -> None:
        """Make the first administrator, and keep the session's cookie."""
        self.cookies.update(self._enter("setup", code=self.code, email="ada@example.com"))

    def cookies_of(self, role: str) -> dict[str, str]:
        """Make a user of a role, sign them in, and return their session's cookie."""
        email = f"{role}-{uuid4().hex[:8]}@example.com"
        self.post("/api/v1/admin/users", {"email": email, "role": role, "password": PASSWORD})
        return self._enter("login", email=email)

    def kill(self, role: str) -> int:
        """Kill the process of a role (`web`, `worker`) with SIGKILL; return its id."""
        [pid] = [pid for pid, command in _children(self.process.pid) if role in command]
        os.kill(pid, signal.SIGKILL)
        return pid

    def _enter(self, way: str, **body: str) -> dict[str, str]:
        given = json.dumps({**body, "password": PASSWORD}).encode()
        request = urllib.request.Request(
            f"{self.address}/api/v1/auth/{way}", given, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
        return {name: value}

    def _ask(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def running(
    folder: Path, *targets: str, is_set_up: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Headrace]:
    """PostgreSQL, web server and worker, as `headrace up` runs them, on a free port, with an administrator."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("HEADRACE_")}
    environment = {**own, "HEADRACE_PORT": str(port), "HEADRACE_DATA_DIR": str(folder / "data"), **(settings or {})}
    command = [sys.executable, "-m", "headrace", "up", *targets]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        started = Headrace(f"http://127.0.0.1:{environment['HEADRACE_PORT']}", process, folder)
        try:
            _wait_until_ready(started, folder / "log")
            if is_set_up:
                started.set_up()
            yield started
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            finally:
                process.kill()


@pytest.fixture(scope="session")
def headrace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` with the installed apps."""
    with running(tmp_path_factory.mktemp("up")) as started:
        yield started


@pytest.fixture
def headrace_of(tmp_path: Path) -> Iterator[Callable[[str], Headrace]]:
    """`headrace up` with an app of one's own: `headrace_of("from headrace import App ...")`."""
    with ExitStack() as stack:

        def start(program: str) -> Headrace:
            (tmp_path / "own_app.py").write_text(program)
            return stack.enter_context(running(tmp_path, "own_app.py"))

        yield start


@pytest.fixture(scope="module")  # no longer: while it is open, no other event loop can run in this thread
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    if not Path(CHROMIUM).exists():
        pytest.fail("These tests need Debian's Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained about; empty at the end, or the test fails."""
    return []


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a page of a running server: `open_page("/", width=390)`.

    The server is that of the installed apps if none is named; the administrator is signed in, or whose `cookies` are given.
    """
    contexts = []

    def open_one(
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 860,
        at: Headrace | None = None,
        cookies: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Page:
        at = at or request.getfixturevalue("headrace")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE * 1000)
        kept = at.cookies if cookies is None else cookies
        context.add_cookies([{"name": name, "value": value, "url": at.address} for name, value in kept.items()])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(urljoin(at.address, path))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _children(parent: int) -> list[tuple[int, list[str]]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().split("\0")
        except OSError:  # it ended meanwhile
            continue
        if int(stat[1]) == parent and stat[0] != "Z":
            found.append((int(folder.name), command))
    return found


def _wait_until_ready(running: Headrace, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while running.process.poll() is None and time.monotonic() < deadline:
        try:
            running.get("/readyz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    running.process.terminate()
    pytest.fail(f"headrace up did not become ready:\n{log.read_text()}")
