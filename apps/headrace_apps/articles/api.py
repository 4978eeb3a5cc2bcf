"""The routes under `/api/v1/articles`."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from headrace import Caller, Idempotency, Page, Session
from headrace_apps.articles import planned, shelf
from headrace_apps.articles.brief import Brief, Enrichment
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.origin import Origin, Source
from headrace_apps.articles.publication import publish_article, unpublish_article
from headrace_apps.articles.rounds import Selection, enrich_articles
from headrace_apps.articles.text import Base, change_article, create_article
from headrace_apps.articles.views import (
    Accepted,
    ArticleChange,
    ArticleQuery,
    ArticleSummary,
    ArticleView,
    NewArticle,
    PlannedView,
    PlanQuery,
    VersionSummary,
    VersionView,
)
from headrace_apps.articles.writing import write_article


async def keep_to_own(request: Request, caller: Caller, session: Session) -> None:
    """Answer a member who names another's article or planned brief as if it were not there."""
    if caller.owner_only is None:
        return
    if "brief_id" in request.path_params:
        await planned.check_owner(session, request.path_params["brief_id"], caller.owner_only)
    named = request.path_params.get("article_id") or request.path_params.get("key")
    if named is not None:
        await shelf.check_owner(session, named, caller.owner_only)


router = APIRouter(tags=["articles"], dependencies=[Depends(keep_to_own)])

Key = Annotated[str, Path(description="The article's id or its slug.")]
Id = Annotated[UUID, Path(description="The article's id.")]


@router.get("", operation_id="list_articles")
async def list_all(session: Session, caller: Caller, wanted: Annotated[ArticleQuery, Query()]) -> Page[ArticleSummary]:
    """List articles, the newest first, without their bodies."""
    search = replace(wanted.search(), owner=caller.owner_only)
    articles = await shelf.list_articles(session, search, limit=wanted.limit + 1, after=wanted.cursor)
    items = [ArticleSummary.model_validate(article) for article in articles[: wanted.limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(articles) > wanted.limit else None)


@router.post("", operation_id="create_article", status_code=201)
async def create(session: Session, caller: Caller, new: NewArticle, response: Response) -> ArticleView:
    """Keep an article as a draft."""
    article = await create_article(session, new.text(), Origin(source=Source.HUMAN, owner=caller.owner))
    response.headers["Location"] = f"/api/v1/articles/{article.id}"
    return ArticleView.model_validate(article)


@router.post("/generations", operation_id="generate_article", status_code=202, response_model=Accepted)
async def generate(session: Session, caller: Caller, brief: Brief, once: Idempotency) -> Response:
    """Have an article written from a brief."""

    async def submit() -> Response:
        submitted = await write_article.submit(session, brief, owner=caller.owner)
        return _accepted(Accepted.of(submitted, f"/api/v1/articles?job_id={submitted.id}"))

    return await once.answer(session, submit)


@router.post("/enrichments", operation_id="enrich_articles", status_code=202, response_model=Accepted)
async def enrich_many(session: Session, caller: Caller, selection: Selection, once: Idempotency) -> Response:
    """Have new summaries and tags written for many articles."""

    async def submit() -> Response:
        submitted = await enrich_articles.submit(session, selection, owner=caller.owner_only)
        return _accepted(Accepted.of(submitted, "/api/v1/articles"))

    return await once.answer(session, submit)


@router.get("/plan", operation_id="list_planned_briefs")
async def list_plan(session: Session, caller: Caller, wanted: Annotated[PlanQuery, Query()]) -> Page[PlannedView]:
    """List the briefs that the daily round has written, or will, the oldest first."""
    briefs = await planned.list_planned(session, limit=wanted.limit + 1, after=wanted.cursor, owner=caller.owner_only)
    items = [PlannedView.model_validate(brief) for brief in briefs[: wanted.limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(briefs) > wanted.limit else None)


@router.post("/plan", operation_id="plan_brief", status_code=201)
async def plan(session: Session, caller: Caller, brief: Brief) -> PlannedView:
    """Plan a brief: the daily round has the three oldest written every morning."""
    return PlannedView.model_validate(await planned.plan(session, brief, owner=caller.owner))


@router.delete("/plan/{brief_id}", operation_id="drop_planned_brief", status_code=204)
async def drop(session: Session, brief_id: UUID) -> None:
    """Take a brief from the plan."""
    await planned.drop(session, brief_id)


@router.get("/{key}", operation_id="show_article")
async def show(session: Session, key: Key) -> ArticleView:
    """Show an article, drafts too."""
    return ArticleView.model_validate(await shelf.find_article(session, key))


@router.get("/{article_id}/versions", operation_id="list_article_versions")
async def list_versions(session: Session, article_id: Id) -> list[VersionSummary]:
    """List an article's versions without their bodies, the newest first."""
    return [VersionSummary.model_validate(version) for version in await shelf.list_versions(session, article_id)]


@router.get("/{article_id}/versions/{version}", operation_id="show_article_version")
async def show_version(
    session: Session, article_id: Id, version: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> VersionView:
    """Show an article as it read at a version."""
    return VersionView.model_validate(await shelf.fetch_version(session, article_id, version))


@router.patch("/{article_id}", operation_id="update_article")
async def update(session: Session, article_id: Id, change: ArticleChange) -> ArticleView:
    """Change an article's text; 409 `version_conflict` if it was changed since the version that was read."""
    article = await change_article(session, Base(article_id, change.version), change.change(), source=Source.HUMAN)
    return ArticleView.model_validate(article)


@router.put("/{article_id}/publication", operation_id="publish_article")
async def publish(session: Session, article_id: Id) -> ArticleView:
    """Make an article readable at `/read`."""
    return ArticleView.model_validate(await publish_article(session, article_id))


@router.delete("/{article_id}/publication", operation_id="unpublish_article")
async def unpublish(session: Session, article_id: Id) -> ArticleView:
    """Make an article a draft again."""
    return ArticleView.model_validate(await unpublish_article(session, article_id))


@router.post("/{article_id}/enrichments", operation_id="enrich_article", status_code=202, response_model=Accepted)
async def enrich(session: Session, caller: Caller, article_id: Id, once: Idempotency) -> Response:
    """Have a new summary and new tags written; one job at a time does this for an article."""
    await shelf.fetch_article(session, article_id)

    async def submit() -> Response:
        enrichment = Enrichment(article_id=article_id)
        submitted = await enrich_article.submit(
            session, enrichment, unique_key=str(article_id), owner=caller.owner_only
        )
        return _accepted(Accepted.of(submitted, f"/api/v1/articles/{article_id}"))

    return await once.answer(session, submit)


def _accepted(accepted: Accepted) -> Response:
    headers = {"Location": accepted.links["job"]}
    return Response(accepted.model_dump_json(), 202, headers, media_type="application/json")
