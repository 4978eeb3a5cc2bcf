"""Passwords: which are taken, how they are kept (Argon2id), and how one is checked at the same cost for an unknown user."""

from __future__ import annotations

import asyncio
import lzma
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from headrace.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LENGTH_MIN = 8
LENGTH_MAX = 1_024
# OWASP's Password Storage Cheat Sheet: the second of five settings of equal strength; 19 MiB and ~30 ms a hash.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
AT_ONCE = 2  # so that logins take at most two threads and 38 MiB

_TAIL = re.compile(r"[\d\W_]{1,4}$")  # what people add to a common word
_OWN_NAME_MIN = 4

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a password fits; if so, `rehashed` is what to store where the stored hash has older settings."""

    fits: bool
    rehashed: str | None = None


async def refuse_weak(password: str, *, email: str = "") -> None:
    """Raise `InvalidInput` (`password_weak`) for a password that is too short, too long, common, or the user's own name.

    Nothing is asked of its characters (OWASP ASVS 5, 6.2.5).
    """
    reason = await asyncio.to_thread(_weakness, password, email)
    if reason:
        error = InvalidInput(reason, pointer="/password")
        error.code = "password_weak"
        raise error


async def hash_password(password: str) -> str:
    """Return what to store of a password: Argon2id with its settings and salt, as one text."""
    async with _turn():
        return await asyncio.to_thread(_hasher().hash, _bytes(password))


async def check_password(stored: str | None, password: str) -> Check:
    """Tell whether a password is the stored one; with None stored (no such user, no password) it takes as long to say no."""
    if len(password) > LENGTH_MAX:
        return Check(fits=False)
    async with _turn():
        return await asyncio.to_thread(_check, stored, _bytes(password))


def _check(stored: str | None, password: bytes) -> Check:
    from argon2.exceptions import InvalidHashError, VerificationError

    hasher = _hasher()
    try:
        hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return Check(fits=False)
    if stored is None:
        return Check(fits=False)
    return Check(fits=True, rehashed=hasher.hash(password) if hasher.check_needs_rehash(stored) else None)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody's password")


def _bytes(password: str) -> bytes:
    """Return one form of each text, however its accents were typed (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def _weakness(password: str, email: str) -> str | None:
    if len(password) < LENGTH_MIN:
        return f"The password has {len(password)} characters; use {LENGTH_MIN} or more, 15 are better"
    if len(password) > LENGTH_MAX:
        return f"The password has more than {LENGTH_MAX:,} characters; use a shorter one"
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(set(text)) < LENGTH_MIN // 2 or _is_common(text):
        return (
            "The password is one of those that are guessed first; use several words, or one made by a password manager"
        )
    name = email.casefold().partition("@")[0]
    if text == email.casefold() or (len(name) >= _OWN_NAME_MIN and _TAIL.sub("", text) == name):
        return "The password is the e-mail address or its name; use another one"
    return None


def _is_common(text: str) -> bool:
    # unpacked when asked, since held as a set it would take 4 MiB of every web process for a rare question
    words = lzma.decompress(files("headrace.accounts").joinpath("common_passwords.txt.xz").read_bytes())
    return any(f"\n{word}\n".encode("utf-8", "surrogatepass") in words for word in {text, _TAIL.sub("", text)})
