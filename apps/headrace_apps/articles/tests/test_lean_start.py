"""A worker loads what a task needs when it needs it."""

from __future__ import annotations

import subprocess
import sys


def test_the_apps_tasks_load_no_web_framework_no_tables_and_no_renderer():
    heavy = "{'fastapi', 'starlette', 'sqlalchemy', 'jinja2', 'markdown_it', 'nh3'}"
    program = f"import sys, headrace_apps.articles; print(sorted(set(sys.modules) & {heavy}))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
