"""Passwords: which are refused, how they are kept, and that checking one tells nobody who has an account."""

import asyncio
import time
from statistics import median

import pytest
from argon2 import PasswordHasher, extract_parameters

from headrace.accounts.password import LENGTH_MAX, check_password, hash_password, refuse_weak
from headrace.errors import InvalidInput

GOOD = "seven grey herons at dusk"


@pytest.mark.anyio
async def test_a_password_is_kept_as_argon2id_with_the_settings_of_owasp():
    stored = await hash_password(GOOD)
    kept = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (19_456, 2, 1)
    assert GOOD not in stored
    assert stored != await hash_password(GOOD)


@pytest.mark.anyio
async def test_only_the_same_password_fits():
    stored = await hash_password(GOOD)
    assert (await check_password(stored, GOOD)).fits
    for other in (GOOD.upper(), GOOD + " ", GOOD[:-1], "", GOOD * 100):
        assert not (await check_password(stored, other)).fits
    for broken in (None, "", "$argon2id$v=19$broken"):
        assert not (await check_password(broken, GOOD)).fits


@pytest.mark.anyio
async def test_accents_typed_in_another_way_are_the_same_password():
    stored = await hash_password("caf\N{LATIN SMALL LETTER E WITH ACUTE} am Eck")
    assert (await check_password(stored, "cafe\N{COMBINING ACUTE ACCENT} am Eck")).fits


@pytest.mark.anyio
async def test_a_hash_of_older_settings_fits_and_comes_back_renewed():
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(GOOD)
    found = await check_password(old, GOOD)
    assert found.fits
    assert extract_parameters(found.rehashed).memory_cost == 19_456
    assert (await check_password(found.rehashed, GOOD)).rehashed is None
    assert (await check_password(old, "another one")).rehashed is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short7!",
        "a" * 20,
        "12341234",
        "princess",
        "Password1!",
        "iloveyou2",
        "QWERTYUIOP",
        "elephant",
        "ada.love@example.com",
        "ada.love1815",
        "x" * LENGTH_MAX + "abcdefg",
        "1" * 1_000_000,
    ],
)
async def test_a_weak_password_is_refused_and_not_repeated(weak):
    with pytest.raises(InvalidInput) as refused:
        await refuse_weak(weak, email="Ada.Love@example.com")
    assert refused.value.code == "password_weak"
    assert not weak or weak not in str(refused.value)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fine", [GOOD, "zu4kelHx", "\N{GRINNING FACE}acht Zeichen", "k7Wq" * 256, "pass word pass word 77"]
)
async def test_any_other_password_is_taken_whatever_its_characters(fine):
    await refuse_weak(fine, email="ada@example.com")


@pytest.mark.anyio
async def test_no_more_than_two_are_hashed_at_once(monkeypatch):
    running, most = 0, 0
    hash_one = PasswordHasher.hash

    def counted(self, password):
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return hash_one(self, password)
        finally:
            running -= 1

    monkeypatch.setattr(PasswordHasher, "hash", counted)
    await asyncio.gather(*(hash_password(GOOD) for _ in range(8)))
    assert most <= 2


@pytest.mark.anyio
async def test_an_unknown_user_costs_what_a_known_one_does():
    stored = await hash_password(GOOD)
    await check_password(None, GOOD)

    async def took(kept):
        begin = time.process_time_ns()
        await check_password(kept, "a wrong password")
        return time.process_time_ns() - begin

    known, unknown = [], []
    for _ in range(7):
        known.append(await took(stored))
        unknown.append(await took(None))
    assert 0.5 < median(known) / median(unknown) < 2
