"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import Conflict, InvalidInput, Unreadable
from headrace.keyring import Keyring
from headrace.log import get_logger

log = get_logger(__name__)

STEP_SECONDS = 30
DRIFT_STEPS = 1
DIGITS = 6
SEED_BYTES = 20
RECOVERY_CODES = 10
CODE_MAX = 64
ISSUER = "Headrace"

_PURPOSE = "second factor"
_CODE_BYTES = 15  # 120 bits, so that a plain hash keeps them (OWASP ASVS 5, 6.5.2)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is set up with: an address, which it also reads off a QR code, or the seed typed in."""

    seed: str
    address: str

    @property
    def qr_code(self) -> str:
        """The address as an image, in a `data:` URL."""
        import segno

        return str(segno.make(self.address, error="m").svg_data_uri(scale=5, border=2))


@dataclass(frozen=True, slots=True)
class Status:
    """Whether somebody has a second factor, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    recovery_codes: int


async def status(conn: Connection, user_id: UUID) -> Status:
    """Return how a user's second factor stands."""
    row = await (await conn.execute(query(__package__, "show_second_factor"), {"user": user_id})).fetchone()
    return Status(*row) if row else Status(is_on=False, since=None, recovery_codes=0)


async def enrol(
    conn: Connection, keyring: Keyring, user_id: UUID, *, email: str, now: datetime | None = None
) -> Enrolment:
    """Make a seed, which counts only once a code of it was confirmed; raises `Conflict` if there is one that counts."""
    import pyotp

    seed = b32encode(secrets.token_bytes(SEED_BYTES)).decode()
    params = {"user": user_id, "sealed": keyring.seal(_PURPOSE, seed.encode(), bound_to=str(user_id)), "now": now}
    if not (await conn.execute(query(__package__, "enrol_second_factor"), params)).rowcount:
        raise Conflict("There is a second factor already; remove that one first")
    return Enrolment(seed, pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name=ISSUER))


async def confirm(
    conn: Connection, keyring: Keyring, user_id: UUID, code: str, *, now: datetime | None = None
) -> list[str]:
    """Let the seed count, shown a code of it, and return the recovery codes, which are shown this once.

    Raises `Conflict` if there is no seed that waits for it, `InvalidInput` (`code_wrong`) for another code.
    """
    if not await _check_totp(conn, keyring, user_id, code, is_confirmed=False, now=now):
        row = await (await conn.execute(query(__package__, "show_second_factor"), {"user": user_id})).fetchone()
        if row is None or row[0]:
            raise Conflict("No second factor waits to be confirmed; begin anew")
        raise wrong_code()
    await conn.execute(query(__package__, "confirm_second_factor"), {"user": user_id, "now": now})
    return await renew_recovery_codes(conn, user_id)


async def check(conn: Connection, keyring: Keyring, user_id: UUID, code: str, *, now: datetime | None = None) -> bool:
    """Whether a code proves a user: one of the app that was not used before, or a recovery code, which is used up."""
    given = code.replace(" ", "").replace("-", "").upper()
    if len(given) == DIGITS and given.isdecimal():
        return await _check_totp(conn, keyring, user_id, given, is_confirmed=True, now=now)
    used = await conn.execute(
        "DELETE FROM headrace.recovery_codes WHERE user_id = %s AND code_hash = %s", (user_id, _hash(given))
    )
    return used.rowcount == 1


async def renew_recovery_codes(conn: Connection, user_id: UUID) -> list[str]:
    """Make new recovery codes in place of those there were."""
    codes = [_grouped(b32encode(secrets.token_bytes(_CODE_BYTES)).decode()) for _ in range(RECOVERY_CODES)]
    hashes = [_hash(code.replace("-", "")) for code in codes]
    await conn.execute(query(__package__, "renew_recovery_codes"), {"user": user_id, "hashes": hashes})
    return codes


async def remove(conn: Connection, user_id: UUID) -> bool:
    """Let a user sign in without a second factor; false if there was none."""
    removed = await conn.execute("DELETE FROM headrace.second_factors WHERE user_id = %s", (user_id,))
    return removed.rowcount == 1


def wrong_code() -> InvalidInput:
    """Return the error that tells of a code that did not fit."""
    error = InvalidInput("The code is wrong or was used already; wait for the next one", pointer="/code")
    error.code = "code_wrong"
    return error


async def reseal(conn: Connection, keyring: Keyring) -> int:
    """Seal every seed that an older secret sealed with the present one; return how many."""
    cursor = await conn.execute(query(__package__, "list_foreign_seals"), {"ours": f"{keyring.key_id}."})
    done = 0
    for user_id, sealed in await cursor.fetchall():
        try:
            seed = keyring.unseal(_PURPOSE, sealed, bound_to=str(user_id))
        except Unreadable as error:
            log.warning("second_factor.unreadable", user_id=str(user_id), problem=str(error))
            continue
        renewed = keyring.seal(_PURPOSE, seed, bound_to=str(user_id))
        cursor = await conn.execute(
            "UPDATE headrace.second_factors SET sealed = %s WHERE user_id = %s AND sealed = %s",
            (renewed, user_id, sealed),
        )
        done += cursor.rowcount
    return done


async def _check_totp(
    conn: Connection, keyring: Keyring, user_id: UUID, code: str, *, is_confirmed: bool, now: datetime | None
) -> bool:
    import pyotp

    params = {"user": user_id, "is_confirmed": is_confirmed, "now": now}
    row = await (await conn.execute(query(__package__, "lock_second_factor"), params)).fetchone()
    if row is None:
        return False
    sealed, last_step, moment = row
    app = pyotp.TOTP(keyring.unseal(_PURPOSE, sealed, bound_to=str(user_id)).decode(), interval=STEP_SECONDS)
    present = int(moment.astimezone(UTC).timestamp()) // STEP_SECONDS
    steps = range(max(last_step + 1, present - DRIFT_STEPS), present + DRIFT_STEPS + 1)
    fitting = [step for step in steps if hmac.compare_digest(app.generate_otp(step).encode(), code.encode())]
    if not fitting:
        return False
    await conn.execute("UPDATE headrace.second_factors SET last_step = %s WHERE user_id = %s", (fitting[0], user_id))
    return True


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
