"""An OpenID provider over HTTP: its discovery document and keys, kept for a while, and the two questions asked of it."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlsplit

from headrace.errors import HeadraceError, InvalidInput, SettingsError
from headrace.json import parse
from headrace.log import get_logger
from headrace.settings import Settings

log = get_logger(__name__)

FRESH = 3_600.0
KEYS_AGAIN = 30.0  # an unknown key id makes us read the keys anew, but not at everybody's will
ANSWER_MAX = 1 << 20
TIMEOUT = 10.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class OidcFailed(HeadraceError):
    """A sign-in at the provider came to nothing; the message says why."""

    code = "oidc_failed"
    status = 400


class OidcUnreachable(OidcFailed):
    """The provider does not answer, or not as it should."""

    code = "oidc_unreachable"
    status = 502


class Provider:
    """One OpenID provider, as this process last read it."""

    def __init__(self, *, issuer: str, client_id: str, client_secret: str | None = None) -> None:
        """Take the issuer's address exactly as its tokens name it, and how this installation is known there."""
        self.issuer = issuer
        self.client_id = client_id
        self._secret = client_secret
        self._document: dict[str, Any] = {}
        self._read_at = float("-inf")
        self._keys: list[dict[str, Any]] = []
        self._keys_at = float("-inf")

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """Return the provider of the settings, if one is set; raises `SettingsError` if its client id is not."""
        if settings.oidc_issuer is None:
            return None
        if settings.oidc_client_id is None:
            raise SettingsError("HEADRACE_OIDC_ISSUER is set, but HEADRACE_OIDC_CLIENT_ID is not")
        secret = settings.oidc_client_secret
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
        )

    async def endpoint(self, name: str) -> str:
        """Return one of the provider's addresses; raises `OidcUnreachable`."""
        address = str((await self._discovered()).get(name, ""))
        if not _is_safe(address):
            raise OidcUnreachable(f"The OpenID provider names no {name} that is https")
        return address

    async def key(self, key_id: str | None, algorithm: str) -> dict[str, Any]:
        """Return the public key (a JWK) that signs under an id; raises `OidcFailed` if there is none."""
        for is_again in (False, True):
            await self._read_keys(FRESH if not is_again else KEYS_AGAIN)
            fitting = [key for key in self._keys if _fits(key, key_id, algorithm)]
            if len(fitting) == 1 or (fitting and key_id is not None):
                return fitting[0]
        raise OidcFailed("The provider's token is signed by a key that it does not publish")

    async def exchange(self, asked: dict[str, str]) -> dict[str, Any]:
        """Ask for the tokens of a code; raises `OidcFailed` if the provider refuses it."""
        document = await self._discovered()
        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {}
        if self._secret is None:
            asked = {**asked, "client_id": self.client_id}
        elif "client_secret_basic" in methods:  # both parts form-encoded first (RFC 6749, 2.3.1)
            headers["Authorization"] = _basic(self.client_id, self._secret)
        else:
            asked = {**asked, "client_id": self.client_id, "client_secret": self._secret}
        status, answer = await self._ask("POST", await self.endpoint("token_endpoint"), data=asked, headers=headers)
        if status != 200:
            log.warning("oidc.refused", status=status, error=str(answer.get("error", ""))[:100])
            raise OidcFailed("The provider refused the sign-in; begin again")
        return answer

    async def user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        """Return what the provider tells of a person, nothing if it offers none or tells of another."""
        if "userinfo_endpoint" not in await self._discovered():
            return {}
        bearer = {"Authorization": f"Bearer {access_token}"}
        status, answer = await self._ask("GET", await self.endpoint("userinfo_endpoint"), headers=bearer)
        return answer if status == 200 and answer.get("sub") == subject else {}

    async def _discovered(self) -> dict[str, Any]:
        if time.monotonic() - self._read_at > FRESH:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            status, document = await self._ask("GET", address)
            if status != 200 or document.get("issuer") != self.issuer:
                raise OidcUnreachable(
                    f"{address} is not the document of the issuer {self.issuer}; see HEADRACE_OIDC_ISSUER"
                )
            self._document, self._read_at = document, time.monotonic()
        return self._document

    async def _read_keys(self, age_max: float) -> None:
        if time.monotonic() - self._keys_at > age_max:
            status, answer = await self._ask("GET", await self.endpoint("jwks_uri"))
            keys = answer.get("keys")
            if status != 200 or not isinstance(keys, list):
                raise OidcUnreachable("The OpenID provider does not tell its keys")
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._keys_at = time.monotonic()

    async def _ask(self, method: str, address: str, **given: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - httpx2's
        import httpx2

        if not _is_safe(address):
            raise OidcUnreachable("The OpenID provider's addresses must be https")
        try:
            async with (  # redirects are not followed: keys and tokens come from where they are asked
                httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client,
                client.stream(method, address, **given) as response,
            ):
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > ANSWER_MAX:
                        raise OidcUnreachable("The OpenID provider's answer is too long")
            answer = parse(body)
        except (httpx2.HTTPError, InvalidInput) as error:
            log.warning("oidc.unreachable", host=urlsplit(address).hostname, error=type(error).__name__)
            raise OidcUnreachable("The OpenID provider does not answer as it should; try again later") from error
        return response.status_code, answer if isinstance(answer, dict) else {}


def _fits(key: dict[str, Any], key_id: str | None, algorithm: str) -> bool:
    is_named = key_id is None or key.get("kid") == key_id
    return is_named and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _basic(name: str, secret: str) -> str:
    pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
