"""Which installation a database belongs to: processes of another key or environment must not work on it."""

from __future__ import annotations

from contextlib import closing

import psycopg

from headrace.db.connect import Database, conninfo
from headrace.errors import SettingsError
from headrace.keyring import Keyring
from headrace.settings import Environment

_PURPOSE = "installation"
_MESSAGE = b"whose database this is"


async def confirm(database: Database, keyring: Keyring, environment: Environment = Environment.DEVELOPMENT) -> None:
    """Check that this process has the installation's secret key and environment; the first of all leaves its own.

    A key that is new here takes over where one of `HEADRACE_OLD_SECRET_KEYS` made the mark. Raises `SettingsError`.
    """
    ours = keyring.mac(_PURPOSE, _MESSAGE)
    async with database.transaction() as conn:
        await conn.execute(
            "INSERT INTO headrace.installation (key_mark) VALUES (%s) ON CONFLICT (single) DO NOTHING", (ours,)
        )
        cursor = await conn.execute("SELECT key_mark, environment FROM headrace.installation FOR UPDATE")
        row = await cursor.fetchone()
        assert row is not None
        if not keyring.verify(_PURPOSE, _MESSAGE, row[0]):
            raise SettingsError(
                "HEADRACE_SECRET_KEY (or the file secret.key in the data folder) is not the key this database was set up "
                "with. Give every process the same key; to change it, put the earlier one in HEADRACE_OLD_SECRET_KEYS"
            )
        _compare(row[1], environment)
        await conn.execute(
            "UPDATE headrace.installation SET key_mark = %s, environment = %s "
            "WHERE key_mark <> %s OR environment IS NULL",
            (ours, environment, ours),
        )


def refuse_other(url: str, environment: Environment) -> None:
    """Raise `SettingsError` if the database is another environment's; one that is empty yet is nobody's."""
    try:
        with closing(psycopg.connect(conninfo(url), autocommit=True)) as conn:
            row = conn.execute("SELECT environment FROM headrace.installation").fetchone()
    except psycopg.Error:  # no such table yet; if it can't be reached, the migration says why
        return
    _compare(row[0] if row else None, environment)


def _compare(known: str | None, environment: Environment) -> None:
    if known not in {None, environment}:
        raise SettingsError(
            f"HEADRACE_ENVIRONMENT is {environment}, but this database is {known}'s; is HEADRACE_DATABASE_URL the right one?"
        )
