"""Puts the written parts of an article together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from headrace_apps.articles.brief import SUMMARY_MAX, TAG_MAX, TAGS_MAX, TITLE_MAX, Description, Draft, WrittenSection

HEADING_MAX = 200

# A first paragraph all in square brackets is a notice, such as the one that no model wrote this.
_NOTICE = re.compile(r"\s*\[([^\[\]\n]+)\][ \t]*(?:\n\s*\n|\s*\Z)")
_HEADING = re.compile(r"\s*#{1,6}[ \t]+([^\n]*)(?:\n+|\Z)")


def assemble(title: str, sections: Sequence[WrittenSection]) -> Draft:
    """Return the article as one Markdown text; a notice that opens several sections is said once, at the top."""
    from headrace_apps.articles.markdown import count_words, reading_minutes

    notices: dict[str, None] = {}
    parts: list[str] = []
    for section in sections:
        notice, text = _split_notice(section.text)
        if notice:
            notices[notice] = None
        heading = shortened(one_line(section.heading), HEADING_MAX) or "Untitled"
        parts.append(f"## {heading}\n\n{_without_heading(text, section.heading)}")
    body = "\n\n".join([*(f"> {notice}" for notice in notices), *parts]) + "\n"
    return Draft(
        title=shortened(one_line(title), TITLE_MAX) or "Untitled",
        body=body,
        words=count_words(body),
        reading_minutes=reading_minutes(body),
    )


def described(draft: Draft, description: Description) -> Draft:
    """Return the draft with the summary and tags that a model found for it."""
    return draft.model_copy(
        update={"summary": shortened(one_line(description.summary), SUMMARY_MAX), "tags": tidy_tags(description.tags)}
    )


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Return tags in lower case, once each, without `#`, over-long and surplus ones left out."""
    tidy = (" ".join(tag.lower().replace("#", " ").split()) for tag in tags)
    return list(dict.fromkeys(tag for tag in tidy if tag and len(tag) <= TAG_MAX))[:TAGS_MAX]


def one_line(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(text.split())


def shortened(text: str, most: int) -> str:
    """Return text cut to `most` characters, at a word if it can be, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:") + "…"


def _split_notice(text: str) -> tuple[str | None, str]:
    found = _NOTICE.match(text)
    return (found[1], text[found.end() :].strip()) if found else (None, text.strip())


def _without_heading(text: str, heading: str) -> str:
    # models like to repeat the heading they were given
    found = _HEADING.match(text)
    repeats = found and one_line(found[1]).strip("# *").casefold() == one_line(heading).casefold()
    return text[found.end() :].strip() if found and repeats else text
