"""Markdown becomes HTML that can do no harm."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from headrace_apps.articles.markdown import count_words, reading_minutes, render

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:msgbox(1))",
    "[click](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "![x](http://tracker.example/pixel.png)",
    '![x](https://a.example/"onerror="alert(1))',
    '[x](https://a.example/ "\\" onmouseover=\\"alert(1)")',
    "<div style='position:fixed'>over everything</div>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "<iframe src=//evil.example></iframe>",
    '<a href="x" onclick="alert(1)">x</a>',
    "<!--><script>alert(1)</script-->",
    "[x]: javascript:alert(1)\n\n[x]",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
]


class Inventory(HTMLParser):
    """What a browser would find in the HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def inventory(html: str) -> list[tuple[str, dict[str, str | None]]]:
    found = Inventory()
    found.feed(html)
    return found.tags


@pytest.mark.parametrize("markdown", HOSTILE)
def test_hostile_markdown_leaves_no_script_style_picture_or_foreign_scheme(markdown: str):
    for tag, attributes in inventory(render(markdown)):
        assert tag in {"p", "a", "pre", "code", "blockquote", "em", "strong"}
        assert set(attributes) <= {"href", "title", "rel"}
        assert re.match(r"(https?:|mailto:|[^:]*$)", attributes.get("href") or "", re.IGNORECASE)


def test_what_looks_like_html_is_shown_as_it_was_written():
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in render("<script>alert(1)</script>")


def test_links_tell_search_engines_and_the_other_site_nothing():
    [(_, paragraph), (tag, link)] = inventory(render("[there](https://example.com/a?b=c&d=e)"))
    assert not paragraph
    assert tag == "a"
    assert link == {"href": "https://example.com/a?b=c&d=e", "rel": "noopener noreferrer nofollow"}


def test_a_picture_becomes_a_link_with_its_description():
    assert inventory(render("![A mill](https://example.com/mill.png)"))[1] == (
        "a",
        {"href": "https://example.com/mill.png", "rel": "noopener noreferrer nofollow"},
    )
    assert ">A mill</a>" in render("![A mill](https://example.com/mill.png)")


def test_the_first_heading_rank_is_left_to_the_page():
    assert render("# One\n\n## Two") == "<h2>One</h2>\n<h2>Two</h2>\n"


def test_tables_lists_and_code_survive():
    html = render("| a | b |\n|---|---|\n| 1 | 2 |\n\n3. three\n4. four\n\n```\nx < y\n```")
    assert "<table>" in html
    assert '<ol start="3">' in html
    assert "<code>x &lt; y\n</code>" in html


@pytest.mark.parametrize("markdown", ["[" * 30_000, "*a " * 10_000, ">" * 30_000, "* " * 15_000, "![" * 15_000])
def test_a_body_made_to_be_slow_is_rendered_all_the_same(markdown: str):
    assert isinstance(render(markdown), str)


def test_words_are_counted_in_scripts_with_and_without_spaces():
    assert count_words("four words are here") == 4
    assert count_words("水車は水の力で回る機械である" * 100) == round(1400 / (400 / 220))


def test_a_short_text_still_takes_a_minute():
    assert reading_minutes("short") == 1
    assert reading_minutes("word " * 660) == 3
