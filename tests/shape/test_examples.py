"""The examples in the documents run: each is written to files, served by the testing kit, and does what its page says."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from headrace.runtime import load_apps

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# page, task, input, the job's final state, and what holds of its result
CASES = [
    (
        "README.md",
        "notes.write_note",
        {"topic": "sluices"},
        lambda note: note["words"] == len(note["text"].split()) > 10,
    ),
    ("docs/quickstart.md", "greetings.greet", {"name": "Ada"}, lambda told: told["letters"] == len(told["text"]) > 10),
    ("docs/tasks.md", "orders.confirm", {"number": 7, "lines": ["rose", "lily", "rose"]}, {"number": 7, "total": 12}),
    ("docs/tasks.md", "orders.count_stock", None, 6),
    ("docs/tasks.md", "book.write_book", ["Water", ""], ["Preface: …", "Water: …", "(missing)"]),
    ("docs/tasks.md", "book.write_chapter", {"title": "Water"}, "Water: …"),
    ("docs/tasks.md", "mill.grind", 4, 4),
    ("docs/tasks.md", "shelf.shelve", {"title": "The Mill on the Floss"}, 1),
    ("docs/schedules.md", "garden.morning_round", None, "all is well"),
    ("docs/schedules.md", "garden.water", {"name": "beans"}, "watered the beans"),
    ("docs/ai.md", "reviews.answer", {"text": "It broke"}, lambda said: said["verdict"]["mood"] and said["reply"]),
    ("docs/ai.md", "weather.advise", "Ulm", lambda said: "Offline placeholder" in said),
    ("docs/ai.md", "glossary.explain", "fjord", lambda said: "Offline placeholder" in said),
    ("docs/testing.md", "tulips.plant", {"rows": 2}, 24),
    ("docs/testing.md", "tulips.describe", {"rows": 2}, lambda text: "Offline placeholder" in text),
]
PAGES_WITH_TESTS = ["docs/schedules.md", "docs/testing.md", "docs/waits.md"]


def write_files(page, folder):
    files = {}
    for name, text in BLOCK.findall((ROOT / page).read_text()):
        files[name] = files.get(name, "") + text
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return files


@pytest.fixture
def apps(page, tmp_path, monkeypatch):
    files = write_files(page, tmp_path)
    known = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    targets = [
        name.removesuffix("/__init__.py") if name.endswith("/__init__.py") else str(tmp_path / name)
        for name, text in files.items()
        if " = App(" in text
    ]
    yield load_apps(targets)
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize(("page", "task", "value", "expected"), CASES, ids=[case[1] for case in CASES])
async def test_the_task_of_an_example_completes_with_the_result_it_should(
    page, runtime, submit, drain, job, task, value, expected
):
    job_id = await submit(runtime.task(task), value)
    await drain()
    row = await job(job_id)
    assert row["state"] == "completed", row["error"]
    assert expected(row["result"]) if callable(expected) else row["result"] == expected


@pytest.mark.parametrize("page", ["docs/tasks.md"])
async def test_the_errors_of_the_example_end_as_the_page_says(page, runtime, submit, drain, job):
    hopeless = await submit(runtime.task("orders.confirm"), {"number": 1, "lines": ["nothing"]})
    later = await submit(runtime.task("orders.confirm"), {"number": 2, "lines": ["tulips"]})
    await drain()
    failed, delayed = await job(hopeless), await job(later)
    assert (failed["state"], failed["failures"], failed["error"]["code"]) == ("failed", 1, "permanent")
    assert (delayed["state"], delayed["error"]["code"]) == ("scheduled", "retry_later")
    assert delayed["run_at"] - datetime.now(UTC) > timedelta(minutes=59)


@pytest.mark.parametrize("page", ["docs/tasks.md"])
async def test_the_example_submits_in_the_callers_transaction(page, apps, runtime, job, database_url):
    checkout, orders = import_module("checkout"), import_module("orders")
    with psycopg.connect(database_url) as conn:
        first = checkout.check_out(conn, orders.Order(number=3, lines=["rose"]))
        assert checkout.check_out(conn, orders.Order(number=3, lines=["rose"])) == first
    row = await job(first)
    assert (row["task"], row["owner"], row["tags"], row["unique_key"]) == ("orders.confirm", "shop", ["web"], "order-3")


@pytest.mark.parametrize("page", ["docs/tasks.md"])
async def test_the_route_of_the_example_submits_a_job(page, client, drain, job):
    answer = await client.post("/api/v1/shelf/orders", json={"title": "Middlemarch"})
    assert answer.status_code == 202
    await drain()
    assert (await job(answer.json()["id"]))["state"] == "completed"


@pytest.mark.parametrize("written_on", PAGES_WITH_TESTS)
def test_the_tests_of_a_page_pass_for_a_user(written_on, tmp_path):
    files = write_files(written_on, tmp_path)
    written = sum(text.count("async def test_") for text in files.values())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{written} passed" in done.stdout


def test_every_python_block_is_a_file_that_runs():
    unnamed = [
        f"{page.relative_to(ROOT)}: {text.splitlines()[0]}"
        for page in PAGES
        for name, text in BLOCK.findall(page.read_text())
        if not name
    ]
    assert not unnamed


@pytest.mark.parametrize("page", sorted({case[0] for case in CASES}))
def test_every_task_of_an_example_is_run_here(page, apps):
    run_elsewhere = {"tulips.water"}  # by the page's own tests
    declared = {task for app in apps for task in app.tasks}
    assert declared == {task for where, task, _, _ in CASES if where == page} | (declared & run_elsewhere)


def test_no_page_with_examples_is_left_out():
    with_examples = {str(page.relative_to(ROOT)) for page in PAGES if " = App(" in page.read_text()}
    assert with_examples == {case[0] for case in CASES} | set(PAGES_WITH_TESTS)


def test_the_readme_example_has_at_most_twenty_lines():
    [(_, text)] = BLOCK.findall((ROOT / "README.md").read_text())
    assert len([line for line in text.splitlines() if line.strip()]) <= 20
