"""The second factor: what counts as a code, that none counts twice, and what helps who lost the app."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from headrace.accounts import second_factor
from headrace.errors import Conflict, InvalidInput, Unreadable
from headrace.keyring import Keyring

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ada(make_user):
    return (await make_user()).user_id


@pytest.fixture
def enrol(runtime, in_transaction):
    async def begin(user_id):
        return await in_transaction(second_factor.enrol, runtime.keyring, user_id, email="ada@example.com")

    return begin


@pytest.fixture
def confirm(runtime, in_transaction):
    async def show(user_id, code):
        return await in_transaction(second_factor.confirm, runtime.keyring, user_id, code)

    return show


@pytest.fixture
def check(runtime, in_transaction):
    async def ask(user_id, code, keyring=None):
        return await in_transaction(second_factor.check, keyring or runtime.keyring, user_id, code)

    return ask


@pytest.fixture
def code_of(clock):
    """The code that an app with the seed shows, some steps from now."""

    def read(seed, steps=0):
        return pyotp.TOTP(seed).at(clock.now + timedelta(seconds=30 * steps))

    return read


@pytest.fixture
async def enrolled(ada, enrol, confirm, code_of, clock):
    """Ada's seed and recovery codes, the first code used a while ago."""
    seed = (await enrol(ada)).seed
    codes = await confirm(ada, code_of(seed))
    clock.advance(timedelta(minutes=5))
    return seed, codes


async def status_of(runtime, user_id):
    async with runtime.database.connection() as conn:
        return await second_factor.status(conn, user_id)


def test_the_code_of_an_app_is_that_of_the_standard():
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: '12345678901234567890'
    assert pyotp.TOTP(seed, digits=8).at(59) == "94287082"
    assert pyotp.TOTP(seed, digits=8).at(20_000_000_000) == "65353130"


async def test_a_seed_counts_once_a_code_of_it_was_shown(ada, enrol, confirm, check, code_of, runtime):
    enrolment = await enrol(ada)
    assert parse_qs(urlsplit(enrolment.address).query) == {"secret": [enrolment.seed], "issuer": ["Headrace"]}
    assert enrolment.qr_code.startswith("data:image/svg+xml")
    assert not (await status_of(runtime, ada)).is_on
    assert not await check(ada, code_of(enrolment.seed))
    with pytest.raises(InvalidInput) as refused:
        await confirm(ada, "000000" if code_of(enrolment.seed) != "000000" else "000001")
    assert refused.value.code == "code_wrong"
    codes = await confirm(ada, code_of(enrolment.seed))
    assert len(set(codes)) == 10
    status = await status_of(runtime, ada)
    assert (status.is_on, status.recovery_codes) == (True, 10)


async def test_one_that_counts_is_neither_replaced_nor_confirmed_again(ada, enrolled, enrol, confirm, code_of):
    with pytest.raises(Conflict):
        await enrol(ada)
    with pytest.raises(Conflict):
        await confirm(ada, code_of(enrolled[0]))


async def test_a_seed_that_waits_is_replaced_by_the_next(ada, enrol, confirm, code_of):
    first, second = (await enrol(ada)).seed, (await enrol(ada)).seed
    with pytest.raises(InvalidInput):
        await confirm(ada, code_of(first))
    assert await confirm(ada, code_of(second))


async def test_codes_of_now_and_one_step_beside_count_each_once(ada, enrolled, check, code_of):
    seed, _ = enrolled
    assert [await check(ada, code_of(seed, step)) for step in (-2, 2)] == [False, False]
    assert [await check(ada, code_of(seed, step)) for step in (-1, 0, 1)] == [True, True, True]
    assert [await check(ada, code_of(seed, step)) for step in (-1, 0, 1)] == [False, False, False]


async def test_no_code_counts_that_is_older_than_one_used(ada, enrolled, check, code_of):
    seed, _ = enrolled
    assert await check(ada, code_of(seed))
    assert not await check(ada, code_of(seed, -1))


async def test_of_two_requests_with_one_code_one_counts(ada, enrolled, check, code_of):
    assert sorted(await asyncio.gather(*(check(ada, code_of(enrolled[0])) for _ in range(5)))) == [False] * 4 + [True]


@pytest.mark.parametrize(
    "code", ["", "1", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "\ud800", "x" * 64]
)
async def test_anything_else_is_no_code(ada, enrolled, check, code):
    assert not await check(ada, code)


async def test_a_recovery_code_counts_once_however_it_is_typed(ada, enrolled, check, runtime):
    _, codes = enrolled
    assert await check(ada, codes[0])
    assert not await check(ada, codes[0])
    assert await check(ada, codes[1].lower().replace("-", " "))
    assert (await status_of(runtime, ada)).recovery_codes == 8


async def test_new_recovery_codes_end_the_old(ada, enrolled, check, runtime):
    async with runtime.database.transaction() as conn:
        fresh = await second_factor.renew_recovery_codes(conn, ada)
    assert not await check(ada, enrolled[1][0])
    assert await check(ada, fresh[0])


async def test_codes_are_their_owners_alone(ada, enrolled, make_user, check, code_of):
    bob = (await make_user("bob@example.com")).user_id
    assert not await check(bob, code_of(enrolled[0]))
    assert not await check(bob, enrolled[1][0])


async def test_a_removed_one_takes_its_codes_along(ada, enrolled, check, code_of, runtime, rows):
    async with runtime.database.transaction() as conn:
        assert await second_factor.remove(conn, ada)
        assert not await second_factor.remove(conn, ada)
    assert not await check(ada, code_of(enrolled[0]))
    assert await rows("SELECT 1 FROM headrace.recovery_codes") == []


async def test_the_database_has_neither_seed_nor_codes_in_clear(ada, enrolled, rows):
    seed, codes = enrolled
    stored = str(
        await rows(
            "SELECT f::text, r::text FROM headrace.second_factors AS f JOIN headrace.recovery_codes AS r USING (user_id)"
        )
    )
    assert seed not in stored
    assert codes[0] not in stored
    assert codes[0].replace("-", "").encode().hex() not in stored


async def test_a_new_secret_key_seals_the_seed_anew(ada, enrolled, check, code_of, with_new_secret, runtime):
    seed, _ = enrolled
    assert await check(ada, code_of(seed, -1), with_new_secret)
    async with runtime.database.transaction() as conn:
        assert await second_factor.reseal(conn, with_new_secret) == 1
        assert await second_factor.reseal(conn, with_new_secret) == 0
    assert await check(ada, code_of(seed), Keyring("a newer key for tests " * 2))
    with pytest.raises(Unreadable):
        await check(ada, code_of(seed, 1))
