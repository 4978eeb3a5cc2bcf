"""Who does something, from where and when: what the audit log keeps of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends

from headrace.accounts import audit
from headrace.accounts.principal import Principal
from headrace.accounts.session import Origin
from headrace.db.connect import Connection
from headrace.web.gate import CurrentOrigin, CurrentPrincipal
from headrace.web.runtime import CurrentRuntime


@dataclass(frozen=True, slots=True)
class Act:
    """A request that does something worth keeping: `now` is the moved clock's time, or None for the database's."""

    actor: Principal
    origin: Origin
    now: datetime | None

    async def note(self, conn: Connection, action: str, target: str, **details: object) -> None:
        """Enter it in the audit log, in the transaction of the act; secrets have no place in `details`."""
        entry = audit.Entry(actor=self.actor, action=action, target=target, origin=self.origin, details=details)
        await audit.note(conn, entry, now=self.now)


async def act_of(runtime: CurrentRuntime, principal: CurrentPrincipal, origin: CurrentOrigin) -> Act:
    """Return what is known of the request's act."""
    return Act(principal, origin, runtime.clock.now)


CurrentAct = Annotated[Act, Depends(act_of)]
