"""Articles as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from headrace import State, Submitted
from headrace_apps.articles.assembly import one_line
from headrace_apps.articles.brief import (
    BODY_MAX,
    SOURCES_MAX,
    SUMMARY_MAX,
    TAG_MAX,
    TAGS_MAX,
    TITLE_MAX,
    Brief,
    Reference,
)
from headrace_apps.articles.models import ArticleState
from headrace_apps.articles.origin import Source
from headrace_apps.articles.shelf import Search
from headrace_apps.articles.text import Change, Text

_NO_NUL = r"^[^\x00]*$"


def _tidy(tags: list[str]) -> list[str]:
    tidy = [" ".join(tag.lower().split()) for tag in tags]
    if not all(tidy):
        raise ValueError("a tag has at least one character")
    return list(dict.fromkeys(tidy))


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("write at least one word")
    return text


def _plain(sources: list[Reference]) -> tuple[dict[str, str], ...]:
    return tuple(source.model_dump(mode="json") for source in sources)


Sources = Annotated[list[Reference], Field(max_length=SOURCES_MAX)]
Title = Annotated[str, Field(max_length=TITLE_MAX), AfterValidator(one_line), AfterValidator(_not_blank)]
Summary = Annotated[str, Field(max_length=SUMMARY_MAX), AfterValidator(one_line)]
Tags = Annotated[list[Annotated[str, Field(max_length=TAG_MAX)]], Field(max_length=TAGS_MAX), AfterValidator(_tidy)]
Body = Annotated[str, Field(max_length=BODY_MAX, description="Markdown."), AfterValidator(_not_blank)]


class ArticleSummary(BaseModel):
    """An article in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    title: str
    summary: str
    tags: list[str]
    reading_minutes: int
    state: ArticleState
    version: int = Field(description="Rises with every change of the text; an update names the one it is based on.")
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    job_id: UUID | None = Field(description="The job that wrote it; null if a person did.")
    cost_nano_usd: int | None = Field(
        description="What its AI calls cost, in billionths of a dollar; null if a person wrote it."
    )


class ArticleView(ArticleSummary):
    """An article."""

    body: str
    sources: list[Reference]


class VersionSummary(BaseModel):
    """One version of an article in the list of them."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    title: str
    summary: str
    tags: list[str]
    source: Source = Field(description="Who wrote it.")
    created_at: datetime


class VersionView(VersionSummary):
    """An article as it read at one version."""

    body: str
    sources: list[Reference]


class PlannedView(BaseModel):
    """A brief that waits for the daily round, or what came of it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    brief: Brief
    created_at: datetime
    taken_at: datetime | None = Field(description="When a round began to have it written.")
    failures: int = Field(description="Rounds that failed to; after three it is left alone.")
    failure: str | None = Field(description="Why the last one failed.")
    article_id: UUID | None = Field(description="The article that came of it.")


class PlanQuery(BaseModel):
    """Which part of the plan to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = Field(None, description="`next_cursor` of the page before; leave it out for the first.")


class ArticleQuery(BaseModel):
    """Which articles to list."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=200, pattern=_NO_NUL)] | None = Field(
        None, description='Words to look for: "two words" as they stand, `-word` for articles without it.'
    )
    tag: Annotated[str, Field(max_length=TAG_MAX, pattern=_NO_NUL)] | None = None
    state: ArticleState | None = None
    job_id: UUID | None = Field(None, description="The job that wrote the article.")
    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = Field(None, description="`next_cursor` of the page before; leave it out for the first.")

    def search(self) -> Search:
        """Return what is looked for."""
        return Search(words=self.q, tag=self.tag, state=self.state, job_id=self.job_id)


class NewArticle(BaseModel):
    """An article to be kept as a draft."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Body
    summary: Summary = ""
    tags: Tags = []
    sources: Sources = []

    def text(self) -> Text:
        """Return what is stored."""
        return Text(
            title=self.title, body=self.body, summary=self.summary, tags=tuple(self.tags), sources=_plain(self.sources)
        )


class ArticleChange(BaseModel):
    """The parts of an article that become different; absent ones stay."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: int = Field(ge=1, le=2**31 - 1, description="The version this change is based on.")
    title: Title | None = None
    body: Body | None = None
    summary: Summary | None = None
    tags: Tags | None = None
    sources: Sources | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> "ArticleChange":
        if all(part is None for part in (self.title, self.body, self.summary, self.tags, self.sources)):
            raise ValueError("nothing to change: send title, body, summary, tags or sources")
        return self

    def change(self) -> Change:
        """Return what is stored."""
        tags = None if self.tags is None else tuple(self.tags)
        sources = None if self.sources is None else _plain(self.sources)
        return Change(title=self.title, body=self.body, summary=self.summary, tags=tags, sources=sources)


class Accepted(BaseModel):
    """A job that was accepted: follow it at `links.job`, find what it did at `links.article`."""

    job_id: UUID
    state: State
    created: bool = Field(description="False if an unfinished job already does this.")
    links: dict[str, str]

    @classmethod
    def of(cls, submitted: Submitted, article: str) -> "Accepted":
        """Return the answer for a submission whose outcome is at `article`."""
        job = f"/api/v1/jobs/{submitted.id}"
        links = {"job": job, "events": f"{job}/events", "article": article}
        return cls(job_id=submitted.id, state=submitted.state, created=submitted.created, links=links)
