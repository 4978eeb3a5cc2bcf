"""`python -m benchmarks`: run the figures, contestants taking turns, and report."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks import machine, report
from benchmarks.contestant import Broken
from benchmarks.figure import Figure, Found, take
from benchmarks.stage import Stage

FIGURES = (
    "drain",
    "cost",
    "bulk_submit",
    "pickup",
    "open_loop",
    "http_submit",
    "large_tables",
    "idle_transaction",
    "keyed",
    "steps",
    "children",
    "list_pages",
    "many_waiting",
    "parked",
    "streams",
    "start",
)


def main() -> None:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by the way out, so that no server stays behind
    figures = [_figure(name) for name in asked.only or FIGURES]
    with tempfile.TemporaryDirectory(prefix="headrace-bench-", dir=asked.folder) as folder:
        Path(folder).chmod(0o755)  # the database server may have an account of its own
        with Stage(Path(folder), full=asked.full, peers=asked.peers) as stage:
            facts = machine.facts(stage.server.url)
            before = machine.ticks()
            found = []
            for figure in figures:
                found.append(measure(figure, stage, asked.rounds))
                print(report.screen(found[-1]), end="\n\n", flush=True)
    facts |= {"sizes": "full" if asked.full else "short", "rounds": asked.rounds, "steal": machine.steal(before)}
    print(report.markdown(found, facts) if asked.markdown else report.conditions(facts))
    if asked.json:
        report.write_json(asked.json, found, facts)
    if any(one.broken for one in found):
        sys.exit(1)


def measure(figure: Figure, stage: Stage, rounds: int) -> Found:
    """Run all trials of a figure in turns, so that what else the machine does hits all of them alike."""
    found = Found(figure)
    trials = figure.trials(stage)
    before = machine.ticks()
    for number in range(1, min(rounds, figure.rounds_most) + 1):
        for trial in trials:
            if trial.name in found.broken:
                continue
            print(f"  {figure.name}: {trial.name or 'all'}, round {number}", file=sys.stderr, flush=True)
            try:
                take(found, trial)
            except Broken as error:
                found.broken[trial.name] = str(error)
                print(str(error)[-600:], file=sys.stderr)
    found.steal = machine.steal(before)
    return found


def _figure(name: str) -> Figure:
    found: Figure = import_module(f"benchmarks.{name}").FIGURE
    return found


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes that the targets are set for; takes hours")
    parser.add_argument("--only", nargs="+", choices=FIGURES, metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--rounds", type=int, default=3, help="how often each contestant has its turn (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all values and the machine's facts")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/performance.md")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave other queues out")
    parser.add_argument("--folder", type=Path, help="where the database lies, on a disk like production's")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
