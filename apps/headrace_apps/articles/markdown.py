"""Markdown as safe HTML, and how much of it there is to read."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

WORDS_PER_MINUTE = 220
# Scripts that put no spaces between words: read at about 400 characters a minute.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[\U00020000-\U0003ffff]")
_CHARACTERS_PER_WORD = 400 / WORDS_PER_MINUTE
# fmt: off
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}
# fmt: on


@lru_cache(maxsize=64)
def render(markdown: str) -> str:
    """Return HTML that can do no harm: no raw HTML, no scripts, no images, links by http, https and mailto alone.

    The parser makes no HTML from HTML; the sanitiser is the second wall, for the day the first one has a hole. A heading
    of the first rank becomes one of the second, since the page's title has the first.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
        token.children = [tame for child in token.children or () for tame in _without_image(child)]
    return _sanitiser().clean(parser.renderer.render(tokens, parser.options, {}))


def count_words(markdown: str) -> int:
    """Return the number of words; characters of scripts without spaces count as a fraction of one."""
    unspaced = len(_UNSPACED.findall(markdown))
    return len(_UNSPACED.sub(" ", markdown).split()) + round(unspaced / _CHARACTERS_PER_WORD)


def reading_minutes(markdown: str) -> int:
    """Return how many minutes the text takes to read, at least 1."""
    return max(1, round(count_words(markdown) / WORDS_PER_MINUTE))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=1)
def _sanitiser() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _without_image(token: Token) -> list[Token]:
    # A picture on somebody else's server would tell it who reads what: a link in its place tells only who asks.
    if token.type != "image":
        return [token]
    link = Token("link_open", "a", 1, attrs={"href": token.attrGet("src") or ""})
    return [link, Token("text", "", 0, content=token.content or "image"), Token("link_close", "a", -1)]
