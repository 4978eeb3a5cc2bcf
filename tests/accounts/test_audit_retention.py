"""The audit log is kept for a year, or as long as is set; what is younger than 30 days nothing takes away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from headrace.accounts import audit
from headrace.ids import first_id
from headrace.jobs.upkeep import perform

pytestmark = pytest.mark.anyio

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@pytest.fixture
def clock(clock):
    """The time as it is: the database holds deletions to its own."""
    return type(clock)()


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"keep_audit_days": 90})


@pytest.fixture
async def ages(rows):
    """Entries of these ages in days; tells those that are left."""
    moment = datetime.now(UTC)
    for age in (10, 29, 31, 89, 91, 400):
        at = moment - timedelta(days=age)
        await rows(
            "INSERT INTO headrace.audit_log (id, at, actor_kind, actor_name, action, target)"
            " VALUES (%s, %s, 'user', 'ada', 'user.changed', %s)",
            *(first_id(at, timedelta(0)), at, str(age)),
        )

    async def left():
        return [int(target) for (target,) in await rows("SELECT target FROM headrace.audit_log ORDER BY id DESC")]

    return left


async def test_the_upkeep_of_every_process_deletes_what_is_older_than_is_set(runtime, ages):
    duty = next(duty for duty in runtime.duties if duty.name == "accounts")
    assert await perform(duty, runtime.database, runtime.wakeups) == 2
    assert await ages() == [10, 29, 31, 89]


async def test_it_is_kept_for_ever_where_that_is_set(runtime, ages):
    forever = replace(runtime, settings=runtime.settings.model_copy(update={"keep_audit_days": 0}))
    duty = next(duty for duty in forever.duties if duty.name == "accounts")
    assert await perform(duty, runtime.database, runtime.wakeups) == 0
    assert len(await ages()) == 6


async def test_no_clock_and_no_caller_gets_rid_of_the_last_30_days(runtime, ages, rows):
    async with runtime.database.transaction() as conn:
        wrong = datetime.now(UTC) + timedelta(days=3_650)
        assert await audit.prune(conn, timedelta(days=30), now=wrong) == 4
    assert await ages() == [10, 29]
    assert await rows("SELECT headrace.prune_audit_log('infinity', %s, 1000)", LAST) == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await rows("SELECT set_config('headrace.prunes_audit_log', 'on', false)")
        await rows("DELETE FROM headrace.audit_log")


async def test_old_entries_go_by_the_function_alone(ages, rows):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await rows("DELETE FROM headrace.audit_log WHERE at < now() - interval '400 days'")
    assert len(await ages()) == 6


async def test_processes_that_connect_as_another_role_need_no_right_to_delete(runtime, ages):
    async with runtime.database.connection() as conn, conn.transaction(force_rollback=True):
        await conn.execute("CREATE ROLE adder")
        await conn.execute("GRANT USAGE ON SCHEMA headrace TO adder")
        await conn.execute("GRANT SELECT, INSERT ON headrace.audit_log TO adder")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with conn.transaction():
                await conn.execute("SET LOCAL ROLE adder")
                await audit.prune(conn, timedelta(days=90))
        await conn.execute("GRANT EXECUTE ON FUNCTION headrace.prune_audit_log TO adder")
        await conn.execute("SET LOCAL ROLE adder")
        assert await audit.prune(conn, timedelta(days=90)) == 2
