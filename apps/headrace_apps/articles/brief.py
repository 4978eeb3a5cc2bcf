"""What goes into the app's tasks and comes out of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, model_validator

SECTIONS_MAX = 8
TAGS_MAX = 20
TAG_MAX = 50
TITLE_MAX = 200
SUMMARY_MAX = 1_000
BODY_MAX = 200_000
SOURCES_MAX = 20


def _one_line(text: str) -> str:
    # what a person typed goes into the first lines of prompts: it stays one line
    line = " ".join(text.split())
    if not line:
        raise ValueError("write at least one word")
    return line


Line = Annotated[str, AfterValidator(_one_line)]


class Reference(BaseModel):
    """Where facts come from; kept with the article, and shown to its readers."""

    model_config = ConfigDict(extra="forbid")

    title: Line = Field(max_length=200)
    url: Annotated[HttpUrl, Field(max_length=2_000)]


class Brief(BaseModel):
    """What an article is to be about, and how it is to be written."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"topic": "How headraces brought water to mills", "sections": 4}]},
    )

    topic: Line = Field(max_length=200, description="What the article is about.")
    audience: Line | None = Field(None, max_length=200, description="Who is to read it.")
    tone: Line | None = Field(None, max_length=100, description="How it is to sound.")
    sections: int = Field(4, ge=1, le=SECTIONS_MAX, description="How many sections it has.")
    language: Line | None = Field(
        None, max_length=40, description="Which language it is written in; English if not given."
    )
    sources: list[Reference] = Field([], max_length=SOURCES_MAX, description="What it is to be based on.")
    publish: bool = Field(default=True, description="Publish it as soon as it is written, or keep it as a draft.")
    review: bool = Field(default=False, description="Have a person approve it first; it is published with their edits.")


class PlannedSection(BaseModel):
    """One section as the outline plans it."""

    heading: str = Field(description="A short heading, without a number.")
    points: list[str] = Field(description="What the section covers, two to four points.")


class Outline(BaseModel):
    """The plan of an article."""

    title: str = Field(description="A title of at most 12 words.")
    sections: list[PlannedSection]


class SectionOrder(BaseModel):
    """Which section of a plan is to be written."""

    brief: Brief
    plan: list[PlannedSection] = Field(min_length=1, max_length=SECTIONS_MAX)
    place: int = Field(ge=0, description="Of the section in the plan, from 0.")

    @model_validator(mode="after")
    def _is_planned(self) -> SectionOrder:
        if self.place >= len(self.plan):
            raise ValueError(f"the plan has {len(self.plan)} sections; count the place from 0")
        return self


class Description(BaseModel):
    """What a list says about an article."""

    summary: str = Field(description="Two sentences that say what the reader will learn, plain text.")
    tags: list[str] = Field(description="Three to six tags of one or two words, lower case.")


class WrittenSection(BaseModel):
    """A section that is written: Markdown without its heading."""

    heading: str
    text: str


class Draft(BaseModel):
    """A whole article, ready to be stored."""

    title: str
    summary: str = ""
    tags: list[str] = []
    body: str
    words: int
    reading_minutes: int
    sources: list[Reference] = []


class Edits(BaseModel):
    """What a reviewer changes; absent parts stay as they were written."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = Field(None, max_length=TITLE_MAX)
    summary: str | None = Field(None, max_length=SUMMARY_MAX)
    tags: list[Annotated[str, Field(max_length=TAG_MAX)]] | None = Field(None, max_length=TAGS_MAX)
    body: str | None = Field(None, min_length=1, max_length=BODY_MAX, description="Markdown.")


class Review(BaseModel):
    """A reviewer's decision on a written article."""

    model_config = ConfigDict(extra="forbid")

    approved: bool = Field(description="Publish it; otherwise it stays a draft.")
    comment: str = Field("", max_length=2_000)
    edits: Edits = Field(default_factory=Edits, description="Applied as a new version, approved or not.")


class ArticleWritten(BaseModel):
    """Where the article is."""

    article_id: UUID
    slug: str
    title: str
    state: str
    words: int
    reading_minutes: int
    address: str | None = Field(description="Path of the page that people read; null for a draft.")
    review: str | None = Field(None, description="What the reviewer said: approved, rejected or nothing in time.")


class Enrichment(BaseModel):
    """Which article is to get a new summary and new tags."""

    model_config = ConfigDict(extra="forbid")

    article_id: UUID


class ArticleEnriched(BaseModel):
    """What the article says about itself now."""

    article_id: UUID
    version: int
    summary: str
    tags: list[str]
