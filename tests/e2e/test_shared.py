"""The page behind a link to a job: it shows that job to somebody who isn't signed in."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from headrace.accounts import local
from headrace.keyring import FILE, Keyring

pytestmark = pytest.mark.e2e

OWN_APP = '''
from headrace import App, Job

app = App("sums")

@app.task
async def add(job: Job, numbers: list[int]) -> dict[str, int]:
    """Add numbers."""
    return {"sum": sum(numbers)}
'''


@pytest.fixture
def post(headrace_of, tmp_path):
    """Ask the API of a running server as this machine's command line does."""
    running = headrace_of(OWN_APP)
    keyring = Keyring((tmp_path / "data" / FILE).read_text().strip())

    def ask(path, body):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {local.mint(keyring)}"}
        request = urllib.request.Request(running.address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    return ask


def test_whoever_has_the_link_sees_the_job_and_whoever_has_not_sees_nothing(post, open_page, complaints):
    job = post("/api/v1/tasks/sums.add/jobs", {"input": [1, 2]})
    link = post(f"/api/v1/jobs/{job['id']}/links", {"seconds": 3_600})
    page = open_page(link["url"])
    expect(page.get_by_role("heading", name="sums.add")).to_be_visible()
    expect(page.get_by_text("completed", exact=True).first).to_be_visible()
    expect(page.get_by_role("tabpanel")).to_have_text(re.compile(r'"sum": 3'))
    stranger = open_page(link["url"].partition("#")[0] + "#hs_" + "A" * 43)
    expect(stranger.get_by_role("heading", name="Nothing to see")).to_be_visible()
    assert len(complaints) == 1, "the browser tells of the refused request"
    complaints.clear()
