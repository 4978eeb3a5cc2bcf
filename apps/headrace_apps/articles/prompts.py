"""What the models are asked."""

from __future__ import annotations

from collections.abc import Sequence

from headrace_apps.articles.brief import Brief, PlannedSection

EXCERPT_MAX = 12_000


def editor(brief: Brief) -> str:
    """Return who the model is to be for this brief."""
    lines = ["You write clear, accurate articles in Markdown. You invent no facts, quotations or sources."]
    if brief.audience:
        lines.append(f"Your readers are: {brief.audience}.")
    if brief.tone:
        lines.append(f"Your tone is {brief.tone}.")
    lines.append(f"You write in {brief.language or 'English'}.")
    if brief.sources:
        named = "; ".join(f"{source.title} ({source.url})" for source in brief.sources)
        lines.append(f"Base what you say on these sources, and name no others: {named}.")
    return " ".join(lines)


def outline(brief: Brief) -> str:
    """Ask for the plan of an article."""
    return (
        f"Outline an article on {brief.topic}\n\n"
        f"Give it a title and exactly {brief.sections} section{'s' if brief.sections > 1 else ''} that lead from one to "
        "the next without repeating each other."
    )


def section(brief: Brief, plan: Sequence[PlannedSection], place: int) -> str:
    """Ask for the text of one section, told what stands before and after it."""
    now = plan[place]
    lines = [
        f"Write a section about {brief.topic}",
        "",
        f"Its heading is “{now.heading}”; it is section {place + 1} of {len(plan)}. It covers:",
        *(f"- {point}" for point in now.points),
    ]
    others = [f"“{other.heading}”" for other in plan if other is not now]
    if others:
        lines += ["", f"The other sections are {', '.join(others)}: leave to them what is theirs."]
    lines += ["", "Write 120 to 250 words of Markdown. Do not repeat the heading, and use none above the third rank."]
    return "\n".join(lines)


def description(subject: str, body: str) -> str:
    """Ask for the summary and tags of an article."""
    return (
        f"Describe this article on {subject}\n\n"
        "Write its summary and tags in the article's own language.\n\n"
        f"The article:\n\n{body[:EXCERPT_MAX]}"
    )
