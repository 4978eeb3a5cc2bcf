"""Headrace: typed functions become durable background jobs.

    from headrace import App, Job, Retry

    app = App("articles")

    @app.task(retry=Retry(attempts=5))
    async def write_article(job: Job, brief: Brief) -> Article:
        outline = await job.ai.extract(f"Outline an article on {brief.topic}", Outline)    # a stored step
        draft = await job.step("assemble", assemble, outline)                              # never runs again once finished
        return await job.transaction("store", store, draft)                                # with your rows, or not at all

`headrace up my_app.py` gives it an HTTP API, a queue, workers, retries and live progress. To read on: `App` (declaring),
`Job` and `SyncJob` (what a task is given), `Task.submit` (a job in your own transaction), `Retry`, and `headrace.testing`.

What a route of an app needs is imported on first use, so that workers don't load a web framework: `Session` (a SQLAlchemy
session in the request's transaction), `Caller` (who asks), `Idempotency` (an answer given once per key) and `Page`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from headrace.app import App
from headrace.context import Job, SyncJob
from headrace.errors import (
    Conflict,
    HeadraceError,
    InvalidInput,
    NotFound,
    PermanentError,
    RetryLater,
    StepChanged,
    VersionConflict,
    WaitExpired,
)
from headrace.ids import new_id
from headrace.jobs.approval import Approval
from headrace.jobs.backoff import Retry
from headrace.jobs.child_errors import ChildFailed
from headrace.jobs.job import Submitted
from headrace.jobs.limits import Rate
from headrace.jobs.sensitive import Sensitive
from headrace.jobs.states import State
from headrace.jobs.task import Task

if TYPE_CHECKING:
    from headrace.web.gate import CurrentPrincipal as Caller
    from headrace.web.idempotency import Idempotency
    from headrace.web.paging import Page
    from headrace.web.session import Session

_LAZY = {
    "Caller": ("headrace.web.gate", "CurrentPrincipal"),
    "Idempotency": ("headrace.web.idempotency", "Idempotency"),
    "Page": ("headrace.web.paging", "Page"),
    "Session": ("headrace.web.session", "Session"),
}

__all__ = [
    "App",
    "Approval",
    "Caller",
    "ChildFailed",
    "Conflict",
    "HeadraceError",
    "Idempotency",
    "InvalidInput",
    "Job",
    "NotFound",
    "Page",
    "PermanentError",
    "Rate",
    "Retry",
    "RetryLater",
    "Sensitive",
    "Session",
    "State",
    "StepChanged",
    "Submitted",
    "SyncJob",
    "Task",
    "VersionConflict",
    "WaitExpired",
    "new_id",
]


def __getattr__(name: str) -> object:
    if name in _LAZY:
        module, attribute = _LAZY[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module 'headrace' has no attribute {name!r}")
