"""The installation's secret key: codes that prove a text is ours, and values that only we can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from headrace.errors import SettingsError, Unreadable
from headrace.log import get_logger
from headrace.settings import Environment, Settings

log = get_logger(__name__)

FILE = "secret.key"
KEY_CHARS_MIN = 32
_NONCE_BYTES = 12  # AES-GCM's own size (NIST SP 800-38D); random, at most 2^32 values sealed by one key


class Keyring:
    """A key that signs and seals, and further ones that are believed: older ones, or the next.

    Every purpose has a key of its own, derived from the secret by HMAC-SHA256 (RFC 5869, one block of HKDF-Expand).
    """

    def __init__(self, secret: str, older: tuple[str, ...] = ()) -> None:
        """Take secrets of at least 32 characters, the one in use first; `SettingsError` otherwise."""
        for known in (secret, *older):
            if len(known) < KEY_CHARS_MIN:
                raise SettingsError(
                    f"HEADRACE_SECRET_KEY and HEADRACE_OLD_SECRET_KEYS need at least {KEY_CHARS_MIN} characters each; make "
                    'one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
                )
        self._secrets = tuple(known.encode() for known in (secret, *older))

    @classmethod
    def of(cls, settings: Settings) -> Keyring:
        """Return the keys that are set, else the one in the data folder, which is made at the first use.

        Outside of development it has to be set; `SettingsError` otherwise.
        """
        if settings.secret_key is None and settings.environment is not Environment.DEVELOPMENT:
            raise SettingsError(
                f"HEADRACE_SECRET_KEY is not set, and {settings.environment} does not make one by itself; make one with: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        older = settings.old_secret_keys.get_secret_value() if settings.old_secret_keys else ""
        secret = settings.secret_key.get_secret_value() if settings.secret_key else _from_file(settings.data_dir / FILE)
        return cls(secret, tuple(key.strip() for key in older.split(",") if key.strip()))

    @cached_property
    def key_id(self) -> str:
        """Which key is in use: 8 hexadecimal digits that tell nothing of it."""
        return self._ids[0]

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return 32 bytes that nobody can make who hasn't the secret (HMAC-SHA256)."""
        return _code(_derive(self._secrets[0], purpose), message)

    def verify(self, purpose: str, message: bytes, mac: bytes) -> bool:
        """Whether `mac` was made of the message for the purpose, by any of the keys; takes the same time if not."""
        fits = [hmac.compare_digest(_code(_derive(secret, purpose), message), mac) for secret in self._secrets]
        return any(fits)

    def derived(self, purpose: str) -> dict[str, bytes]:
        """Return the purpose's own key (32 bytes) by the id of the secret it comes of, that of the one in use first."""
        return {key_id: _derive(secret, purpose) for key_id, secret in zip(self._ids, self._secrets, strict=True)}

    def seal(self, purpose: str, plaintext: bytes, *, bound_to: str) -> str:
        """Encrypt (AES-256-GCM) so that only the same purpose and `bound_to` (a row's id) open it again."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(_derive(self._secrets[0], purpose)).encrypt(nonce, plaintext, bound_to.encode())
        return f"{self.key_id}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, purpose: str, sealed: str, *, bound_to: str) -> bytes:
        """Decrypt what `seal` made; raises `Unreadable` if its key is gone or the text was changed or moved."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, _, body = sealed.partition(".")
        secret = dict(zip(self._ids, self._secrets, strict=True)).get(key_id)
        if secret is None:
            raise Unreadable(
                f"A stored {purpose} was encrypted with the secret key {key_id}, which is neither HEADRACE_SECRET_KEY nor "
                "one of HEADRACE_OLD_SECRET_KEYS; add that key, or enter the value again"
            )
        try:
            raw = urlsafe_b64decode(body)
            return AESGCM(_derive(secret, purpose)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise Unreadable(f"A stored {purpose} is damaged or was moved to another row; enter it again") from None

    def needs_new_seal(self, sealed: str) -> bool:
        """Whether a value was sealed by an older key."""
        return sealed.partition(".")[0] != self.key_id

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(_derive(secret, "key id").hex()[:8] for secret in self._secrets)


def _derive(secret: bytes, purpose: str) -> bytes:
    return _code(secret, b"headrace " + purpose.encode() + b"\x01")


def _code(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _from_file(path: Path) -> str:
    try:
        if not path.exists():
            _make(path)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"The secret key can't be kept in {path}: {error.strerror}; set HEADRACE_SECRET_KEY"
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    try:
        with suppress(FileExistsError):  # another process was first; its key counts
            os.link(made, path)  # whole or not at all
            log.info("secret_key.made", file=str(path))
    finally:
        made.unlink()
