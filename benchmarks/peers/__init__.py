"""Peers: other queues, installed into an environment of their own by `make bench-peers`."""

from __future__ import annotations

from benchmarks.contestant import Contestant
from benchmarks.stage import Stage


def installed(_stage: Stage) -> list[Contestant]:
    """Return the peers that can be run here."""
    return []


def celery_route(_stage: Stage) -> list[tuple[Contestant, tuple[str, ...]]]:
    """Return the route that FastAPI, Celery and Redis make together, if they are installed."""
    return []
