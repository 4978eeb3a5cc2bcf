"""Being there: before somebody's own account is changed, they show again who they are, and not just an open browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from headrace.accounts import guessing
from headrace.accounts.password import check_password
from headrace.accounts.proof import Doorstep
from headrace.accounts.user import email_key
from headrace.db.query import query
from headrace.errors import Forbidden

RECENT = timedelta(minutes=10)


class PasswordWrong(Forbidden):
    """The password that was to confirm an act is not the account's."""

    code = "password_wrong"


class SignInAgain(Forbidden):
    """The account has no password, and its session is too old to do without."""

    code = "sign_in_again"


@dataclass(frozen=True, slots=True)
class Present:
    """A user who has shown to be there."""

    id: UUID
    email: str


async def confirm_presence(at: Doorstep, user_id: UUID, session_id: UUID, password: str | None) -> Present:
    """Check the password of a user, or, of one who has none and signs in elsewhere, that they did so minutes ago.

    Raises `PasswordWrong`, `SignInAgain`, or `TooManyAttempts`.
    """
    params = {"user": user_id, "session": session_id, "recent": RECENT, "now": at.now}
    async with at.database.connection() as conn:
        row = await (await conn.execute(query(__package__, "find_presence"), params)).fetchone()
    if row is None:
        raise SignInAgain("The session has ended; sign in again")
    email, stored, is_recent = row
    if stored is None:
        if not is_recent:
            raise SignInAgain("Sign in again first; your sign-in is more than ten minutes ago")
        return Present(user_id, email)
    account, address = email_key(email), at.origin.address
    await guessing.admit(at.database, at.keyring, account=account, address=address, now=at.now)
    if not (await check_password(stored, password or "")).fits:
        raise PasswordWrong("That is not your password")
    await guessing.forgive(at.database, at.keyring, account=account, address=address, now=at.now)
    return Present(user_id, email)
