"""Stores what was written, and publishes it when a person has approved it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from headrace import Job, WaitExpired
from headrace_apps.articles.brief import ArticleWritten, Draft, Edits, Review
from headrace_apps.articles.origin import Origin, Source

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from headrace_apps.articles.models import Article

REVIEW_TIME = timedelta(days=14)


async def store(session: AsyncSession, draft: Draft, origin: Origin, publish: bool) -> ArticleWritten:
    """Insert the article, as a draft or published."""
    from headrace_apps.articles.publication import publish_article
    from headrace_apps.articles.text import Text, create_article

    text = Text(
        title=draft.title,
        summary=draft.summary,
        tags=tuple(draft.tags),
        body=draft.body,
        sources=tuple(source.model_dump(mode="json") for source in draft.sources),
    )
    article = await create_article(session, text, origin)
    if publish:
        article = await publish_article(session, article.id)
    return _written(article, draft.words)


async def reviewed(job: Job, written: ArticleWritten, publish: bool) -> ArticleWritten:
    """Wait for a person's decision, and do it; after two weeks without one the article stays a draft."""
    job.progress(0.98, f"Waiting for a review: {written.title}")
    try:
        review = await job.wait_for("approval", Review, timeout=REVIEW_TIME)
    except WaitExpired:
        return written.model_copy(update={"review": "nobody answered in time"})
    return await job.transaction("publish", _decide, written, review, publish, returns=ArticleWritten)


async def _decide(session: AsyncSession, written: ArticleWritten, review: Review, publish: bool) -> ArticleWritten:
    from headrace_apps.articles.markdown import count_words
    from headrace_apps.articles.publication import publish_article
    from headrace_apps.articles.shelf import fetch_article

    article = await _edited(session, await fetch_article(session, written.article_id), review.edits)
    if review.approved and publish:
        article = await publish_article(session, article.id)
    decision = "approved" if review.approved else "rejected"
    said = f"{decision}: {review.comment}" if review.comment else decision
    return _written(article, count_words(article.body)).model_copy(update={"review": said})


async def _edited(session: AsyncSession, article: Article, edits: Edits) -> Article:
    from headrace_apps.articles.assembly import one_line, tidy_tags
    from headrace_apps.articles.text import Base, Change, change_article

    change = Change(
        title=edits.title,
        summary=None if edits.summary is None else one_line(edits.summary),
        tags=None if edits.tags is None else tuple(tidy_tags(edits.tags)),
        body=edits.body,
    )
    if change.is_empty:
        return article
    return await change_article(session, Base(article.id, article.version), change, source=Source.HUMAN)


def _written(article: Article, words: int) -> ArticleWritten:
    is_published = article.published_at is not None
    return ArticleWritten(
        article_id=article.id,
        slug=article.slug,
        title=article.title,
        state=article.state,
        words=words,
        reading_minutes=article.reading_minutes,
        address=f"/read/{article.slug}" if is_published else None,
    )
