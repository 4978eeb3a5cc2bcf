"""The task that turns a brief into an article."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field, create_model

from headrace import Job, Retry
from headrace_apps.articles import prompts
from headrace_apps.articles.assembly import assemble, described
from headrace_apps.articles.brief import (
    SECTIONS_MAX,
    ArticleWritten,
    Brief,
    Description,
    Draft,
    Outline,
    PlannedSection,
    WrittenSection,
)
from headrace_apps.articles.declaration import app

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

SECTION_TOKENS = 1_500


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=20))
async def write_article(job: Job, brief: Brief) -> ArticleWritten:
    """Write an article from a brief: outline, sections one after the other, summary and tags; then store it.

    Whatever is written stays written when a worker dies, and the article is stored exactly once.
    """
    system = prompts.editor(brief)
    job.progress(0.02, "Planning the outline")
    outline = await job.ai.extract(prompts.outline(brief), _outline_of(brief.sections), system=system, name="outline")
    plan = outline.sections[: brief.sections]
    sections = [await _write_section(job, brief, plan, place) for place in range(len(plan))]
    draft = await job.step("assemble", assemble, outline.title, sections)
    job.progress(0.9, "Summing up")
    description = await job.ai.extract(
        prompts.description(brief.topic, draft.body), Description, system=system, name="describe"
    )
    job.progress(0.97, "Storing the article")
    draft = described(draft, description)
    written = await job.transaction("store", _store, job.id, draft, brief.publish, returns=ArticleWritten)
    job.progress(1, f"{'Published' if brief.publish else 'Kept as a draft'}: {written.title}")
    return written


async def _write_section(job: Job, brief: Brief, plan: list[PlannedSection], place: int) -> WrittenSection:
    heading = plan[place].heading
    job.progress(0.1 + 0.8 * place / len(plan), f"Writing section {place + 1} of {len(plan)}: {heading}")
    text = await job.ai.text(
        prompts.section(brief, plan, place),
        system=prompts.editor(brief),
        name="section",
        key=str(place + 1),
        max_output_tokens=SECTION_TOKENS,
    )
    return WrittenSection(heading=heading, text=text)


def _outline_of(sections: int) -> type[Outline]:
    # the schema itself says how many sections there are to be: models hold to it more surely than to a sentence
    planned = Field(min_length=sections, max_length=SECTIONS_MAX)
    return create_model("Outline", __base__=Outline, sections=(list[PlannedSection], planned))


async def _store(session: AsyncSession, job_id: UUID, draft: Draft, publish: bool) -> ArticleWritten:
    from headrace_apps.articles.models import Source
    from headrace_apps.articles.publication import publish_article
    from headrace_apps.articles.text import Text, create_article

    text = Text(title=draft.title, summary=draft.summary, tags=tuple(draft.tags), body=draft.body)
    article = await create_article(session, text, source=Source.AI, job_id=job_id)
    if publish:
        article = await publish_article(session, article.id)
    return ArticleWritten(
        article_id=article.id,
        slug=article.slug,
        title=article.title,
        state=article.state,
        words=draft.words,
        reading_minutes=article.reading_minutes,
        address=f"/read/{article.slug}" if publish else None,
    )
