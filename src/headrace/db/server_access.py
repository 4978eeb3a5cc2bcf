"""Who may reach the embedded PostgreSQL: one folder for its socket, one account through its door."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headrace.db.server_account import Account

ROLE = "headrace"
PORT = 5432
SOCKET_PATH_MAX_BYTES = 100
"""Kernels allow 103 to 107 bytes for the path of a socket; libpq and PostgreSQL have the same limit."""

_BY_HEADRACE = "# Written by Headrace at every start; changes are lost.\n"
_HBA = _BY_HEADRACE + f"local all {ROLE} peer map={ROLE}\n"
_PLAIN_PATH = re.compile(r"[\w/.@+~ -]+")


def write_access(pgdata: Path, user_name: str, server: Account) -> bool:
    """Let in the account `user_name` of this machine as the role `headrace`, and nobody else; say if that is new.

    `peer` authentication asks the kernel who is at the other end of the socket. Replaces what initdb (`trust`) or an
    administrator left in `pg_hba.conf` and `pg_ident.conf`.
    """
    quoted = user_name.replace('"', '""')
    ident = f'{_BY_HEADRACE}{ROLE} "{quoted}" {ROLE}\n'
    changed = [_replace(pgdata / "pg_hba.conf", _HBA, server), _replace(pgdata / "pg_ident.conf", ident, server)]
    return any(changed)


def socket_folder(data_dir: Path, server: Account) -> Path:
    """Return the folder for the socket, open to `server` alone: `run`, or one with a short path when that is too long.

    The short one is made with a random name (a name that can be guessed could be taken by somebody else) and noted in
    the data folder, so that every later start finds it again. The same way goes a path with a comma or a quote, which
    neither libpq nor PostgreSQL takes in a list of folders.
    """
    run = data_dir / "run"
    if is_usable(run):
        run.mkdir(mode=0o700, exist_ok=True)
        server.own(run)
        return run
    note = data_dir / "socket-folder"
    noted = Path(note.read_text("utf-8")) if note.exists() else None
    if noted and _is_ours(noted, server):
        return noted
    parent = next(folder for folder in ("/run", "/tmp") if os.access(folder, os.W_OK))  # noqa: S108 - mkdtemp below
    folder = Path(tempfile.mkdtemp(prefix="headrace-", dir=parent))
    server.own(folder)
    note.write_text(str(folder), "utf-8")
    return folder


def is_usable(folder: Path) -> bool:
    """Whether a socket in this folder has a path that PostgreSQL, libpq and the kernel all take."""
    socket = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(socket) <= SOCKET_PATH_MAX_BYTES and _PLAIN_PATH.fullmatch(str(folder)) is not None


def _is_ours(folder: Path, server: Account) -> bool:
    """Whether the folder is private to `server`; one that was cleaned away is made again, for clients know its name."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        return found.st_mode == 0o040700 and found.st_uid == server.uid
    except OSError:
        return False
    server.own(folder)
    return True


def _replace(path: Path, text: str, server: Account) -> bool:
    if path.exists() and path.read_text("utf-8") == text:
        return False
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    # the folder belongs to the server's account: root must not follow what that account may have put there
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    server.own(fresh)
    fresh.replace(path)
    return True
