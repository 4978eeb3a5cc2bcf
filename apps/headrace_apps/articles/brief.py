"""What goes into the app's tasks and comes out of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SECTIONS_MAX = 8
TAGS_MAX = 20
TAG_MAX = 50
TITLE_MAX = 200
SUMMARY_MAX = 1_000


def _one_line(text: str) -> str:
    # what a person typed goes into the first lines of prompts: it stays one line
    line = " ".join(text.split())
    if not line:
        raise ValueError("write at least one word")
    return line


Line = Annotated[str, AfterValidator(_one_line)]


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
    publish: bool = Field(default=True, description="Publish it as soon as it is written, or keep it as a draft.")


class PlannedSection(BaseModel):
    """One section as the outline plans it."""

    heading: str = Field(description="A short heading, without a number.")
    points: list[str] = Field(description="What the section covers, two to four points.")


class Outline(BaseModel):
    """The plan of an article."""

    title: str = Field(description="A title of at most 12 words.")
    sections: list[PlannedSection]


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


class ArticleWritten(BaseModel):
    """Where the article is."""

    article_id: UUID
    slug: str
    title: str
    state: str
    words: int
    reading_minutes: int
    address: str | None = Field(description="Path of the page that people read; null for a draft.")


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
