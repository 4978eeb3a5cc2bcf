"""What the audit log keeps at a coarse grain: refusals, and the use of keys and of trusted networks, once a minute each."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from headrace.accounts import audit
from headrace.accounts.principal import Kind, Principal
from headrace.accounts.session import Origin
from headrace.clock import Clock
from headrace.db.connect import BROKEN, Database

PAUSE = 60.0
KEPT_MAX = 10_000
_USES = {Kind.KEY: "key.used", Kind.TRUSTED: "trusted_network.used"}


class Witness:
    """One process's memory of what it has entered within the last minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Write to this database."""
        self._database = database
        self._clock = clock
        self._entered: dict[Hashable, float] = {}

    async def saw_use(self, principal: Principal, origin: Callable[[], Origin]) -> None:
        """Enter that a key or a trusted network was used."""
        action = _USES.get(principal.kind)
        if action is not None:
            target = f"key:{principal.credential_id}" if principal.kind is Kind.KEY else f"address:{origin().address}"
            await self._enter(principal, action, target, origin)

    async def saw_refusal(self, principal: Principal, what: str, origin: Callable[[], Origin]) -> None:
        """Enter that somebody known was refused."""
        if not principal.is_anonymous:
            await self._enter(principal, "request.refused", what, origin)

    async def _enter(self, principal: Principal, action: str, target: str, origin: Callable[[], Origin]) -> None:
        about = (principal.identity, principal.credential_id, action, target)
        moment = time.monotonic()
        if moment - self._entered.get(about, -PAUSE) < PAUSE:
            return
        if len(self._entered) >= KEPT_MAX:
            self._entered.clear()
        self._entered[about] = moment
        entry = audit.Entry(actor=principal, action=action, target=target, origin=origin())
        try:
            async with self._database.transaction() as conn:
                await audit.note(conn, entry, now=self._clock.now)
        except BROKEN:  # the next one is entered
            self._entered.pop(about, None)
