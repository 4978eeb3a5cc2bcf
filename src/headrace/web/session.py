"""A request's transaction: a SQLAlchemy session, committed before the answer is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from headrace.web.runtime import CurrentRuntime


async def _session(runtime: CurrentRuntime) -> AsyncIterator[AsyncSession]:
    async with runtime.database.session() as session:
        yield session


# The scope "function" ends before the answer goes out: a 2xx means committed, and a failing commit is answered as an error.
# The default scope would commit afterwards.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]
