"""The task that gives an existing article a summary and tags."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from headrace import Job, NotFound, PermanentError, Retry, VersionConflict
from headrace_apps.articles import prompts
from headrace_apps.articles.assembly import one_line, shortened, tidy_tags
from headrace_apps.articles.brief import SUMMARY_MAX, ArticleEnriched, Description, Enrichment
from headrace_apps.articles.declaration import app
from headrace_apps.articles.origin import Source

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class _Reading(BaseModel):
    version: int
    title: str
    body: str


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=5))
async def enrich_article(job: Job, enrichment: Enrichment) -> ArticleEnriched:
    """Write a summary and tags for an article, as its next version.

    Fails without changing anything if the article is edited meanwhile: what it would say is about the older text.
    """
    article_id = enrichment.article_id
    job.progress(0.05, "Reading the article")
    reading = await job.transaction("read", _read, article_id, job.owner, returns=_Reading)
    job.progress(0.2, "Summing up")
    description = await job.ai.extract(prompts.description(reading.title, reading.body), Description, name="describe")
    tidy = Description(summary=shortened(one_line(description.summary), SUMMARY_MAX), tags=tidy_tags(description.tags))
    enriched = await job.transaction("store", _store, article_id, reading.version, tidy, returns=ArticleEnriched)
    job.progress(1, "Stored")
    return enriched


async def _read(session: AsyncSession, article_id: UUID, owner: str | None) -> _Reading:
    from headrace_apps.articles.shelf import check_owner, fetch_article

    try:
        if owner is not None:  # a job of somebody touches what is theirs
            await check_owner(session, str(article_id), owner)
        article = await fetch_article(session, article_id)
    except NotFound as error:
        raise PermanentError(str(error)) from error
    return _Reading(version=article.version, title=article.title, body=article.body)


async def _store(session: AsyncSession, article_id: UUID, version: int, description: Description) -> ArticleEnriched:
    from headrace_apps.articles.text import Base, Change, change_article

    change = Change(summary=description.summary, tags=tuple(description.tags))
    try:
        article = await change_article(session, Base(article_id, version), change, source=Source.AI)
    except (NotFound, VersionConflict) as error:
        raise PermanentError(f"{error} Ask for the enrichment again.") from error
    return ArticleEnriched(article_id=article.id, version=article.version, summary=article.summary, tags=article.tags)
