"""The tables `articles` and `article_versions`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class ArticleState(StrEnum):
    """A draft is seen through the API alone; a published article is readable at `/read`."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Source(StrEnum):
    """Who wrote a version."""

    HUMAN = "human"
    AI = "ai"


class Table(DeclarativeBase):
    """A table in the app's own schema."""

    metadata = MetaData(schema="articles")
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), list[str]: ARRAY(Text)}  # noqa: RUF012 - SQLAlchemy's way


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
    created_at: Mapped[datetime]
