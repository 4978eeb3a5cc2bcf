"""The task that turns a brief into an article."""

from __future__ import annotations

from datetime import timedelta

from headrace import Job, Retry
from headrace_apps.articles import prompts
from headrace_apps.articles.assembly import assemble, described
from headrace_apps.articles.brief import ArticleWritten, Brief, Description, SectionOrder
from headrace_apps.articles.declaration import app
from headrace_apps.articles.drafting import plan_article, write_section
from headrace_apps.articles.origin import Origin, Source
from headrace_apps.articles.storing import reviewed, store


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=20))
async def write_article(job: Job, brief: Brief) -> ArticleWritten:
    """Write an article from a brief: outline, then all sections side by side, summary and tags; then store it.

    Outline and sections are jobs of their own, and what is written stays written when a worker dies. The article is stored
    exactly once. With `review` it is a draft until a person has answered the wait `approval`.
    """
    job.progress(0.02, "Planning the outline")
    outline = await job.call(plan_article, brief, name="outline")
    count = len(outline.sections)
    job.progress(0.1, f"Writing {count} sections side by side" if count > 1 else "Writing the section")
    orders = [SectionOrder(brief=brief, plan=outline.sections, place=place) for place in range(count)]
    sections = await job.call_many(write_section, orders, name="sections")
    draft = await job.step("assemble", assemble, outline.title, sections)
    job.progress(0.92, "Summing up")
    asked = prompts.description(brief.topic, draft.body)
    description = await job.ai.extract(asked, Description, system=prompts.editor(brief), name="describe")
    job.progress(0.97, "Storing the article")
    draft = described(draft, description).model_copy(update={"sources": brief.sources})
    cost = await job.ai.spent()
    origin = Origin(source=Source.AI, job_id=job.id, cost_nano_usd=cost, owner=job.owner)
    is_published = brief.publish and not brief.review
    written = await job.transaction("store", store, draft, origin, is_published, returns=ArticleWritten)
    if brief.review:
        written = await reviewed(job, written, brief.publish)
    job.progress(1, f"{'Published' if written.address else 'Kept as a draft'}: {written.title}")
    return written
