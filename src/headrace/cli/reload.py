"""Watching the code while one writes it: `headrace up --reload` starts its processes anew when a file changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import headrace

GRACE_SECONDS = 2.0
"""A job that runs longer than this is killed by a reload; it is rescued, and goes on from its finished steps."""


class Changes:
    """Whether code changed since `take` was last asked."""

    def __init__(self) -> None:
        """Say that nothing changed yet."""
        self.seen = threading.Event()

    def take(self) -> bool:
        """Return whether code changed, and forget it."""
        changed = self.seen.is_set()
        self.seen.clear()
        return changed


@contextmanager
def watched(folders: Iterable[Path]) -> Iterator[Changes]:
    """Watch the Python and SQL files below `folders` while the context lasts."""
    from watchfiles import DefaultFilter, watch

    class Code(DefaultFilter):
        def __call__(self, change: object, path: str) -> bool:
            return path.endswith((".py", ".sql")) and super().__call__(change, path)  # type: ignore[arg-type]

    changes, ended = Changes(), threading.Event()

    def look() -> None:
        for _ in watch(*folders, watch_filter=Code(), stop_event=ended, raise_interrupt=False):
            changes.seen.set()

    watcher = threading.Thread(target=look, name="code-watcher", daemon=True)
    watcher.start()
    try:
        yield changes
    finally:
        ended.set()
        watcher.join()


def folders_of(targets: Sequence[str]) -> list[Path]:
    """Return where the code of the targets (all installed apps, if there are none) and of Headrace itself lies."""
    names = targets or [entry.value.partition(":")[0] for entry in entry_points(group="headrace.apps")]
    folders = {Path(headrace.__file__).parent, *(_folder(name) for name in names)}
    return sorted(folder for folder in folders if folder.is_dir())


def _folder(target: str) -> Path:
    name = target.partition(":")[0]
    if name.endswith(".py"):
        return Path(name).resolve().parent
    spec = find_spec(name.partition(".")[0])
    origin = spec.origin if spec else None
    return Path(origin).parent if origin else Path.cwd()
