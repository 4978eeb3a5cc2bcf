"""Where a demonstration must not be made: in production, and beside the jobs of people."""

from __future__ import annotations

from contextlib import closing

import psycopg

from headrace.db.connect import conninfo
from headrace.errors import Conflict, SettingsError
from headrace.settings import Environment


def refuse_production(environment: Environment) -> None:
    """Raise `SettingsError` where people work in earnest."""
    if environment is Environment.PRODUCTION:
        raise SettingsError(
            "headrace demo invents people and jobs, and HEADRACE_ENVIRONMENT is production; use another database"
        )


def refuse_jobs(url: str) -> None:
    """Raise `Conflict` if the database has jobs."""
    with closing(psycopg.connect(conninfo(url, "headrace demo"), autocommit=True)) as conn:
        if conn.execute("SELECT FROM headrace.jobs LIMIT 1").rowcount:
            raise Conflict("This database has jobs already; say --yes to put the demonstration's beside them")
