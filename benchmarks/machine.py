"""Facts of the machine: what was measured on, how busy it was, and what processes hold."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psycopg


def facts(url: str) -> dict[str, object]:
    """Return what a reader needs to place the figures."""
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT current_setting('server_version'), current_setting('fsync')").fetchone()
    assert row is not None
    memory = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())["MemTotal"]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.split()[0]) / 2**20),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": row[0],
        "fsync": row[1],
        "psycopg": version("psycopg"),
        "headrace": version("headrace"),
        "load_before": os.getloadavg()[0],
    }


def ticks() -> tuple[int, int]:
    """Return the CPU time that a hypervisor took from us, and all of it, since the machine started."""
    values = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return values[7], sum(values)


def steal(before: tuple[int, int]) -> float:
    """Return the part of the CPU time since `before` that a hypervisor took."""
    after = ticks()
    return (after[0] - before[0]) / max(1, after[1] - before[1])


def resident_mib(pid: int, *, most: bool = False) -> float:
    """Return the resident memory of a process, or the most that it ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM" if most else "VmRSS")]
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and those it started have used, whether they live or not."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, children(pid)))
    except (FileNotFoundError, ProcessLookupError):  # ended and counted with its parent by now
        return 0


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    paths = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in paths for word in path.read_text().split()]
