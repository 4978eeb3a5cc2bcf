"""Publishing an article, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, func, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from headrace import NotFound
from headrace_apps.articles.models import Article, ArticleState


async def publish_article(session: AsyncSession, article_id: UUID) -> Article:
    """Make an article readable at `/read`; one that is published already keeps its date. Raises `NotFound`."""
    return await _move(session, article_id, ArticleState.PUBLISHED, func.coalesce(Article.published_at, func.now()))


async def unpublish_article(session: AsyncSession, article_id: UUID) -> Article:
    """Make an article a draft again. Raises `NotFound`."""
    return await _move(session, article_id, ArticleState.DRAFT, literal(None, DateTime(timezone=True)))


async def _move(
    session: AsyncSession, article_id: UUID, state: ArticleState, when: ColumnElement[datetime | None]
) -> Article:
    statement = (
        update(Article)
        .where(Article.id == article_id)
        .values(state=state, published_at=when)
        .returning(Article)
        .execution_options(populate_existing=True)
    )
    article = (await session.execute(statement)).scalar_one_or_none()
    if article is None:
        raise NotFound(f"There is no article {article_id}")
    return article
