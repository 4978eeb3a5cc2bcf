"""The tables `articles` and `article_versions`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class ArticleState(StrEnum):
    """A draft is seen through the API alone; a published article is readable at `/read`."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Table(DeclarativeBase):
    """A table in the app's own schema."""

    metadata = MetaData(schema="articles")
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's way
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        list[dict[str, str]]: JSONB,
        dict[str, Any]: JSONB,
    }


class Article(Table):
    """An article as it reads now; `version` rises with every change of its text."""

    __tablename__ = "articles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    tags: Mapped[list[str]]
    body: Mapped[str]
    reading_minutes: Mapped[int]
    state: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    job_id: Mapped[UUID | None]
    sources: Mapped[list[dict[str, str]]]
    cost_nano_usd: Mapped[int | None]
    owner: Mapped[str | None]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)


class ArticleVersion(Table):
    """What an article read like at one version, and who wrote it."""

    __tablename__ = "article_versions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey(Article.id), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    tags: Mapped[list[str]]
    body: Mapped[str]
    source: Mapped[str]
    sources: Mapped[list[dict[str, str]]]
    created_at: Mapped[datetime]


class PlannedBrief(Table):
    """A brief that the daily round will have written."""

    __tablename__ = "planned_briefs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    brief: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    failures: Mapped[int]
    failure: Mapped[str | None]
    article_id: Mapped[UUID | None]
