"""`headrace openapi`: the file that clients are generated from."""

import json

from typer.testing import CliRunner

from headrace.cli.main import cli

APP = """
from headrace import App, Job

app = App("mill")


@app.task
async def grind(job: Job, sacks: int) -> int:
    return sacks
"""


def test_the_document_is_printed_without_a_server_and_the_same_every_time(tmp_path, monkeypatch):
    monkeypatch.delenv("HEADRACE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mill_for_openapi.py").write_text(APP)
    first, second = (CliRunner().invoke(cli, ["openapi", "mill_for_openapi.py"]).stdout for _ in range(2))
    assert first == second
    document = json.loads(first)
    assert document["paths"]["/api/v1/tasks/mill.grind/jobs"]["post"]["operationId"] == "submit_mill_grind"
    assert first == json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".py" and path.name != "__pycache__"] == []
