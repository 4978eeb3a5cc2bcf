"""The addresses that callbacks are sent to: a number, and a code for it that only the secret key makes."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from headrace.errors import Unreadable
from headrace.keyring import Keyring

_PURPOSE = "callback address"
_NUMBER_BYTES = 16


class Addresses:
    """Makes the URLs of callbacks, and knows them again; an older key's are still believed."""

    def __init__(self, keyring: Keyring, base: str) -> None:
        """Put the URLs under `base`, where others reach the web server."""
        self._keyring = keyring
        self._base = base.rstrip("/")

    def url(self, number: UUID, sealed: str | None = None) -> tuple[str, str]:
        """Return the URL of an address, and the same sealed, for a row.

        Given what was sealed before it is that URL, whatever key and base are in use by now: code may have passed it on.
        """
        if sealed is not None:
            try:
                return self._keyring.unseal(_PURPOSE, sealed, bound_to=str(number)).decode(), sealed
            except Unreadable:  # its key is gone, and with it the old URL
                pass
        code = number.bytes + self._keyring.mac(_PURPOSE, number.bytes)
        url = f"{self._base}/api/v1/callbacks/{urlsafe_b64encode(code).decode()}"
        return url, self._keyring.seal(_PURPOSE, url.encode(), bound_to=str(number))

    def number_of(self, token: str) -> UUID | None:
        """Return the address that the last part of a URL stands for; `None` unless one of our keys made it."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except ValueError:
            return None
        number, code = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
        is_ours = len(number) == _NUMBER_BYTES and self._keyring.verify(_PURPOSE, number, code)
        return UUID(bytes=number) if is_ours else None
