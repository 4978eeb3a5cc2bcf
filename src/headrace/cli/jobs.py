"""`headrace jobs`: list, show, cancel, retry, and why one is not running."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from headrace.cli.filters import narrowed
from headrace.cli.reach import job_path, reach
from headrace.cli.tables import AsJson, moment, show_facts, show_json, show_table, text

jobs = typer.Typer(name="jobs", help="List, show, cancel and retry jobs.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="Id of the job.")]


@jobs.command("list")
@narrowed
def list_jobs(
    *,
    wanted: dict[str, object],
    limit: Annotated[int, typer.Option(help="How many, at most 200.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first."""
    asked = {**wanted, "limit": limit, "cursor": cursor}
    with reach() as server:
        page = server.get("/jobs", asked)
    if as_json:
        show_json(page)
        return
    head = ("id", "task", "state", "queue", "created (UTC)", "finished (UTC)", "owner", "progress or error")
    show_table(head, [_row(job) for job in page["items"]])
    if page["searched"]:
        typer.echo(f"Looked through the newest {page['searched']:,} jobs.", err=True)
    if page["next_cursor"]:
        typer.echo(f"There are more: --cursor {page['next_cursor']}", err=True)


@jobs.command()
def show(job_id: JobId, as_json: AsJson = False) -> None:
    """Show a job with its input and result."""
    job = _find(job_id)
    if as_json:
        show_json(job)
        return
    why = (job["why"] or {}).get("detail")
    times = {
        name.removesuffix("_at"): moment(job[name]) for name in ("created_at", "run_at", "started_at", "finished_at")
    }
    show_facts(
        {name: job[name] for name in ("id", "task", "state")}
        | ({"why": why} if why else {})
        | {name: job[name] for name in ("queue", "priority", "owner", "tags", "unique_key", "retry_of")}
        | {"attempts": f"{job['failures']} of {job['attempts']} failed", "runs": job["run"], "crashes": job["crashes"]}
        | times
        | {"progress": _progress(job), "input": job["input"], "result": job["result"], "error": _error(job)}
        | ({"cancellation": job["cancellation"]} if job["cancellation"] else {})
    )


@jobs.command()
def why(job_id: JobId, as_json: AsJson = False) -> None:
    """Say why a job is not running."""
    job = _find(job_id)
    if as_json:
        show_json(job["why"])
    elif job["why"]:
        typer.echo(text(job["why"]["detail"]))
    else:
        typer.echo(f"It is {job['state']}.")


@jobs.command()
def cancel(job_id: JobId) -> None:
    """Cancel a job: at once if it does not run, else as soon as its worker has stopped it."""
    with reach() as server:
        answer = server.put(f"{job_path(job_id)}/cancellation")
    typer.echo("cancelled" if answer["state"] == "cancelled" else "cancellation requested; its worker stops it")


@jobs.command()
def retry(job_id: JobId) -> None:
    """Submit a finished job anew, with its finished steps; prints the new job's id."""
    with reach() as server:
        typer.echo(server.post(f"{job_path(job_id)}/retry")["id"])


def _find(job_id: str) -> dict[str, Any]:
    with reach() as server:
        job: dict[str, Any] = server.get(job_path(job_id))
    return job


def _row(job: dict[str, Any]) -> tuple[object, ...]:
    names = ("id", "task", "state", "queue")
    times = (moment(job["created_at"]), moment(job["finished_at"]))
    return (*(job[name] for name in names), *times, job["owner"], _error(job) or _progress(job))


def _progress(job: dict[str, Any]) -> str | None:
    found = job["progress"]
    return f"{found['fraction']:.0%} {found['note'] or ''}".rstrip() if found else None


def _error(job: dict[str, Any]) -> str | None:
    found = job["error"]
    return f"{found['code']}: {found['message']}"[:200] if found else None
