"""The rates of requests at the gate: who asks too often is told when to come again, and everybody how much is left."""

import math
from datetime import timedelta
from typing import cast

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.accounts.address import prefix
from headrace.accounts.principal import Kind, Principal
from headrace.accounts.rate import Allowance, Meter, RateLimited, Reading
from headrace.jobs.quota import Quotas
from headrace.settings import Settings


class Throttle:
    """The limits of an installation, and the process's meter of them."""

    def __init__(self, meter: Meter, settings: Settings) -> None:
        """Take the limits from the settings."""
        self._meter = meter
        self._known = Allowance.of(settings.rate_limit)
        self._anonymous = Allowance.of(settings.anonymous_rate_limit)

    async def take(self, principal: Principal, address: str | None) -> tuple[str, Allowance, Reading] | None:
        """Take a request from all allowances it falls under; return the scarcest, or the first that has none left.

        What this machine's command line asks is not limited.
        """
        scarcest = None
        for name, key, allowance in self._keys(principal, address):
            reading = await self._meter.take(key, allowance)
            if reading.wait:
                return name, allowance, reading
            if scarcest is None or reading.remaining < scarcest[2].remaining:
                scarcest = name, allowance, reading
        return scarcest

    def _keys(self, principal: Principal, address: str | None) -> list[tuple[str, str, Allowance]]:
        if principal.kind is Kind.LOCAL:
            return []
        if principal.user_id is None:
            known = self._known if principal.kind is Kind.TRUSTED else self._anonymous
            return [("address", f"address:{prefix(address)}", known)] if known else []
        if self._known is None:
            return []
        keys = [("user", f"user:{principal.user_id}", self._known)]
        return [*keys, ("key", f"key:{principal.credential_id}", self._known)] if principal.kind is Kind.KEY else keys


async def throttle(connection: HTTPConnection, principal: Principal) -> None:
    """Take a request from the allowances of who asks, once, however many gates it passes; raises `RateLimited`.

    Pages, files and the process's health are not counted.
    """
    state = connection.scope.setdefault("state", {})
    if "rate" in state or not connection.scope["path"].startswith("/api/"):
        return
    limits = cast("Throttle", connection.app.state.throttle)
    client = connection.scope.get("client")
    state["rate"] = None
    state["rate"] = found = await limits.take(principal, client[0] if client else None)
    if found is not None and found[2].wait:
        _, allowance, reading = found
        raise RateLimited(
            f"More requests came than {allowance.count:,} in {allowance.seconds} s; send them more slowly",
            retry_after=timedelta(seconds=reading.wait),
        )


async def stay_within_quota(connection: HTTPConnection, principal: Principal) -> None:
    """Let who asks submit one job more, once, however many gates it passes; raises `QuotaExceeded`.

    What makes jobs is a POST; to cancel them is none. What belongs to nobody has no quota.
    """
    state = connection.scope.setdefault("state", {})
    if principal.owner is None or connection.scope.get("method") != "POST" or "quota" in state:
        return
    state["quota"] = principal.owner
    await cast("Quotas", connection.app.state.quotas).admit(principal.owner)


def tell_rates(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: an answer says how much of the scarcest allowance is left (draft-ietf-httpapi-ratelimit-headers)."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("rate"):
                name, allowance, reading = state["rate"]
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"{name}";q={allowance.count};w={allowance.seconds}'
                headers["RateLimit"] = f'"{name}";r={reading.remaining};t={math.ceil(reading.reset)}'
            await send(message)

        await app(scope, receive, send_told)

    return wrapped
