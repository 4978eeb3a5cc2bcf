"""The task that turns a brief into an article."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, create_model

from headrace import Job, Retry
from headrace_apps.articles import prompts
from headrace_apps.articles.assembly import assemble, described
from headrace_apps.articles.brief import (
    SECTIONS_MAX,
    ArticleWritten,
    Brief,
    Description,
    Outline,
    PlannedSection,
    WrittenSection,
)
from headrace_apps.articles.declaration import app
from headrace_apps.articles.origin import Origin, Source
from headrace_apps.articles.storing import reviewed, store

SECTION_TOKENS = 1_500


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=20))
async def write_article(job: Job, brief: Brief) -> ArticleWritten:
    """Write an article from a brief: outline, sections one after the other, summary and tags; then store it.

    Whatever is written stays written when a worker dies, and the article is stored exactly once. With `review` it is a
    draft until a person has answered the wait `approval`.
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
    draft = described(draft, description).model_copy(update={"sources": brief.sources})
    cost = await job.ai.spent()
    origin = Origin(source=Source.AI, job_id=job.id, cost_nano_usd=cost)
    is_published = brief.publish and not brief.review
    written = await job.transaction("store", store, draft, origin, is_published, returns=ArticleWritten)
    if brief.review:
        written = await reviewed(job, written, brief.publish)
    job.progress(1, f"{'Published' if written.address else 'Kept as a draft'}: {written.title}")
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
