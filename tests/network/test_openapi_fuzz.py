"""Whatever the OpenAPI file allows, or nearly allows, is answered as it says: nothing fails with 5xx, for any role."""

import asyncio
import warnings

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from headrace.accounts import session
from headrace.accounts.permission import Role
from headrace.ids import new_id
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in
from headrace.web.gate import PLAIN_COOKIE

pytestmark = pytest.mark.anyio

# A stream has no end that a test could wait for; a first user can't be made twice.
ENDLESS = {"stream_jobs"}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"rate_limit": "0", "anonymous_rate_limit": "0"})


@pytest.fixture
def make_cookie(runtime):
    """The cookie of a new user of a role; none for nobody."""

    async def make(role):
        if role is None:
            return {}
        user_id = new_id()
        async with runtime.database.transaction() as conn:
            await conn.execute(
                "INSERT INTO headrace.users (id, email, email_key, role, created_at) VALUES (%s, %s, %s, %s, now())",
                (user_id, str(user_id), str(user_id), role),
            )
            _, token = await session.begin_browser(conn, user_id, session.Origin())
        return {"Cookie": f"{PLAIN_COOKIE}={token}"}

    return make


def operations(document):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis

        schema = schemathesis.openapi.from_dict(document)
        schema.config.generation.with_security_parameters = False  # who asks is the test's to say
        found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if one.definition.raw["operationId"] not in ENDLESS]


def examine(operation, address, headers, examples):
    """Send what is generated for an operation and check each answer."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def every_answer_is_as_described(case):
        case.call_and_validate(base_url=address, headers=headers, checks=checks, timeout=30)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        every_answer_is_as_described()


async def run(runtime, make_cookie, role, examples):
    async with serving(runtime) as (address, _):
        async with AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
            document = (await client.get("/api/v1/openapi.json")).json()
        found = await asyncio.to_thread(operations, document)
        assert len(found) > 60
        for operation in found:
            headers = await make_cookie(role)
            await asyncio.to_thread(examine, operation, address, headers, examples)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
async def test_no_role_gets_an_answer_that_is_not_described(runtime, make_cookie, role):
    await run(runtime, make_cookie, role, examples=2)


@pytest.mark.long
@pytest.mark.parametrize("role", [None, *Role], ids=str)
async def test_no_role_gets_an_answer_that_is_not_described_at_length(runtime, make_cookie, role):
    await run(runtime, make_cookie, role, examples=60)
