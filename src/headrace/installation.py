"""Which installation a database belongs to: processes with another secret key must not work on it."""

from __future__ import annotations

from headrace.db.connect import Database
from headrace.errors import SettingsError
from headrace.keyring import Keyring

_PURPOSE = "installation"
_MESSAGE = b"whose database this is"


async def confirm(database: Database, keyring: Keyring) -> None:
    """Check that this process has the installation's secret key; the first process of all leaves the mark of its own.

    A key that is new here takes over where one of `HEADRACE_OLD_SECRET_KEYS` made the mark. Raises `SettingsError`.
    """
    ours = keyring.mac(_PURPOSE, _MESSAGE)
    async with database.transaction() as conn:
        await conn.execute(
            "INSERT INTO headrace.installation (key_mark) VALUES (%s) ON CONFLICT (single) DO NOTHING", (ours,)
        )
        cursor = await conn.execute("SELECT key_mark FROM headrace.installation FOR UPDATE")
        row = await cursor.fetchone()
        assert row is not None
        if not keyring.verify(_PURPOSE, _MESSAGE, row[0]):
            raise SettingsError(
                "HEADRACE_SECRET_KEY (or the file secret.key in the data folder) is not the key this database was set up "
                "with. Give every process the same key; to change it, put the earlier one in HEADRACE_OLD_SECRET_KEYS"
            )
        await conn.execute("UPDATE headrace.installation SET key_mark = %s WHERE key_mark <> %s", (ours, ours))
