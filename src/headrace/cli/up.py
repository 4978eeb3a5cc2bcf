"""`headrace up`: PostgreSQL, migrations, one web process and one worker, from one command until Ctrl-C."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from headrace.cli.child import Role
from headrace.cli.reload import folders_of, watched
from headrace.cli.signals import Signals
from headrace.cli.supervise import kept_alive, supervise
from headrace.db.embedded import EmbeddedServer
from headrace.db.server_lock import lock, make_data_folder
from headrace.errors import AlreadyRunning, DatabaseFailed, SettingsError
from headrace.setting_sources import PREFIX
from headrace.settings import Settings

KILL_AFTER_GRACE_SECONDS = 10.0
PORT_WAIT_SECONDS = 5.0
"""The processes of a supervisor that was killed stop by themselves; this long they may still hold the port."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run once there is a database: `migrate` to its end, then the `roles` for its URL, started in order."""

    migrate: Sequence[str]
    roles: Callable[[str], Sequence[Role]]
    watch: Sequence[Path] = ()
    """Folders of code: whenever it changes, the roles are started anew."""


def up(settings: Settings, targets: list[str], *, reload: bool = False) -> int:
    """Run Headrace on this machine until a signal stops it; return the exit code.

    Raises `AlreadyRunning` when a live supervisor has the data folder, `SettingsError` when the port is taken and
    `DatabaseFailed` when there is no PostgreSQL to be had.
    """
    return run(settings, _plan(targets, folders_of(targets) if reload else ()))


def run(settings: Settings, plan: Plan) -> int:
    """Do what `up` does with other programs."""
    data_dir = settings.data_dir.expanduser().resolve()
    with _held(data_dir, settings.address), Signals() as signals:
        _wait_for_port(settings, signals)
        if signals.is_stop_asked():
            return 0
        if settings.database_url is not None:
            return _run_on(settings.database_url.get_secret_value(), settings, plan, signals)
        return _run_embedded(EmbeddedServer(data_dir, tell=_say), settings, plan, signals)


def _plan(targets: list[str], watch: Sequence[Path] = ()) -> Plan:
    headrace = [sys.executable, "-m", "headrace"]

    def roles(url: str) -> list[Role]:
        def expire(worker_id: UUID) -> None:
            from headrace.worker.lease import expire_now

            expire_now(url, worker_id)

        web = Role("web", lambda _: [*headrace, "web", *targets])
        worker = Role("worker", lambda new: [*headrace, "worker", *targets, "--id", str(new)], expire)
        return [web, worker]

    return Plan([*headrace, "migrate", *targets], roles, watch)


def _run_embedded(server: EmbeddedServer, settings: Settings, plan: Plan, signals: Signals) -> int:
    try:
        server.start(give_up=signals.is_stop_asked)
    except DatabaseFailed:
        if not signals.is_stop_asked():
            raise
        server.stop(hurry=signals.is_hurry_asked)
        return 0
    try:
        with kept_alive(server, _say):
            return _run_on(server.url, settings, plan, signals)
    finally:
        server.stop(hurry=signals.is_hurry_asked)


def _run_on(url: str, settings: Settings, plan: Plan, signals: Signals) -> int:
    environment = {name: text for name, text in os.environ.items() if not name.startswith(f"{PREFIX}DATABASE_URL")}
    environment[f"{PREFIX}DATABASE_URL"] = url
    code = _migrate(plan.migrate, environment, signals)
    if code or signals.is_stop_asked():
        return code
    stopped = threading.Event()
    threading.Thread(target=_announce, args=(settings, stopped), daemon=True).start()
    try:
        grace = settings.stop_grace + KILL_AFTER_GRACE_SECONDS
        with watched(plan.watch) if plan.watch else nullcontext() as changes:
            supervise(plan.roles(url), environment, grace=grace, signals=signals, say=_say, changes=changes)
    finally:
        stopped.set()
    return 0


@contextmanager
def _held(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the data folder as its only supervisor; the kernel lets go of it when we die."""
    make_data_folder(data_dir)
    path = data_dir / "supervisor.lock"
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(lock(path))
        except BlockingIOError:
            pid, _, where = path.read_text("utf-8").strip().partition(" ")
            raise AlreadyRunning(
                f"Headrace is already running on {data_dir}: process {pid or 'unknown'}, {where or 'just starting'}. "
                "Stop it first, or choose another folder (HEADRACE_DATA_DIR) and port (HEADRACE_PORT)."
            ) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {address}\n".encode())
        yield


def _wait_for_port(settings: Settings, signals: Signals) -> None:
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while (error := _refusal(settings.host, settings.port)) is not None and not signals.is_stop_asked():
        if error.errno != errno.EADDRINUSE:
            raise SettingsError(f"HEADRACE_HOST, HEADRACE_PORT: can't listen at {settings.address}: {error.strerror}")
        if time.monotonic() > deadline:
            raise SettingsError(
                f"HEADRACE_PORT: another program listens at {settings.address}; stop it or choose another port"
            )
        signals.wait(0.2)


def _refusal(host: str, port: int) -> OSError | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def _migrate(command: Sequence[str], environment: dict[str, str], signals: Signals) -> int:
    """Run the migrations to their end; 1 when they fail, for what their process said is on the terminal already."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, start_new_session=True)
    told = False
    while process.poll() is None:
        if signals.is_hurry_asked():
            process.kill()
        elif signals.is_stop_asked() and not told:
            told = True
            process.terminate()
        signals.wait(0.5)
    return 1 if process.returncode != 0 and not signals.is_stop_asked() else 0


def _announce(settings: Settings, stopped: threading.Event) -> None:
    while not stopped.wait(0.2):
        if _is_ready(settings):
            with suppress(OSError):
                sys.stdout.write(f"\nHeadrace is ready at {settings.address} (Ctrl-C stops it)\n\n")
                sys.stdout.flush()
            return


def _is_ready(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.own_host, settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone; that is no reason to leave the children alone
        sys.stderr.write(f"headrace: {text}\n")
        sys.stderr.flush()
