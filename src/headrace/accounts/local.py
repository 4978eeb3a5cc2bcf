"""The local token: who can read the installation's secret key may do everything, for a minute at a time."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from headrace.keyring import Keyring

PREFIX = "hl_"
LIFE = 60
LEEWAY = 5
_PURPOSE = "local token"


def mint(keyring: Keyring) -> str:
    """Return a token that is good for a minute."""
    until = f"{int(time.time()) + LIFE}"
    return f"{PREFIX}{until}.{urlsafe_b64encode(keyring.mac(_PURPOSE, until.encode())).decode()}"


def is_good(keyring: Keyring, token: str) -> bool:
    """Whether the token was made with the secret key, and not longer ago than a minute and the clocks' difference."""
    until, _, mac = token.removeprefix(PREFIX).partition(".")
    try:
        is_ours = keyring.verify(_PURPOSE, until.encode("ascii"), urlsafe_b64decode(mac.encode("ascii")))
        return is_ours and -LIFE - LEEWAY <= time.time() - int(until) <= LEEWAY
    except ValueError:
        return False
