"""The report of a run: a table on the screen, the same as Markdown, and JSON with the facts of the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figure import Found, Target

Facts = Mapping[str, object]
HEAD = ("row", "median", "least", "most", "target", "found")
BUSY_LOAD = 0.5


def table(found: Found) -> list[tuple[str, ...]]:
    """Return the cells of a figure: a line for each row, and one more for each further target of a row."""
    lines: list[tuple[str, ...]] = []
    for row, values in found.rows.items():
        cells = (row, _number(found.median(row)), _number(min(values)), _number(max(values)))
        targets = [target for target in found.figure.targets if target.row == row]
        lines.append((*cells, *_verdict(found, targets[0])) if targets else (*cells, "", ""))
        lines += [("", "", "", "", *_verdict(found, target)) for target in targets[1:]]
    lines += [
        (name, reason.strip().splitlines()[-1][:60], "", "", "", "not measured")
        for name, reason in found.broken.items()
    ]
    return lines


def screen(found: Found) -> str:
    """Return a figure as a table of plain text."""
    lines = [HEAD, *table(found)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    title = f"{found.figure.title} ({found.figure.unit}; {found.figure.name}, CPU steal {found.steal:.0%})"
    return "\n".join([title, *("  " + "  ".join(_aligned(line, widths)).rstrip() for line in lines)])


def markdown(found: Sequence[Found], facts: Facts) -> str:
    """Return all figures as the table of docs/performance.md."""
    lines = ["| figure | row | median | min to max | target | found |", "|---|---|--:|--:|---|---|"]
    for one in found:
        for place, (row, median, least, most, target, verdict) in enumerate(table(one)):
            title = f"{one.figure.title} ({one.figure.unit})" if place == 0 else ""
            spread = f"{least} to {most}" if least else ""
            lines.append(f"| {title} | {row} | {median} | {spread} | {target} | {verdict} |")
    return f"{conditions(facts)}\n\n" + "\n".join(lines)


def conditions(facts: Facts) -> str:
    """Return one sentence on what was measured where; it says so if the machine had other work."""
    load = float(str(facts["load_before"]))
    busy = f" The machine had other work: load {load:.1f} before the run." if load > BUSY_LOAD else ""
    return (
        f"{facts['cores']} cores, {facts['memory_gib']} GiB, {facts['system']}, Python {facts['python']}, "
        f"PostgreSQL {facts['postgresql']} with fsync {facts['fsync']}, {facts['sizes']} sizes, "
        f"rounds {facts['rounds']}, CPU steal {facts['steal']:.0%}.{busy}"
    )


def write_json(path: Path, found: Sequence[Found], facts: Facts) -> None:
    """Write every value that was measured."""
    figures = {
        one.figure.name: {
            "title": one.figure.title,
            "unit": one.figure.unit,
            "steal": one.steal,
            "rows": {row: {"median": one.median(row), "values": values} for row, values in one.rows.items()},
            "targets": [
                {"row": target.row, "target": str(target), "found": one.measure(target), "met": one.is_met(target)}
                for target in one.figure.targets
            ],
            "not_measured": one.broken,
        }
        for one in found
    }
    path.write_text(json.dumps({"machine": facts, "figures": figures}, indent=1) + "\n", "utf-8")


def _verdict(found: Found, target: Target) -> tuple[str, str]:
    value, is_met = found.measure(target), found.is_met(target)
    if value is None:
        return str(target), "not measured"
    return str(target), f"{_number(value)} {'met' if is_met else 'MISSED'}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if place in {1, 2, 3} else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
