"""The tasks that write the parts of an article, each a job of its own: the outline, and one section."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, create_model

from headrace import Job, Retry
from headrace_apps.articles import prompts
from headrace_apps.articles.brief import SECTIONS_MAX, Brief, Outline, PlannedSection, SectionOrder, WrittenSection
from headrace_apps.articles.declaration import app

SECTION_TOKENS = 1_500


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=10))
async def plan_article(job: Job, brief: Brief) -> Outline:
    """Plan an article: its title, and what each section covers."""
    job.progress(0, "Outline")
    asked = prompts.outline(brief)
    plan = await job.ai.extract(asked, _outline_of(brief.sections), system=prompts.editor(brief), name="outline")
    return Outline(title=plan.title, sections=plan.sections[: brief.sections])


@app.task(retry=Retry(attempts=5), timeout=timedelta(minutes=10))
async def write_section(job: Job, order: SectionOrder) -> WrittenSection:
    """Write one section of a planned article."""
    heading = order.plan[order.place].heading
    job.progress(0, f"Section {order.place + 1} of {len(order.plan)}: {heading}")
    text = await job.ai.text(
        prompts.section(order.brief, order.plan, order.place),
        system=prompts.editor(order.brief),
        name="section",
        max_output_tokens=SECTION_TOKENS,
    )
    return WrittenSection(heading=heading, text=text)


def _outline_of(sections: int) -> type[Outline]:
    # the schema itself says how many sections there are to be: models hold to it more surely than to a sentence
    planned = Field(min_length=sections, max_length=SECTIONS_MAX)
    return create_model("Outline", __base__=Outline, sections=(list[PlannedSection], planned))
