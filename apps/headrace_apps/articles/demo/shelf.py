"""The articles that a told week leaves: their texts, versions and states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from headrace.demo import Week
from headrace_apps.articles.brief import Description, Draft
from headrace_apps.articles.demo.library import Library
from headrace_apps.articles.slug import slug_of, told_apart

_OLDER = 40
_PLANNED = 5


class Version(NamedTuple):
    """One version to be; `result` is that of the job that wrote it, which learns the number."""

    at: datetime
    source: Literal["human", "ai"]
    description: Description
    result: dict[str, Any] | None = None


@dataclass(slots=True)
class Item:
    """An article on the shelf."""

    id: UUID
    slug: str
    draft: Draft
    owner: str | None
    created_at: datetime
    published_at: datetime | None
    job_id: UUID | None = None
    cost: int | None = None
    versions: list[Version] = field(default_factory=list)


class Shelf:
    """Takes articles as they are written; `fill` writes them into the app's tables."""

    def __init__(self, week: Week) -> None:
        """Begin with some that people wrote before the week."""
        self.week = week
        self.library = Library(week.rng)
        self.items: list[Item] = []
        self._slugs: set[str] = set()
        for place in range(_OLDER):
            at = week.begin - timedelta(days=1 + place, hours=week.rng.randint(0, 9))
            item = self.new_item(self.library.deal().draft(), week.owner(), at, is_published=place % 4 > 0)
            self.put(item, "human")

    def new_item(self, draft: Draft, owner: str | None, at: datetime, *, is_published: bool) -> Item:
        """Return an article to be, with an address of its own."""
        id_, slug = self.week.id_at(at), slug_of(draft.title)
        if slug in self._slugs or self.week.is_beside:
            slug = told_apart(slug, id_)
        return Item(id_, slug, draft, owner, at, at if is_published else None)

    def put(self, item: Item, source: Literal["human", "ai"]) -> None:
        """Put an article on the shelf, with its first version."""
        self._slugs.add(item.slug)
        self.items.append(item)
        first = Description(summary=item.draft.summary, tags=item.draft.tags)
        item.versions.append(Version(item.created_at, source, first))

    def before(self, at: datetime) -> list[Item]:
        """Return the articles that were there at a moment, the newest last."""
        found = [item for item in self.items if item.created_at < at]
        return sorted(found, key=lambda item: item.created_at)

    def fill(self) -> None:
        """Hand over the rows of the app's tables."""
        for item in self.items:
            item.versions.sort(key=lambda version: version.at)
            self.week.rows("articles.articles").append(_article_row(item))
        for item in self.items:
            for number, version in enumerate(item.versions, 1):
                if version.result is not None:
                    version.result["version"] = number
                self.week.rows("articles.article_versions").append(_version_row(item, version, number))
        self._plan()

    def _plan(self) -> None:
        for place in range(_PLANNED):
            at = self.week.now - timedelta(hours=5 * place + 1)
            brief = self.library.deal().brief.model_dump_json()
            row = {"id": self.week.id_at(at), "owner": self.week.owner(), "brief": brief, "created_at": at}
            self.week.rows("articles.planned_briefs").append(row)


def _article_row(item: Item) -> dict[str, object]:
    newest = item.versions[-1]
    return {
        "id": item.id,
        "slug": item.slug,
        "title": item.draft.title,
        "summary": newest.description.summary,
        "tags": newest.description.tags,
        "body": item.draft.body,
        "reading_minutes": item.draft.reading_minutes,
        "state": "published" if item.published_at else "draft",
        "version": len(item.versions),
        "created_at": item.created_at,
        "updated_at": newest.at,
        "published_at": item.published_at,
        "job_id": item.job_id,
        "sources": _sources(item),
        "cost_nano_usd": item.cost,
        "owner": item.owner,
    }


def _version_row(item: Item, version: Version, number: int) -> dict[str, object]:
    return {
        "article_id": item.id,
        "version": number,
        "title": item.draft.title,
        "summary": version.description.summary,
        "tags": version.description.tags,
        "body": item.draft.body,
        "source": version.source,
        "sources": _sources(item),
        "created_at": version.at,
    }


def _sources(item: Item) -> str:
    return f"[{', '.join(source.model_dump_json() for source in item.draft.sources)}]"
