"""Links that work once: for whom, for how long, and that of two who have one only one gets through."""

import asyncio
from datetime import timedelta

import pytest

from headrace.accounts import link
from headrace.accounts.link import LinkKind as Kind
from headrace.accounts.permission import Role
from headrace.errors import NotFound
from headrace.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
def use(in_transaction):
    async def follow(token, kind=Kind.INVITATION):
        return await in_transaction(link.use, kind, token)

    return follow


async def test_an_invitation_leads_to_an_account_of_its_role_once(in_transaction, use, rows):
    made, token = await in_transaction(link.invite, role=Role.OPERATOR, email="ada@example.com")
    assert token not in str(await rows("SELECT l::text FROM headrace.account_links AS l"))
    assert await in_transaction(link.look_up, Kind.INVITATION, token) == made
    assert await use(token) == made
    assert (made.role, made.email) == (Role.OPERATOR, "ada@example.com")
    for ask in (link.look_up, link.use):
        with pytest.raises(NotFound, match="used already"):
            await in_transaction(ask, Kind.INVITATION, token)


async def test_a_new_reset_link_ends_the_one_before(make_user, in_transaction, use):
    ada = await make_user()
    _, first = await in_transaction(link.reset_password, ada.user_id)
    _, second = await in_transaction(link.reset_password, ada.user_id)
    with pytest.raises(NotFound):
        await use(first, Kind.RESET)
    assert (await use(second, Kind.RESET)).user_id == ada.user_id
    with pytest.raises(NotFound):
        await in_transaction(link.reset_password, new_id())


async def test_a_link_ends_in_time_by_hand_and_with_its_user(make_user, in_transaction, use, clock, runtime, rows):
    ada = await make_user()
    _, late = await in_transaction(link.invite, role=Role.MEMBER, life=timedelta(hours=1))
    withdrawn, gone = await in_transaction(link.invite, role=Role.MEMBER)
    _, orphan = await in_transaction(link.reset_password, ada.user_id)
    clock.advance(timedelta(hours=1))
    async with runtime.database.transaction() as conn:
        await link.withdraw(conn, withdrawn.id)
        with pytest.raises(NotFound):
            await link.withdraw(conn, withdrawn.id)
    await rows("DELETE FROM headrace.users WHERE id = %s", ada.user_id)
    for token, kind in ((late, Kind.INVITATION), (gone, Kind.INVITATION), (orphan, Kind.RESET)):
        with pytest.raises(NotFound):
            await use(token, kind)
    assert await in_transaction(link.list_links) == []


async def test_a_link_is_good_for_its_own_purpose(make_user, in_transaction, use):
    _, invitation = await in_transaction(link.invite, role=Role.ADMIN)
    _, reset = await in_transaction(link.reset_password, (await make_user()).user_id)
    for token, kind in ((invitation, Kind.RESET), (reset, Kind.INVITATION), ("", Kind.RESET), ("\ud800", Kind.RESET)):
        with pytest.raises(NotFound):
            await use(token, kind)


async def test_of_two_who_have_a_link_one_gets_through(in_transaction, use):
    _, token = await in_transaction(link.invite, role=Role.MEMBER)
    ends = await asyncio.gather(*(use(token) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(end, NotFound) for end in ends) == 4


async def test_what_fails_after_a_link_was_used_leaves_it_good(runtime, in_transaction, use):
    made, token = await in_transaction(link.invite, role=Role.MEMBER)
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.transaction() as conn:
            await link.use(conn, Kind.INVITATION, token, now=runtime.clock.now)
            raise ZeroDivisionError
    assert await use(token) == made
