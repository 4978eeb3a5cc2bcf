"""The command `headrace`."""

from __future__ import annotations

import sys
from typing import Annotated
from uuid import UUID

import typer

from headrace import settings
from headrace.cli.audit import audit
from headrace.cli.bulk import bulk
from headrace.cli.credential import credential_of
from headrace.cli.demo import demo
from headrace.cli.jobs import jobs
from headrace.cli.keys import keys
from headrace.cli.openapi import openapi
from headrace.cli.queues import queues
from headrace.cli.retention import retention
from headrace.cli.schedules import schedules
from headrace.cli.users import roles, users
from headrace.errors import HeadraceError

cli = typer.Typer(
    name="headrace",
    help="Typed functions as durable background jobs: `headrace up my_app.py` runs everything.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[APP]...", help="Files or modules that define apps; none means all installed apps."),
]
ParentFd = Annotated[int | None, typer.Option(hidden=True, help="Pipe from the supervisor; its end means: stop.")]


@cli.command()
def up(
    targets: Targets = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="Start web server and worker anew when code changes (for development).")
    ] = False,
) -> None:
    """Run everything on this machine: PostgreSQL (unless HEADRACE_DATABASE_URL is set), web server and worker."""
    from headrace.cli.up import up as run_up

    raise typer.Exit(run_up(settings.load(), targets or [], reload=reload))


@cli.command()
def web(targets: Targets = None, parent_fd: ParentFd = None) -> None:
    """Run a web server: API, live updates, screens."""
    from headrace.web.server import serve

    serve(settings.load(), targets or [], parent_fd)


@cli.command()
def worker(
    targets: Targets = None,
    parent_fd: ParentFd = None,
    id: Annotated[UUID | None, typer.Option(hidden=True, help="Id given by the supervisor.")] = None,  # noqa: A002
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="Fire schedules that are due, run what is ready, and exit.")
    ] = False,
) -> None:
    """Run a worker: claims jobs and runs them until stopped by SIGTERM or Ctrl-C."""
    from headrace.cli.worker import work

    work(settings.load(), targets or [], parent_fd, id, until_empty=until_empty)


@cli.command()
def migrate(targets: Targets = None) -> None:
    """Bring the database's schema, and each app's, to the newest version."""
    from headrace.db.migrate import migrate as run_migrations
    from headrace.installation import refuse_other
    from headrace.runtime import database_url, load_apps

    found = settings.load()
    apps = load_apps(targets or [])
    refuse_other(database_url(found), found.environment)
    run_migrations(database_url(found), [app.migrations for app in apps if app.migrations])


@cli.command()
def submit(
    task: Annotated[str, typer.Argument(help="Full name of the task, such as articles.write_article.")],
    input: Annotated[str, typer.Argument(help="The input as JSON, or - to read it from standard input.")] = "{}",  # noqa: A002
    unique_key: Annotated[
        str | None, typer.Option(help="Get the unfinished job with this key instead of a second.")
    ] = None,
    follow: Annotated[bool, typer.Option("--watch", help="Stay and show what the job reports.")] = False,
) -> None:
    """Submit a job over HTTP to the server of HEADRACE_HOST and HEADRACE_PORT; prints the job's id."""
    from headrace.cli import client

    text = sys.stdin.read() if input == "-" else input
    found = settings.load()
    auth = credential_of(found)
    job_id = client.submit(found.address, task, text, unique_key=unique_key, auth=auth)
    typer.echo(job_id)
    if follow:
        raise typer.Exit(client.watch(found.address, job_id, auth=auth))


@cli.command()
def watch(job_id: Annotated[str, typer.Argument(help="Id of the job.")]) -> None:
    """Show a job live: progress, log and text as they come; exits 0 if it completed, 1 otherwise."""
    from headrace.cli import client

    found = settings.load()
    raise typer.Exit(client.watch(found.address, job_id, auth=credential_of(found)))


for group in (jobs, queues, schedules, bulk, users, keys):
    cli.add_typer(group)
for command in (retention, roles, audit, openapi, demo):
    cli.command()(command)


def run() -> None:
    """Run the command line; an expected error is one line on standard error and exit code 1."""
    try:
        cli()
    except HeadraceError as error:
        typer.secho(f"headrace: {error}", fg=typer.colors.RED, err=True)
        sys.exit(1)
