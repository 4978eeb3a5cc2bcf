"""Files and functions stay small, and no module is a bucket."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUCKETS = {"service", "services", "manager", "managers", "helper", "helpers", "util", "utils"}
BUCKETS |= {"common", "base", "handler", "handlers", "misc"}
MOST_LINES = 250
MOST_LINES_OF_TESTS = 450
MOST_LINES_OF_SCRIPT = 250
MOST_LINES_OF_FUNCTION = 40


def tracked(*patterns):
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def is_test(path):
    return "tests" in path.relative_to(ROOT).parts


def is_migration(path):
    return "migrations" in path.parts and path.name != "env.py"


PYTHON = [path for path in tracked("*.py") if not is_migration(path)]
GENERATED = "schema.d.ts"
SCRIPTS = [path for path in tracked("*.ts", "*.tsx", "*.js", "*.jsx") if path.name != GENERATED]


def name_of(path):
    return str(path.relative_to(ROOT))


def lines(path):
    return len(path.read_text("utf-8").splitlines())


def functions(path):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, kinds)]


def test_there_is_something_to_measure():
    assert ROOT / "src/headrace/app.py" in PYTHON
    assert Path(__file__) in PYTHON
    assert SCRIPTS


def test_python_files_are_short():
    most = {path: MOST_LINES_OF_TESTS if is_test(path) else MOST_LINES for path in PYTHON}
    assert not {name_of(path): lines(path) for path in PYTHON if lines(path) > most[path]}


def test_functions_are_short():
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": length
        for path in PYTHON
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_FUNCTION
    }
    assert not long


def test_scripts_are_short():
    assert not {name_of(path): lines(path) for path in SCRIPTS if lines(path) > MOST_LINES_OF_SCRIPT}


@pytest.mark.parametrize("kind", ["python", "script"])
def test_no_module_is_a_bucket(kind):
    paths = PYTHON if kind == "python" else SCRIPTS
    assert not [name_of(path) for path in paths if {path.stem, path.parent.name} & BUCKETS]


def test_every_module_says_in_its_first_line_what_it_is():
    modules = [path for path in PYTHON if path.name != "conftest.py" and path.stat().st_size]
    assert not [name_of(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
