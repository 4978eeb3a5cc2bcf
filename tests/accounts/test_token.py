"""Access and refresh tokens: what is believed, who may race, and what a stolen one comes to."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import jwt
import pytest

from headrace.accounts import session, token
from headrace.accounts.token import Access
from headrace.errors import Unauthorized
from headrace.ids import new_id
from headrace.keyring import Keyring

pytestmark = pytest.mark.anyio


@pytest.fixture
def issue(runtime, in_transaction):
    async def begin(user):
        return await in_transaction(token.issue, runtime.keyring, user.user_id, session.Origin())

    return begin


@pytest.fixture
def refresh(runtime, in_transaction):
    async def exchange(text, keyring=None):
        return (await in_transaction(token.refresh, keyring or runtime.keyring, text)).tokens

    return exchange


@pytest.fixture
def is_alive(runtime, clock):
    async def look(tokens):
        access = token.read_access(runtime.keyring, tokens.access, now=clock.now)
        async with runtime.database.connection() as conn:
            return await session.find(conn, session_id=access.session_id, now=clock.now) is not None

    return look


async def test_an_access_token_names_its_user_and_session_for_ten_minutes(make_user, issue, runtime, clock):
    ada = await make_user()
    tokens = await issue(ada)
    found = token.read_access(runtime.keyring, tokens.access, now=clock.now)
    assert found.user_id == ada.user_id
    assert tokens.expires_at == int(clock.now.timestamp()) + 600
    clock.advance(timedelta(minutes=10, seconds=9))
    assert token.read_access(runtime.keyring, tokens.access, now=clock.now) == found
    clock.advance(timedelta(seconds=1))
    assert token.read_access(runtime.keyring, tokens.access, now=clock.now) is None


def forged(keyring, *, key=None, algorithm="HS256", headers=None, **claims):
    good = jwt.decode(token.mint(keyring, Access(new_id(), new_id()))[0], options={"verify_signature": False})
    kept = {name: value for name, value in (good | claims).items() if value is not None}
    signing = keyring.derived("access token")[keyring.key_id] if key is None else key
    return jwt.encode(kept, signing, algorithm, {"typ": "at+jwt", "kid": keyring.key_id} | (headers or {}))


def unsigned(text):
    head, body, _ = text.split(".")
    header = json.loads(urlsafe_b64decode(head + "==")) | {"alg": "none"}
    return f"{urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{body}."


def test_only_our_own_access_tokens_are_believed():
    ring = Keyring("a key for tests " * 2)
    assert token.read_access(ring, forged(ring))
    refused = {
        "another key": forged(ring, key=b"x" * 32),
        "another algorithm": forged(ring, key=b"x" * 64, algorithm="HS512"),
        "a longer key, another algorithm": forged(ring, key=b"y" * 48, algorithm="HS384"),
        "no algorithm": unsigned(forged(ring)),
        "another type": forged(ring, headers={"typ": "JWT"}),
        "no key named": forged(ring, headers={"kid": "00000000"}),
        "another issuer": forged(ring, iss="elsewhere"),
        "another audience": forged(ring, aud="another api"),
        "no end": forged(ring, exp=None),
        "no session": forged(ring, sid=None),
        "a session that is no id": forged(ring, sid="1"),
        "critical extension": forged(ring, headers={"crit": ["b64"], "b64": False}),
        "cut": forged(ring)[:-4],
        "deep": urlsafe_b64encode(b"[" * 700).decode() + ".e30.",
        "long": forged(ring, more="x" * 2_000),
        "nothing": "",
        "dots": "..",
        "a key of ours": "hr_" + "0" * 36,
    }
    believed = {name for name, text in refused.items() if token.read_access(ring, text)}
    assert not believed


async def test_a_refresh_token_is_exchanged_for_new_ones(make_user, issue, refresh, clock, is_alive):
    tokens = await issue(await make_user())
    for _ in range(3):
        clock.advance(timedelta(minutes=20))
        newer = await refresh(tokens.refresh)
        assert newer.refresh != tokens.refresh
        assert newer.access != tokens.access
        assert newer.expires_at > tokens.expires_at
        tokens = newer
    assert await is_alive(tokens)


async def test_two_tabs_that_race_get_the_same_refresh_token_and_both_live(make_user, issue, runtime, clock, is_alive):
    first = await issue(await make_user())

    async def one():
        async with runtime.database.transaction() as conn:
            return (await token.refresh(conn, runtime.keyring, first.refresh, now=clock.now)).tokens

    got = await asyncio.gather(*(one() for _ in range(6)))
    assert len({tokens.refresh for tokens in got}) == 1
    assert len({tokens.access for tokens in got}) == 6
    assert await is_alive(got[0])


async def test_a_lost_answer_may_be_asked_for_again_within_half_a_minute(make_user, issue, refresh, clock):
    first = await issue(await make_user())
    second = await refresh(first.refresh)
    clock.advance(timedelta(seconds=29))
    assert (await refresh(first.refresh)).refresh == second.refresh


async def test_an_old_refresh_token_ends_the_session_of_whoever_has_the_newest(
    make_user, issue, refresh, clock, is_alive
):
    stolen = await issue(await make_user())
    newest = await refresh(stolen.refresh)
    clock.advance(timedelta(seconds=30))
    assert await is_alive(newest)
    assert await refresh(stolen.refresh) is None
    assert not await is_alive(newest)
    with pytest.raises(Unauthorized):
        await refresh(newest.refresh)


async def test_an_older_one_ends_it_at_once(make_user, issue, refresh, is_alive):
    first = await issue(await make_user())
    newest = await refresh((await refresh(first.refresh)).refresh)
    assert await refresh(first.refresh) is None
    assert not await is_alive(newest)


async def test_a_session_ends_by_time_by_its_user_and_by_itself(make_user, issue, refresh, clock, rows):
    ada, bob = await make_user(), await make_user("bob@example.com")
    of_ada, of_bob = await issue(ada), await issue(bob)
    await rows("UPDATE headrace.users SET disabled_at = now() WHERE id = %s", ada.user_id)
    with pytest.raises(Unauthorized):
        await refresh(of_ada.refresh)
    clock.advance(session.LIFE)
    with pytest.raises(Unauthorized):
        await refresh(of_bob.refresh)


async def test_only_our_own_refresh_tokens_are_looked_up(make_user, issue, refresh):
    good = (await issue(await make_user())).refresh
    elsewhere = Keyring("another installation's key " * 2)
    for wrong in (
        "",
        "hf_",
        good[3:],
        good[:-2],
        "hf_" + "A" * 75,
        good + "AAAA",
        "hf_\u00e9",
        good.replace("hf_", "hr_"),
    ):
        with pytest.raises(Unauthorized):
            await refresh(wrong)
    with pytest.raises(Unauthorized):
        await refresh(good, elsewhere)
    assert await refresh(good)


async def test_tokens_outlive_a_change_of_the_secret_key(make_user, issue, refresh, with_new_secret, clock):
    tokens = await issue(await make_user())
    assert token.read_access(with_new_secret, tokens.access, now=clock.now)
    newer = await refresh(tokens.refresh, with_new_secret)
    only_new = Keyring("a newer key for tests " * 2)
    assert token.read_access(only_new, newer.access, now=clock.now)
    assert (await refresh(newer.refresh, only_new)).refresh != newer.refresh
