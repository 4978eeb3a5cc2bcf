"""The shelf: finds an article, lists many."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from headrace import NotFound
from headrace_apps.articles.models import Article, ArticleState, ArticleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which articles are wanted; `words` are looked for in title, summary and the beginning of the body."""

    words: str | None = None
    tag: str | None = None
    state: ArticleState | None = None
    job_id: UUID | None = None
    owner: str | None = None


async def fetch_article(session: AsyncSession, article_id: UUID) -> Article:
    """Return an article by its id; raises `NotFound`."""
    article = await session.get(Article, article_id, populate_existing=True)
    if article is None:
        raise NotFound(f"There is no article {article_id}")
    return article


async def find_article(session: AsyncSession, id_or_slug: str) -> Article:
    """Return an article by its id or its slug; raises `NotFound`."""
    try:
        return await fetch_article(session, UUID(id_or_slug))
    except ValueError:
        return await _by_slug(session, Article.slug == id_or_slug, id_or_slug)


async def check_owner(session: AsyncSession, id_or_slug: str, owner: str) -> None:
    """Raise `NotFound`, as for an article that there isn't, unless it is the owner's."""
    try:
        wanted = Article.id == UUID(id_or_slug)
        name = str(UUID(id_or_slug))
    except ValueError:
        wanted, name = Article.slug == id_or_slug, repr(id_or_slug[:100])
    if "\0" in id_or_slug or not await session.scalar(select(exists().where(wanted, Article.owner == owner))):
        raise NotFound(f"There is no article {name}")


async def find_published(session: AsyncSession, slug: str) -> Article:
    """Return a published article by its slug; raises `NotFound` for drafts too."""
    return await _by_slug(session, (Article.slug == slug) & Article.published_at.is_not(None), slug)


async def list_articles(
    session: AsyncSession, search: Search, *, limit: int, after: UUID | None = None
) -> list[Article]:
    """Return articles without their bodies, newest first, those that come after the given one."""
    wanted = _conditions(search)
    if after is not None:
        wanted.append(Article.id < after)
    statement = select(Article).options(defer(Article.body, raiseload=True)).where(*wanted)
    return list(await session.scalars(statement.order_by(Article.id.desc()).limit(limit)))


async def list_published(
    session: AsyncSession, search: Search, *, limit: int, after: UUID | None = None
) -> list[Article]:
    """Return published articles without their bodies, the last published first, those that come after the given one."""
    # published articles are those with a date, and the index for this order holds just them
    wanted = [*_conditions(search), Article.published_at.is_not(None)]
    place = tuple_(Article.published_at, Article.id)
    if after is not None:
        last = select(Article.published_at, Article.id).where(Article.id == after).subquery()
        wanted.append(place < select(last.c.published_at, last.c.id).scalar_subquery())
    statement = select(Article).options(defer(Article.body, raiseload=True)).where(*wanted)
    ordered = statement.order_by(Article.published_at.desc(), Article.id.desc())
    return list(await session.scalars(ordered.limit(limit)))


async def select_ids(session: AsyncSession, search: Search, missing_summary: bool, *, limit: int) -> list[UUID]:
    """Return the ids of articles, oldest first; with `missing_summary` those that have none."""
    wanted = [*_conditions(search), *([Article.summary == ""] if missing_summary else [])]
    return list(await session.scalars(select(Article.id).where(*wanted).order_by(Article.id).limit(limit)))


async def list_versions(session: AsyncSession, article_id: UUID) -> list[ArticleVersion]:
    """Return all versions of an article without their bodies, the newest first; raises `NotFound`."""
    await fetch_article(session, article_id)
    statement = select(ArticleVersion).options(defer(ArticleVersion.body, raiseload=True))
    ordered = statement.where(ArticleVersion.article_id == article_id).order_by(ArticleVersion.version.desc())
    return list(await session.scalars(ordered))


async def fetch_version(session: AsyncSession, article_id: UUID, version: int) -> ArticleVersion:
    """Return an article as it read at a version; raises `NotFound`."""
    found = await session.get(ArticleVersion, (article_id, version))
    if found is None:
        raise NotFound(f"Article {article_id} has no version {version}")
    return found


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.words:
        wanted.append(Article.search.op("@@", is_comparison=True)(func.websearch_to_tsquery("simple", search.words)))
    if search.tag:
        wanted.append(Article.tags.contains([search.tag.lower()]))
    if search.state:
        wanted.append(Article.state == search.state)
    if search.job_id:
        wanted.append(Article.job_id == search.job_id)
    if search.owner is not None:
        wanted.append(Article.owner == search.owner)
    return wanted


async def _by_slug(session: AsyncSession, condition: ColumnElement[bool], slug: str) -> Article:
    # an address may hold anything, PostgreSQL's text can't hold NUL
    article = None if "\0" in slug else (await session.scalars(select(Article).where(condition))).one_or_none()
    if article is None:
        raise NotFound(f"There is no article {slug[:100]!r}")
    return article
