"""The account of this machine that the embedded PostgreSQL runs under; it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from headrace.db.server_acl import grant_search
from headrace.errors import DatabaseFailed

NAME = "headrace"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine; `switch` says that a process has to change to it (we are root, it is not)."""

    name: str
    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, folder: Path) -> None:
        """Give a folder and all in it to this account."""
        self.own(folder)
        for parent, folders, files in os.walk(folder):
            for name in folders + files:
                self.own(Path(parent, name))

    def start(self, command: Sequence[str], log: int, extra: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program as this account in a session of its own, with an almost empty environment.

        Secrets in our environment are none of its business, and `PG…` variables would change what PostgreSQL does.
        Output goes to the file descriptor `log`.
        """
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", **(extra or {})},
            start_new_session=True,
            umask=0o077,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )


def current_user() -> str:
    """Return the name of the account that runs this process; PostgreSQL can't work for a uid that has none."""
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise DatabaseFailed(
            f"The user id {uid} has no account on this machine, and PostgreSQL refuses such a user. "
            "Add it to /etc/passwd, run as another user, or set HEADRACE_DATABASE_URL to a server of your own."
        ) from None


def account_for(pgdata: Path) -> Account:
    """Return the account that the server of this folder runs under.

    An ordinary user runs it as itself. For root it is the owner of an existing `pgdata`, so that a folder started once
    with sudo still opens for its user afterwards; else the system account `headrace`, made when it is missing.
    """
    if os.geteuid() != 0:
        _refuse_foreign(pgdata)
        return _as_account(pwd.getpwnam(current_user()), switch=False)
    owner = _owner(pgdata)
    return _as_account(owner or _system_account(), switch=True)


def open_way(account: Account, *targets: Path) -> None:
    """Let `account` pass through the parents of `targets`, of which some (`/root`) are closed to all but their owner.

    Each closed parent gets an access control entry for this one account with the right to search alone: it can go
    through to what it owns, and neither list nor read the folder. Nothing changes for anybody else.
    """
    if not account.switch:
        return
    for folder in sorted({parent for target in targets for parent in target.parents}):
        found = folder.stat()
        if not found.st_mode & 0o001 and found.st_uid != account.uid:
            _grant(folder, account)


def _grant(folder: Path, account: Account) -> None:
    try:
        grant_search(folder, account.uid)
    except OSError as error:
        raise DatabaseFailed(
            f"PostgreSQL can't run as root, and the account {account.name} can't pass through {folder}, nor be let "
            f"through ({error.strerror}). Allow it with chmod o+x {folder}, move the project and its data folder "
            "(HEADRACE_DATA_DIR) elsewhere, or start Headrace as an ordinary user."
        ) from None


def _refuse_foreign(pgdata: Path) -> None:
    try:
        owner = pgdata.stat().st_uid
    except FileNotFoundError:
        return
    except PermissionError:
        owner = None
    if owner != os.geteuid():
        raise DatabaseFailed(
            f"{pgdata} belongs to another user; start Headrace as that user (or root), "
            "or choose another folder with HEADRACE_DATA_DIR."
        )


def _owner(pgdata: Path) -> pwd.struct_passwd | None:
    try:
        uid = pgdata.stat().st_uid
        return pwd.getpwuid(uid) if uid else None
    except (FileNotFoundError, KeyError):
        return None  # new, or brought here from a machine with other accounts


def _as_account(entry: pwd.struct_passwd, *, switch: bool) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch)


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        _make_system_account()
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise DatabaseFailed(
            f"PostgreSQL can't run as root, and a system account {NAME} could not be made for it. Make one "
            f"(useradd --system {NAME}), start Headrace as an ordinary user, or set HEADRACE_DATABASE_URL."
        ) from None


def _make_system_account() -> None:
    useradd = shutil.which("useradd", path=f"/usr/sbin:/sbin:{os.environ.get('PATH', os.defpath)}")
    if useradd:  # two starters may race: whoever comes second finds the account there
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True)
