"""Structured logs on standard error: events with fields, JSON for machines, coloured text on a terminal."""

from __future__ import annotations

import logging
import sys

from headrace.log import structlog
from headrace.observe.scrubbing import scrub_event
from headrace.settings import Environment, Settings


def configure(settings: Settings, *, process: str) -> None:
    """Set the log up for this process; every line carries its role (`web`, `worker` …)."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            scrub_event,
            structlog.dev.ConsoleRenderer(colors=True) if as_text else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    if settings.environment is not Environment.DEVELOPMENT:
        structlog.contextvars.bind_contextvars(environment=str(settings.environment))
    # psycopg's pool warns of every connection it loses; what follows from it is logged where it matters
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
