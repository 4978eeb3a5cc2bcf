"""The benchmarks' figures are those of the document, bound rows that they fill, and say plainly what is missed."""

import re
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _benchmarks_are_found(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


def figures():
    return {name: import_module(f"benchmarks.{name}").FIGURE for name in import_module("benchmarks.__main__").FIGURES}


def found(name, **rows):
    kind = import_module("benchmarks.figure").Found
    return kind(figures()[name], {row.replace("_", " "): values for row, values in rows.items()})


def test_every_figure_is_described():
    text = (ROOT / "docs/performance.md").read_text("utf-8").split("\n## The figures\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", text, re.MULTILINE) == list(figures())


def test_a_figure_goes_by_the_name_of_its_file():
    assert all(figure.name == name for name, figure in figures().items())


def test_a_target_bounds_a_row_that_a_contestant_can_fill():
    stage = SimpleNamespace(size=lambda short, _full: short, peers=False)
    for figure in figures().values():
        names = [trial.name for trial in figure.trials(stage)]
        assert all(any(target.row.startswith(name) for name in names) for target in figure.targets), figure.name
        assert len(set(names)) == len(names)


def test_a_target_is_a_ratio_of_medians_or_a_bound():
    seen = found("steps", no_step=[90.0, 100.0, 300.0], one_step=[39.0, 1.0, 50.0])
    [target] = seen.figure.targets
    assert (seen.measure(target), seen.is_met(target)) == (0.39, False)
    pickup = found("pickup", headrace_p50=[2.0], headrace_p99=[21.0])
    assert [pickup.is_met(target) for target in pickup.figure.targets] == [True, False]


def test_a_row_that_is_missing_meets_nothing():
    drain = found("drain", no_row=[1.0])
    assert {drain.is_met(target) for target in drain.figure.targets} == {None}


def test_the_report_names_what_is_missed_and_a_machine_that_was_busy():
    report = import_module("benchmarks.report")
    facts = {"cores": 2, "memory_gib": 8, "system": "Linux", "python": "3.11", "postgresql": "18", "fsync": "on"}
    facts |= {"sizes": "short", "rounds": 1, "steal": 0.1, "load_before": 3.0}
    seen = found("steps", no_step=[100.0], one_step=[39.0])
    assert "| one step | 39 | 39 to 39 | ≥ 0.4 of no step | 0.39 MISSED |" in report.markdown([seen], facts)
    assert "The machine had other work: load 3.0" in report.conditions(facts)
    assert "other work" not in report.conditions(facts | {"load_before": 0.1})
