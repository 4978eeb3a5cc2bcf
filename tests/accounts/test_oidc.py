"""Sign-in at a real OpenID provider, and every answer that must not be believed."""

import time
from dataclasses import asdict

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from tests.accounts.openid_provider import CALLBACK, SECRET, openid_provider, sign_in

from headrace.accounts import oidc
from headrace.accounts.oidc_provider import OidcFailed, OidcUnreachable, Provider
from headrace.keyring import Keyring

RING = Keyring("a key for tests " * 2)


@pytest.fixture(scope="module")
def issuer():
    with openid_provider() as running:
        yield running


@pytest.fixture
def provider(issuer):
    return Provider(issuer=issuer, client_id="headrace", client_secret=SECRET)


async def go(provider, name="ada", **changes):
    """Begin and finish a sign-in; `changes` are of what the browser brings back, or of the attempt."""
    address, attempt = await oidc.begin(provider, redirect_uri=CALLBACK)
    brought = await sign_in(address, name)
    given = {"state": brought["state"], "code": brought["code"], "issuer": brought["iss"], "redirect_uri": CALLBACK}
    kept = msgspec.structs.replace(attempt, **{k: v for k, v in changes.items() if k in {"nonce", "verifier"}})
    return await oidc.finish(provider, kept, **given | {k: v for k, v in changes.items() if k in given})


@pytest.mark.anyio
async def test_a_person_signs_in_at_the_provider(provider, issuer):
    person = await go(provider)
    assert asdict(person) == {
        "issuer": issuer,
        "subject": "ada",
        "email": "ada@example.com",
        "name": "Name of ada",
    }


@pytest.mark.anyio
async def test_a_client_without_secret_and_another_algorithm_do_as_well(issuer):
    provider = Provider(issuer=issuer, client_id="headrace-public")
    assert (await go(provider)).subject == "ada"


@pytest.mark.anyio
async def test_an_address_that_the_provider_has_not_verified_is_not_believed(provider):
    person = await go(provider, "unverified-eve")
    assert (person.subject, person.email) == ("unverified-eve", None)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "another"}, "another browser"),
        ({"state": "\u00e9"}, "another browser"),
        ({"nonce": "another"}, "another sign-in"),
        ({"verifier": "x" * 64}, "refused"),
        ({"code": "another"}, "refused"),
        ({"redirect_uri": "http://127.0.0.1:8000/elsewhere"}, "refused"),
        ({"issuer": "https://evil.example"}, "another provider"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused(provider, changes, reason):
    with pytest.raises(OidcFailed, match=reason):
        await go(provider, **changes)


@pytest.mark.anyio
async def test_a_code_counts_once(provider):
    address, attempt = await oidc.begin(provider, redirect_uri=CALLBACK)
    brought = await sign_in(address)
    given = {"state": brought["state"], "code": brought["code"], "issuer": None, "redirect_uri": CALLBACK}
    assert await oidc.finish(provider, attempt, **given)
    with pytest.raises(OidcFailed, match="refused"):
        await oidc.finish(provider, attempt, **given)


@pytest.mark.anyio
async def test_a_wrong_secret_is_refused(issuer):
    provider = Provider(issuer=issuer, client_id="headrace", client_secret="another")
    with pytest.raises(OidcFailed, match="refused"):
        await go(provider)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "wrong", ["{}/", "{}/other", "http://127.0.0.1:9", "http://example.com", "ftp://127.0.0.1", "x"]
)
async def test_what_is_not_the_issuer_is_named(issuer, wrong):
    provider = Provider(issuer=wrong.format(issuer), client_id="headrace")
    with pytest.raises(OidcUnreachable):
        await oidc.begin(provider, redirect_uri=CALLBACK)


SIGNER, FOREIGN = generate_private_key(65_537, 2_048), generate_private_key(65_537, 2_048)


def jwk_of(key, **more):
    return jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "1", "use": "sig"} | more


def id_token(*, key=SIGNER, algorithm="RS256", headers=None, **changes):
    now = int(time.time())
    claims = {"iss": "https://op.example", "aud": "me", "sub": "1", "nonce": "n", "iat": now, "exp": now + 60}
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(kept, key, algorithm, {"kid": "1"} | (headers or {}))


@pytest.fixture
def knowing():
    """A provider whose keys were just read."""

    def make(*keys):
        provider = Provider(issuer="https://op.example", client_id="me")
        provider._keys, provider._keys_at = list(keys), time.monotonic()
        return provider

    return make


@pytest.mark.anyio
async def test_a_good_token_holds(knowing):
    assert (await oidc._verified(knowing(jwk_of(SIGNER)), id_token(), "n"))["sub"] == "1"
    many = id_token(aud=["me", "you"], azp="me")
    assert (await oidc._verified(knowing(jwk_of(SIGNER)), many, "n"))["sub"] == "1"


BAD = {
    "a foreign key": id_token(key=FOREIGN),
    "our public key as a secret": id_token(key="x" * 64, algorithm="HS256"),
    "no signature": id_token(key=None, algorithm="none"),
    "another issuer": id_token(iss="https://evil.example"),
    "another audience": id_token(aud="you"),
    "several audiences": id_token(aud=["me", "you"]),
    "another party": id_token(azp="you"),
    "expired": id_token(exp=int(time.time()) - 61),
    "from the future": id_token(iat=int(time.time()) + 3_600),
    "no end": id_token(exp=None),
    "no nonce": id_token(nonce=None),
    "another nonce": id_token(nonce="m"),
    "no subject": id_token(sub=None),
    "subject of a number": id_token(sub=1),
    "unknown key": id_token(headers={"kid": "2"}),
    "critical extension": id_token(headers={"crit": ["x"], "x": 1}),
    "nothing": "",
    "words": "not a token",
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", BAD)
async def test_a_bad_token_does_not_hold(knowing, name):
    with pytest.raises(OidcFailed):
        await oidc._verified(knowing(jwk_of(SIGNER)), BAD[name], "n")


@pytest.mark.anyio
@pytest.mark.parametrize("more", [{"use": "enc"}, {"alg": "RS512"}, {"kty": "EC"}, {"n": "AQAB"}])
async def test_a_key_for_another_use_signs_nothing(knowing, more):
    with pytest.raises(OidcFailed):
        await oidc._verified(knowing(jwk_of(SIGNER, **more)), id_token(), "n")


def test_the_cookie_of_an_attempt_is_sealed_and_ends():
    attempt = oidc.Attempt(state="s", nonce="n", verifier="v-e-r-i-f-i-e-r", until=int(time.time()) + 60)
    cookie = oidc.seal(RING, attempt)
    assert "v-e-r" not in cookie
    assert oidc.unseal(RING, cookie) == attempt
    late = oidc.seal(RING, msgspec.structs.replace(attempt, until=int(time.time()) - 1))
    foreign = RING.seal("another purpose", b"{}", bound_to="x")
    for wrong in ("", "x", cookie[:-3], late, foreign, oidc.seal(Keyring("another key " * 4), attempt)):
        with pytest.raises(OidcFailed, match="begin again"):
            oidc.unseal(RING, wrong)
