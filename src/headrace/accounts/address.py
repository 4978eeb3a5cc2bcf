"""Addresses of the network: one form for each, and the part that stands for one customer."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

UNKNOWN = "unknown"


@lru_cache(maxsize=4_096)
def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, an IPv4 one that IPv6 carries as itself; `None` if it is none."""
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=4_096)
def prefix(text: str | None) -> str:
    """Return what limits count by: an IPv4 address, or the /64 of an IPv6 one, since a customer has at least that."""
    found = parse_address(text or "")
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found) if found else UNKNOWN
