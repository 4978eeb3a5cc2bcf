"""Tasks that have many articles written or enriched: the daily round, and the enrichment of a selection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from headrace import ChildFailed, Job, Retry
from headrace_apps.articles.brief import TAG_MAX, ArticleWritten, Brief, Enrichment
from headrace_apps.articles.declaration import app
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.writing import write_article

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ROUND_SIZE = 3
SELECTION_MAX = 10_000
AT_ONCE = 10
FAILURES_SHOWN = 50


class Selection(BaseModel):
    """Which articles are meant; all of them if nothing is said."""

    model_config = ConfigDict(extra="forbid")

    tag: str | None = Field(None, max_length=TAG_MAX, pattern=r"^[^\x00]*$")
    missing_summary: bool = Field(default=True, description="Only articles without a summary.")


class NotEnriched(BaseModel):
    """An article that could not be enriched."""

    article_id: UUID
    reason: str


class Enriched(BaseModel):
    """What came of a selection; the first 50 failures are named."""

    enriched: int
    failed: int
    failures: list[NotEnriched]


class Round(BaseModel):
    """What a daily round wrote."""

    written: list[ArticleWritten]
    failed: list[str]


class _Turn(BaseModel):
    id: UUID
    brief: Brief


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=5))
async def enrich_articles(job: Job, selection: Selection) -> Enriched:
    """Have summaries and tags written for many articles, ten at a time."""
    ids = await job.transaction("select", _select, selection, job.owner, returns=list[UUID])
    job.progress(0.05, f"Enriching {len(ids):,} articles")
    wanted = [Enrichment(article_id=id_) for id_ in ids]
    outcomes = await job.call_many(enrich_article, wanted, concurrency=AT_ONCE, on_failure="collect")
    failures = [
        NotEnriched(article_id=id_, reason=str(outcome)[:500])
        for id_, outcome in zip(ids, outcomes, strict=True)
        if isinstance(outcome, ChildFailed)
    ]
    job.progress(1, f"{len(ids) - len(failures):,} of {len(ids):,} enriched")
    return Enriched(enriched=len(ids) - len(failures), failed=len(failures), failures=failures[:FAILURES_SHOWN])


@app.schedule("0 6 * * *")
@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=5))
async def morning_round(job: Job) -> Round:
    """Have the three oldest planned briefs written, every morning at six (UTC).

    What it may cost is bounded by a budget of the app, `app:articles`: once it is spent, the writing waits.
    """
    turns = await job.transaction("take", _take, returns=list[_Turn])
    outcomes = await job.call_many(write_article, [turn.brief for turn in turns], on_failure="collect")
    notes = [str(one) if isinstance(one, ChildFailed) else one.article_id for one in outcomes]
    await job.transaction("note", _note, [turn.id for turn in turns], notes, returns=None)
    return Round(
        written=[one for one in outcomes if not isinstance(one, ChildFailed)],
        failed=[str(one) for one in outcomes if isinstance(one, ChildFailed)],
    )


async def _select(session: AsyncSession, selection: Selection, owner: str | None) -> list[UUID]:
    from headrace_apps.articles.shelf import Search, select_ids

    return await select_ids(
        session, Search(tag=selection.tag, owner=owner), selection.missing_summary, limit=SELECTION_MAX
    )


async def _take(session: AsyncSession) -> list[_Turn]:
    from headrace_apps.articles.planned import take_turns

    return [_Turn(id=turn.id, brief=turn.brief) for turn in await take_turns(session, ROUND_SIZE)]


async def _note(session: AsyncSession, brief_ids: list[UUID], outcomes: list[UUID | str]) -> None:
    from headrace_apps.articles.planned import note_written

    await note_written(session, brief_ids, outcomes)
