"""The keeper: a thread that holds the worker's lease and watches its event loop, whatever the jobs' code does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import psycopg

from headrace.clock import Clock
from headrace.db.connect import conninfo
from headrace.db.patience import BoundedSyncConnection
from headrace.db.query import query
from headrace.jobs.finish import release_sync
from headrace.jobs.job import Lease
from headrace.log import get_logger
from headrace.worker.lease import LEASE, RENEW_EVERY, give_up, renew
from headrace.worker.slots import Slots

log = get_logger(__name__)

LOOP_SILENCE_MAX = 60.0
OVERDUE_MAX = 30.0
OVERSLEPT = 5.0
# A loop that is to stop and has not turned for so long will not stop by itself.
DEAF_AFTER = 5.0
STRANGER_AGE = 20.0
STUCK = 70
# Half of what is left of a lease when its renewal is due, so that there is time for another try.
PATIENCE = 8.0


class Keeper(threading.Thread):
    """Renews the lease every 10 s on its own connection; calls `on_dead` if the worker was declared dead."""

    def __init__(
        self,
        url: str,
        worker: UUID,
        slots: Slots,
        *,
        clock: Clock,
        on_dead: Callable[[], None],
        is_stop_late: Callable[[], bool] = lambda: False,
    ) -> None:
        """Watch over the runs in `slots`, and over the stop, which is late when its grace is over."""
        super().__init__(name="headrace-keeper", daemon=True)
        self._url = url
        self._worker = worker
        self._slots = slots
        self._clock = clock
        self._on_dead = on_dead
        self._is_stop_late = is_stop_late
        self._ended = threading.Event()
        self._turned = time.monotonic()
        self._conn: BoundedSyncConnection | None = None

    def loop_turned(self) -> None:
        """Note that the event loop is alive (call it every second from the loop)."""
        self._turned = time.monotonic()

    def end(self) -> None:
        """Stop renewing."""
        self._ended.set()

    def run(self) -> None:
        """Renew until ended or declared dead."""
        rest = 0.0  # at once: when the server takes no more connections, it has its own
        while not self._rest(rest):
            try:
                if not self._renew():
                    self._on_dead()
                    break
                rest = RENEW_EVERY
            except psycopg.Error as error:
                log.warning("lease.not_renewed", error=str(error).strip())
                self._disconnect()
                rest = 1.0
        self._disconnect()

    def _rest(self, seconds: float) -> bool:
        """Wait, then look after the loop; true if ended.

        When the wait took far too long, the whole process was stopped (SIGSTOP, a sleeping machine) and nobody is late.
        """
        began = time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            if self._ended.wait(min(left, 1.0)):
                return True
            if self._is_stop_late() and time.monotonic() - self._turned > DEAF_AFTER:
                self._stop_for_loop()
        if time.monotonic() - began < seconds + OVERSLEPT:
            self._watch()
        return self._ended.is_set()

    def _renew(self) -> bool:
        conn = self._connect()
        if not renew(conn, self._worker, running=len(self._slots), now=self._clock.now):
            log.error("lease.lost", worker=str(self._worker))
            return False
        self._release_strangers(conn)
        return True

    def _release_strangers(self, conn: psycopg.Connection) -> None:
        if self._slots.is_claiming:
            return
        params = {"id": self._worker, "age": STRANGER_AGE, "now": self._clock.now}
        running = {Lease(*row) for row in conn.execute(query(__package__, "find_strangers"), params).fetchall()}
        strangers = running - self._slots.leases()
        if strangers and not self._slots.is_claiming:
            log.warning("claim.strangers", jobs=[str(lease.job_id) for lease in strangers])
            release_sync(conn, strangers, now=self._clock.now)

    def _watch(self) -> None:
        """End the process if its loop stands still, or a run goes on long after it should have ended."""
        now = time.monotonic()
        silence = now - self._turned
        overdue = self._slots.overdue(now - OVERDUE_MAX)
        if silence > LOOP_SILENCE_MAX:
            log.critical("worker.stuck", silent=round(silence), running=self._slots.names())
            os._exit(STUCK)
        if overdue:
            log.critical("worker.overdue", overdue=overdue, running=self._slots.names())
            os._exit(STUCK)

    def _stop_for_loop(self) -> None:
        """Do what the loop does at the end of a stop, and end the process; without a database, try again in a second."""
        log.critical("worker.deaf", silent=round(time.monotonic() - self._turned), running=self._slots.names())
        try:
            give_up(self._connect(), self._worker, now=self._clock.now)
        except psycopg.Error as error:
            log.warning("database.away", error=str(error).strip())
            self._disconnect()
        else:
            os._exit(0)

    def _connect(self) -> psycopg.Connection:
        if self._conn is None:
            self._conn = BoundedSyncConnection.connect(conninfo(self._url, "headrace keeper"), autocommit=True)
            self._conn.patience = PATIENCE
            self._conn.execute("SELECT set_config('statement_timeout', '6s', false)")
        return self._conn

    def _disconnect(self) -> None:
        if self._conn is not None:
            with suppress(psycopg.Error):
                self._conn.close()
            self._conn = None


assert RENEW_EVERY * 2 < LEASE
