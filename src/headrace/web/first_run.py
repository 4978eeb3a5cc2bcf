"""What whoever starts the server is told: the set-up code while nobody has an account, and whom the network is let in as."""

from __future__ import annotations

import sys
from contextlib import suppress
from ipaddress import ip_address

from headrace.accounts import setup
from headrace.log import get_logger
from headrace.runtime import Runtime

log = get_logger(__name__)


async def tell_first_run(runtime: Runtime) -> None:
    """Show a new set-up code if there is no user, and warn of trusted networks, and of passwords that travel in clear."""
    settings = runtime.settings
    if settings.host != "localhost" and not ip_address(settings.host).is_loopback and not settings.trusted_proxies:
        log.warning("web.without_https", host=settings.host, mend="a proxy that ends TLS, and HEADRACE_TRUSTED_PROXIES")
    networks = runtime.settings.trusted_networks
    if networks:
        log.warning("trusted_networks.open", networks=[str(network) for network in networks], as_user="trusted")
    async with runtime.database.transaction() as conn:
        code = await setup.renew_code(conn, now=runtime.clock.now)
    if code is None:
        return
    address = runtime.settings.public_url or runtime.settings.address
    text = f"\nNobody has an account yet. Set up at {address}/setup with this code, good for an hour:\n\n    {code}\n\n"
    with suppress(OSError):  # the terminal may be gone; the log never holds the code
        sys.stdout.write(text)
        sys.stdout.flush()
