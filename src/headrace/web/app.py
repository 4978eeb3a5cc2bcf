"""The web application: the domains' routers, the apps' routers and pages, behind one door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from headrace.accounts.api import (
    audit,
    keys,
    links,
    me,
    openid,
    own_account,
    saved_views,
    second_factor,
    settings,
    sign_in,
    tokens,
    users,
)
from headrace.accounts.identity import Identities
from headrace.accounts.oidc_provider import Provider
from headrace.accounts.permission import Permission
from headrace.accounts.rate import Meter
from headrace.ai import api as ai
from headrace.errors import SettingsError
from headrace.jobs import api as jobs
from headrace.jobs.quota import Quota, Quotas
from headrace.jobs.views import PREFIX
from headrace.live.hub import Hub
from headrace.live.stream import Pace
from headrace.runtime import Runtime
from headrace.schedules import api as schedules
from headrace.settings import Settings
from headrace.web import (
    bulk,
    children,
    contact,
    counters,
    door,
    failures,
    health,
    job_links,
    live,
    metrics,
    models,
    openapi,
    overview,
    pages,
    queues,
    quotas,
    replays,
    retention,
    waits,
    workers,
)
from headrace.web.body import take_json_only
from headrace.web.crowd import bound_requests
from headrace.web.errors import answer_errors, answer_raised
from headrace.web.gate import ANYBODY, needs
from headrace.web.hatch import open_hatch
from headrace.web.intake import Intake
from headrace.web.origins import share_with_origins
from headrace.web.proxies import believe_proxies
from headrace.web.tasks import task_router
from headrace.web.throttle import Throttle, tell_rates
from headrace.web.witness import Witness

_OF_APPS = needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)


def create_app(runtime: Runtime, *, pace: Pace | None = None) -> FastAPI:
    """Return the application of a runtime and its apps; its live streams end when it shuts down."""
    app = FastAPI(
        title="Headrace",
        version=version("headrace"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        exception_handlers={HTTPException: answer_raised, RequestValidationError: answer_raised},
    )
    app.state.runtime = runtime
    app.state.hub = Hub(runtime.database, runtime.wakeups)
    app.state.intake = Intake(runtime.database, runtime.clock)
    app.state.pace = pace or Pace()
    app.state.identities = Identities(
        runtime.database,
        runtime.wakeups,
        lambda: runtime.keyring,
        networks=runtime.settings.trusted_networks,
        clock=runtime.clock,
    )
    app.state.witness = Witness(runtime.database, runtime.clock)
    app.state.openid = Provider.of(runtime.settings)
    app.state.quotas = Quotas(runtime.database, _default_quota(runtime.settings))
    app.state.throttle = Throttle(Meter(runtime.database, runtime.clock), runtime.settings)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    _include_routers(app, runtime)
    _add_door(app, runtime)
    return app


def _default_quota(settings: Settings) -> Quota:
    return Quota(settings.quota_jobs, settings.quota_mib * 2**20)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    try:
        yield
    finally:
        app.state.hub.close()


def _include_routers(app: FastAPI, runtime: Runtime) -> None:
    # looked through in this order at each request, so what is asked for most comes first
    app.include_router(task_router(runtime.tasks), prefix=PREFIX)
    app.include_router(jobs.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(workers.router, prefix=PREFIX)
    app.include_router(replays.router, prefix=PREFIX)
    app.include_router(children.router, prefix=PREFIX)
    app.include_router(job_links.router, prefix=PREFIX)
    app.include_router(queues.router, prefix=PREFIX)
    app.include_router(bulk.router, prefix=PREFIX)
    app.include_router(quotas.router, prefix=PREFIX)
    app.include_router(counters.router, prefix=PREFIX)
    app.include_router(failures.router, prefix=PREFIX)
    app.include_router(overview.router, prefix=PREFIX)
    app.include_router(retention.router, prefix=PREFIX)
    app.include_router(models.router, prefix=PREFIX)
    app.include_router(waits.router, prefix=PREFIX)
    app.include_router(waits.callbacks, prefix=PREFIX)
    app.include_router(schedules.router, prefix=PREFIX)
    app.include_router(ai.router, prefix=PREFIX)
    app.include_router(ai.of_jobs, prefix=PREFIX)
    app.include_router(ai.bounds, prefix=PREFIX)
    app.include_router(openapi.router, prefix=PREFIX)
    for accounts in (sign_in, me, users, audit, settings, tokens, keys, own_account, second_factor, links, openid):
        app.include_router(accounts.router, prefix=PREFIX)
    for further in (keys.of_all, second_factor.of_others, links.of_admins, openid.of_person, saved_views.router):
        app.include_router(further, prefix=PREFIX)
    app.include_router(live.router, prefix=PREFIX)
    for own in runtime.apps:
        if own.router:
            app.include_router(_load(own.router), prefix=f"{PREFIX}/{own.name}", dependencies=[_OF_APPS])
        if own.pages:
            app.include_router(_load(own.pages), include_in_schema=False, dependencies=[ANYBODY])
    app.include_router(contact.router)
    app.include_router(pages.router)
    pages.add_files(app)
    pages.add_screens(app)


def _add_door(app: FastAPI, runtime: Runtime) -> None:
    """Add what every request passes; the first line is passed last."""
    settings = runtime.settings
    own = urlsplit(settings.public_url or "").hostname or settings.host
    app.add_middleware(open_hatch, routes=app.routes)
    app.add_middleware(bound_requests, most=settings.requests_max)
    app.add_middleware(take_json_only)
    app.add_middleware(door.answer_head)
    app.add_middleware(door.complete_version)
    app.add_middleware(door.refuse_cross_site)
    app.add_middleware(door.check_host, allowed=(settings.host, own, *settings.allowed_hosts))
    app.add_middleware(answer_errors)
    app.add_middleware(share_with_origins, listed=settings.cors_origins)
    app.add_middleware(tell_rates)
    app.add_middleware(door.add_headers)
    app.add_middleware(believe_proxies, trusted=settings.trusted_proxies)


def _load(target: str) -> APIRouter:
    """Import a router by `module:name`."""
    module, _, name = target.partition(":")
    try:
        router = getattr(import_module(module), name or "router")
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"The router {target} can't be loaded: {error}") from error
    if not isinstance(router, APIRouter):
        raise SettingsError(f"{target} is not a FastAPI APIRouter")
    return router
