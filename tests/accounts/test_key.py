"""API keys: their form, whose they are, what ends them, and that a new secret key ends none."""

from datetime import timedelta

import pytest

from headrace.accounts import key
from headrace.accounts.permission import Permission, Role
from headrace.accounts.principal import Kind
from headrace.errors import Conflict, InvalidInput, NotFound
from headrace.ids import new_id
from headrace.keyring import Keyring

pytestmark = pytest.mark.anyio


@pytest.fixture
def make_key(runtime, in_transaction):
    async def make(owner, *, name="ci", scopes=("jobs:read", "jobs:write"), life=None):
        return await in_transaction(key.create, runtime.keyring, owner, name=name, scopes=scopes, life=life)

    return make


@pytest.fixture
def find(runtime, in_transaction):
    async def look(text, keyring=None):
        return await in_transaction(key.find, keyring or runtime.keyring, text)

    return look


async def test_a_key_acts_for_its_user_within_its_scopes(make_user, make_key, find):
    ada = await make_user()
    key_id, text = await make_key(ada, scopes=["jobs:read"])
    found = await find(text)
    assert (found.kind, found.user_id, found.owner, found.credential_id) == (Kind.KEY, ada.user_id, ada.owner, key_id)
    assert found.permissions == {Permission.JOBS_READ}


def test_its_form_is_known_by_prefix_and_checksum():
    made = {key.new_text() for _ in range(100)}
    assert len(made) == 100
    for text in made:
        assert text.startswith("hr_")
        assert len(text) == 39
        assert text[3:].isalnum()
        assert key.is_well_formed(text)
        for at in (3, 10, 38):
            assert not key.is_well_formed(text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :])
    for wrong in ("", "hr_", "hr_" + "0" * 36 + "1", "sk_" + "0" * 36, "hr_" + "\u00e9" * 36, "0" * 10_000):
        assert not key.is_well_formed(wrong)


async def test_the_database_has_neither_the_key_nor_its_plain_hash(make_user, make_key, rows, runtime):
    import hashlib

    _, text = await make_key(await make_user())
    [(stored, mac, last4)] = await rows("SELECT k::text, mac, last4 FROM headrace.api_keys AS k")
    assert text not in stored
    assert last4 == text[-4:]
    assert mac != hashlib.sha256(text.encode()).digest()
    assert len(mac) == 32


async def test_a_key_that_was_never_made_is_nobodys(find):
    assert await find(key.new_text()) is None


async def test_an_expired_key_and_one_of_a_disabled_user_count_no_more(make_user, make_key, find, clock, rows):
    ada, bob = await make_user(), await make_user("bob@example.com")
    _, short = await make_key(ada, life=timedelta(hours=1))
    _, lasting = await make_key(bob)
    assert await find(short)
    clock.advance(timedelta(hours=1))
    assert await find(short) is None
    assert await find(lasting)
    await rows("UPDATE headrace.users SET disabled_at = now() WHERE id = %s", bob.user_id)
    assert await find(lasting) is None


async def test_a_withdrawn_key_counts_no_more_and_nobody_withdraws_anothers(make_user, make_key, find, runtime):
    ada, bob = await make_user(), await make_user("bob@example.com")
    key_id, text = await make_key(ada)
    async with runtime.database.transaction() as conn:
        with pytest.raises(NotFound):
            await key.withdraw(conn, key_id, user_id=bob.user_id)
    assert await find(text)
    async with runtime.database.transaction() as conn:
        await key.withdraw(conn, key_id, user_id=ada.user_id)
    assert await find(text) is None


async def test_a_role_that_was_cut_cuts_the_key(make_user, make_key, find, rows):
    ada = await make_user(role=Role.OPERATOR)
    _, text = await make_key(ada, scopes=["jobs:write", "queues:write"])
    await rows("UPDATE headrace.users SET role = 'viewer' WHERE id = %s", ada.user_id)
    assert (await find(text)).permissions == frozenset()


@pytest.mark.parametrize("scopes", [[], ["admin"], ["jobs:read", "queues:write"], ["no:such"], [""]])
async def test_a_key_has_no_scope_that_its_user_has_not(make_user, make_key, scopes):
    with pytest.raises(InvalidInput, match="jobs:read"):
        await make_key(await make_user(), scopes=scopes)


async def test_its_last_use_is_noted_once_a_minute(make_user, make_key, find, rows, clock):
    async def last_used():
        [(at,)] = await rows("SELECT last_used_at FROM headrace.api_keys")
        return at

    _, text = await make_key(await make_user())
    assert await last_used() is None
    await find(text)
    first = clock.now
    assert await last_used() == first
    clock.advance(timedelta(seconds=59))
    await find(text)
    assert await last_used() == first
    clock.advance(timedelta(seconds=2))
    await find(text)
    assert await last_used() == clock.now


async def test_a_rotated_key_lets_the_old_text_live_for_the_grace(
    make_user, make_key, find, clock, in_transaction, runtime
):
    ada = await make_user()
    key_id, old = await make_key(ada)
    named = {"user_id": ada.user_id, "grace": timedelta(hours=1)}
    new = await in_transaction(key.rotate, runtime.keyring, key_id, **named)
    assert new != old
    assert (await find(new)).credential_id == (await find(old)).credential_id == key_id
    clock.advance(timedelta(hours=1))
    assert await find(old) is None
    assert await find(new)
    with pytest.raises(NotFound):
        await in_transaction(key.rotate, runtime.keyring, new_id(), **named)


async def test_a_key_outlives_the_secret_that_its_code_was_made_with(
    make_user, make_key, find, with_new_secret, in_transaction, runtime
):
    ada = await make_user()
    _, text = await make_key(ada)
    rotated, before = await make_key(ada)
    after = await in_transaction(key.rotate, runtime.keyring, rotated, user_id=None, grace=timedelta(days=1))
    for each in (text, before, after):
        assert await find(each, with_new_secret)
    only_new = Keyring("a newer key for tests " * 2)
    for each in (text, before, after):
        assert await find(each, only_new), "its use stored the code by the new secret"
    assert await find(text) is None, "the old secret alone knows it no more"


async def test_a_user_has_at_most_a_hundred_keys(make_user, make_key):
    ada = await make_user()
    for _ in range(key.KEYS_MAX):
        await make_key(ada)
    with pytest.raises(Conflict):
        await make_key(ada)
    await make_key(await make_user("bob@example.com"))
