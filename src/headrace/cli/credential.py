"""What the command line shows to the server: its API key, else the secret key of this machine's installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.keyring import FILE, Keyring
from headrace.settings import Settings

if TYPE_CHECKING:
    from headrace.accounts.bearer import Bearer


def credential_of(settings: Settings) -> Bearer | None:
    """Return what signs requests in; `None` if there is neither an API key nor a secret key here."""
    from headrace.accounts.bearer import Bearer

    if settings.api_key is not None:
        key = settings.api_key.get_secret_value()
        return Bearer(lambda: key)
    if settings.secret_key is None and not (settings.data_dir / FILE).exists():
        return None
    return Bearer.local(Keyring.of(settings))
