"""`headrace demo`: a believable week of work, for screenshots and for trying the product out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from headrace import settings as all_settings
from headrace.settings import Settings

if TYPE_CHECKING:
    from headrace.demo.seed import Plan

_JOBS = 3_000


def demo(
    targets: Annotated[list[str] | None, typer.Argument(metavar="[APP]...", help="As for `headrace up`.")] = None,
    *,
    jobs: Annotated[int, typer.Option(min=1, max=20_000_000, help="About how many jobs.")] = _JOBS,
    seed: Annotated[int, typer.Option(help="Another number makes another week.")] = 7,
    yes: Annotated[bool, typer.Option("--yes", help="Also where there are jobs already.")] = False,
    bare: Annotated[bool, typer.Option("--bare", help="Only finished jobs of no app, by the million.")] = False,
) -> None:
    """Fill the database with a made-up week: jobs of each app, people, AI calls, schedules, errors."""
    from headrace.demo.refusal import refuse_jobs, refuse_production
    from headrace.demo.seed import Plan
    from headrace.runtime import database_url

    found = all_settings.load()
    refuse_production(found.environment)
    with _database(found, targets or []) as settings:
        if not yes:
            refuse_jobs(database_url(settings))
        plan = Plan(jobs=jobs, seed=seed)
        made = _add_bare(settings, jobs) if bare else asyncio.run(_seed(settings, targets or [], plan))
    typer.echo(made)


async def _seed(settings: Settings, targets: Sequence[str], plan: Plan) -> str:
    from headrace.demo.people import ADMIN
    from headrace.demo.seed import seed
    from headrace.installation import confirm
    from headrace.runtime import Runtime, load_apps

    async with Runtime.open(settings, load_apps(targets), connections=2) as runtime:
        await confirm(runtime.database, runtime.keyring, settings.environment)
        week = await seed(runtime, plan)
    return f"Made {week.jobs:,} jobs. To sign in as their administrator: headrace users reset {ADMIN}"


def _add_bare(settings: Settings, jobs: int) -> str:
    from headrace.demo.bare import add_bare_jobs
    from headrace.runtime import database_url

    add_bare_jobs(database_url(settings), jobs, tell=lambda made: typer.echo(f"{made:,} of {jobs:,} jobs", err=True))
    return f"Made {jobs:,} jobs."


@contextmanager
def _database(settings: Settings, targets: Sequence[str]) -> Iterator[Settings]:
    """Yield settings with the URL of a migrated database: the given one, or the data folder's, started if it doesn't run."""
    if settings.database_url is not None:
        _migrate(settings, targets)
        yield settings
        return

    from pydantic import SecretStr

    from headrace.db.embedded import EmbeddedServer
    from headrace.db.server_lock import lock, make_data_folder

    data_dir = settings.data_dir.expanduser().resolve()
    make_data_folder(data_dir)
    with ExitStack() as stack:
        try:
            stack.enter_context(lock(data_dir / "supervisor.lock"))
            is_ours = True
        except BlockingIOError:
            is_ours = False  # `headrace up` has it: its server is used, and goes on
        server = EmbeddedServer(data_dir)
        server.start()
        if is_ours:
            stack.callback(server.stop)
        reachable = settings.model_copy(update={"database_url": SecretStr(server.url)})
        _migrate(reachable, targets)
        yield reachable


def _migrate(settings: Settings, targets: Sequence[str]) -> None:
    from headrace.db.migrate import migrate
    from headrace.installation import refuse_other
    from headrace.runtime import database_url, load_apps

    url = database_url(settings)
    refuse_other(url, settings.environment)
    migrate(url, [app.migrations for app in load_apps(targets) if app.migrations])
