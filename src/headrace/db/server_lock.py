"""The data folder and locks on its files, which the kernel releases when their holder dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from headrace.errors import SettingsError


def make_data_folder(path: Path) -> None:
    """Make the data folder unless it is there; `SettingsError` when it is not ours to write in."""
    # root's server runs under another account, which has to pass through; what is inside is closed to others
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        path.mkdir(mode, parents=True, exist_ok=True)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise SettingsError(
            f"HEADRACE_DATA_DIR: {path} can't be used ({error.strerror}); "
            "start Headrace as the user who owns it, or choose another folder."
        ) from None


@contextmanager
def lock(path: Path, *, wait: Callable[[], None] | None = None) -> Iterator[int]:
    """Hold the file `path` locked and yield its descriptor, which is not passed on to children.

    While another holds it (in this process or elsewhere), calls `wait` before every new try; without `wait` raises
    `BlockingIOError` at once.
    """
    descriptor = open_owned(path, os.O_RDWR)
    try:
        while not _lock(descriptor, or_raise=wait is None):
            if wait:
                wait()
        yield descriptor
    finally:
        os.close(descriptor)


def open_owned(path: Path, flags: int) -> int:
    """Open a file of the data folder, made when it is missing, for the folder's owner and nobody else.

    Root, started once with sudo in the folder of another user, leaves it usable for that user, and follows no link
    that the user put there.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def _lock(descriptor: int, *, or_raise: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if or_raise:
            raise
        return False
    return True
