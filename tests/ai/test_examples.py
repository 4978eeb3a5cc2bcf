"""What the page on AI shows of settings and commands is taken as it says."""

import re

import pytest
from tests.pages import DOCS, blocks, requests

from headrace.ids import new_id
from headrace.settings import load

pytestmark = pytest.mark.anyio


async def test_every_command_of_the_page_works(client):
    found = requests("ai.md")
    assert [(request.method, request.path) for request in found] == [
        ("PUT", "/api/v1/ai/aliases/best"),
        ("GET", "/api/v1/ai/models"),
        ("PUT", "/api/v1/ai/providers/anthropic/key"),
        ("GET", "/api/v1/ai/providers"),
        ("GET", "/api/v1/jobs/$JOB/ai-calls/$CALL/messages"),
    ]
    found[2].body["key"] = found[2].body["key"].replace("…", "x" * 30)
    job, call = new_id(), new_id()
    paths = [request.path.replace("$JOB", str(job)).replace("$CALL", str(call)) for request in found]
    answers = [
        await client.request(request.method, path, json=request.body)
        for request, path in zip(found, paths, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [*[200] * 4, 404], [answer.text for answer in answers]
    assert f"made no AI call {call}" in answers[4].json()["detail"]
    assert "anthropic:claude-opus-5-5" in answers[1].text


def test_the_aliases_of_the_file_are_those_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [text] = re.findall(r'`HEADRACE_AI_ALIASES="([^"]*)"`', (DOCS / "ai.md").read_text("utf-8"))
    monkeypatch.setenv("HEADRACE_AI_ALIASES", text)
    of_the_environment = load().ai_aliases
    monkeypatch.delenv("HEADRACE_AI_ALIASES")
    [file] = blocks("ai.md", "toml")
    (tmp_path / "headrace.toml").write_text(file)
    assert of_the_environment == load().ai_aliases
    assert set(of_the_environment) == {"fast", "best"}
