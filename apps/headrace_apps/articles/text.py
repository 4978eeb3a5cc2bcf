"""The text of an article: created once, changed version by version."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession

from headrace import Conflict, VersionConflict, new_id
from headrace_apps.articles.markdown import reading_minutes
from headrace_apps.articles.models import Article, ArticleState, ArticleVersion
from headrace_apps.articles.origin import Origin, Source
from headrace_apps.articles.shelf import fetch_article
from headrace_apps.articles.slug import slug_of, told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a person or a model writes."""

    title: str
    body: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The parts of a text that become different; `None` leaves a part as it is."""

    title: str | None = None
    body: str | None = None
    summary: str | None = None
    tags: tuple[str, ...] | None = None
    sources: tuple[dict[str, str], ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing becomes different."""
        return all(part is None for part in (self.title, self.body, self.summary, self.tags, self.sources))


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is based on: the article at the version that was read."""

    article_id: UUID
    version: int


async def create_article(session: AsyncSession, text: Text, origin: Origin) -> Article:
    """Insert a draft with its first version; its slug is the title's, told apart from one that is taken."""
    row = _row(text, origin)
    slug = slug_of(text.title)
    article = await _insert(session, row, slug) or await _insert(session, row, told_apart(slug, row["id"]))
    if article is None:
        raise Conflict(f"The address {slug!r} is taken twice over; change the title a little")
    await _keep_version(session, article, origin.source)
    return article


async def change_article(session: AsyncSession, base: Base, change: Change, *, source: Source) -> Article:
    """Change the article that is still as `base` says; the slug stays, since people have the address.

    Raises `NotFound`, or `VersionConflict` if somebody else changed it first.
    """
    values = {name: _plain(value) for name, value in asdict(change).items() if value is not None}
    if change.body is not None:
        values["reading_minutes"] = reading_minutes(change.body)
    statement = (
        update(Article)
        .where(Article.id == base.article_id, Article.version == base.version)
        .values(**values, version=base.version + 1, updated_at=func.now())
        .returning(Article)
        .execution_options(populate_existing=True)
    )
    article = (await session.execute(statement)).scalar_one_or_none()
    if article is None:
        present = await fetch_article(session, base.article_id)
        raise VersionConflict(
            f"Article {present.id} has version {present.version}, not {base.version}: it was changed meanwhile; "
            "read it and change it again."
        )
    await _keep_version(session, article, source)
    return article


class _Row(TypedDict):
    id: UUID
    job_id: UUID | None
    cost_nano_usd: int | None
    owner: str | None
    title: str
    summary: str
    tags: list[str]
    body: str
    reading_minutes: int
    sources: list[dict[str, str]]


def _row(text: Text, origin: Origin) -> _Row:
    return {
        "id": new_id(),
        "job_id": origin.job_id,
        "cost_nano_usd": origin.cost_nano_usd,
        "owner": origin.owner,
        "title": text.title,
        "summary": text.summary,
        "tags": list(text.tags),
        "body": text.body,
        "reading_minutes": reading_minutes(text.body),
        "sources": list(text.sources),
    }


async def _insert(session: AsyncSession, row: _Row, slug: str) -> Article | None:
    now = func.now()
    statement = (
        insert_or_skip(Article)
        .values(**row, slug=slug, state=ArticleState.DRAFT, version=1, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Article)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _keep_version(session: AsyncSession, article: Article, source: Source) -> None:
    version = insert(ArticleVersion).values(
        article_id=article.id,
        version=article.version,
        title=article.title,
        summary=article.summary,
        tags=article.tags,
        body=article.body,
        source=source,
        sources=article.sources,
        created_at=article.updated_at,
    )
    await session.execute(version)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
