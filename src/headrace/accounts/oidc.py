"""Sign-in at an OpenID provider: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from headrace.accounts.oidc_provider import OidcFailed, Provider
from headrace.errors import Unreadable
from headrace.keyring import Keyring

if TYPE_CHECKING:
    from jwt.types import Options

ATTEMPT_LIFE = 600
LEEWAY = 60
SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
TEXT_MAX = 300

_PURPOSE = "sign-in elsewhere"
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


class Attempt(msgspec.Struct, frozen=True):
    """A sign-in that was begun: what the answer must fit, where it leads then, and who connects an account, if somebody."""

    state: str
    nonce: str
    verifier: str
    until: int
    next: str = "/"
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is at the provider; `email` only if the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str


async def begin(
    provider: Provider, *, redirect_uri: str, next_: str = "/", user_id: str | None = None
) -> tuple[str, Attempt]:
    """Begin a sign-in: return the provider's address to send the browser to, and what to keep for the answer."""
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        until=int(time.time()) + ATTEMPT_LIFE,
        next=next_,
        user_id=user_id,
    )
    challenge = urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = await provider.endpoint("authorization_endpoint")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked, quote_via=quote)}", attempt


def seal(keyring: Keyring, attempt: Attempt) -> str:
    """Return an attempt as the text of a cookie, which tells its bearer nothing."""
    return keyring.seal(_PURPOSE, msgspec.json.encode(attempt), bound_to=_PURPOSE)


def unseal(keyring: Keyring, cookie: str) -> Attempt:
    """Return the attempt of a cookie; raises `OidcFailed` if it is none of ours or took too long."""
    try:
        attempt = msgspec.json.decode(keyring.unseal(_PURPOSE, cookie, bound_to=_PURPOSE), type=Attempt)
    except (Unreadable, msgspec.DecodeError):
        attempt = None
    if attempt is None or attempt.until < time.time():
        raise OidcFailed("The sign-in took too long or was begun in another browser; begin again")
    return attempt


async def finish(
    provider: Provider, attempt: Attempt, *, state: str, code: str, issuer: str | None, redirect_uri: str
) -> Person:
    """Exchange the code that the browser brought for who it is; raises `OidcFailed`.

    `issuer` is what the answer says of itself (RFC 9207), if it does.
    """
    if not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise OidcFailed("The sign-in was begun in another browser or tab; begin again")
    if issuer is not None and issuer != provider.issuer:
        raise OidcFailed("The answer comes from another provider than was asked")
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": attempt.verifier,
    }
    tokens = await provider.exchange(asked)
    claims = await _verified(provider, str(tokens.get("id_token", "")), attempt.nonce)
    if "email" not in claims:
        claims = {**await provider.user_info(str(tokens.get("access_token", "")), claims["sub"]), **claims}
    is_verified = claims.get("email_verified") is True
    email = str(claims.get("email", ""))[:TEXT_MAX]
    name = str(claims.get("name", ""))[:TEXT_MAX]
    return Person(provider.issuer, claims["sub"], email if is_verified and "@" in email else None, name)


async def _verified(provider: Provider, id_token: str, nonce: str) -> dict[str, Any]:
    import jwt

    try:
        header = jwt.get_unverified_header(id_token)
        algorithm = header["alg"]
        if algorithm not in ALGORITHMS:
            raise OidcFailed(f"The provider signs by {algorithm!r:.20}, which is not taken here")
        jwk = await provider.key(header.get("kid"), algorithm)
        options: Options = {"require": _REQUIRED}
        claims: dict[str, Any] = jwt.decode(
            id_token,
            jwt.PyJWK(jwk, algorithm),
            [algorithm],
            options,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise OidcFailed(f"The provider's token does not hold: {type(error).__name__}") from error
    is_ours = claims.get("azp", provider.client_id) == provider.client_id
    is_for_many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if not is_ours or (is_for_many and "azp" not in claims):
        raise OidcFailed("The provider's token is for another program")
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise OidcFailed("The provider's token belongs to another sign-in")
    return claims
