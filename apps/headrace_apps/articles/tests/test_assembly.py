"""Sections become one article."""

from __future__ import annotations

from headrace_apps.articles.assembly import assemble, described, shortened, tidy_tags
from headrace_apps.articles.brief import Description, WrittenSection


def test_sections_stand_under_their_headings_in_order():
    draft = assemble("Mills", [WrittenSection(heading="One", text="a b"), WrittenSection(heading="Two", text="c")])
    assert draft.body == "## One\n\na b\n\n## Two\n\nc\n"
    assert (draft.words, draft.reading_minutes) == (7, 1)


def test_a_notice_that_opens_every_section_is_said_once_at_the_top():
    notice = "[Offline placeholder: nobody wrote this.]"
    sections = [WrittenSection(heading=name, text=f"{notice}\n\nText of {name}.") for name in ("One", "Two")]
    body = assemble("Mills", sections).body
    assert body.startswith("> Offline placeholder: nobody wrote this.\n\n## One\n\nText of One.")
    assert body.count("Offline placeholder") == 1


def test_a_link_at_the_beginning_is_no_notice():
    text = "[A mill](https://example.com) turns.\n\nMore."
    assert assemble("Mills", [WrittenSection(heading="One", text=text)]).body == f"## One\n\n{text}\n"


def test_a_heading_that_the_model_repeated_is_left_out_and_another_one_stays():
    repeated = assemble("Mills", [WrittenSection(heading="The Wheel", text="## the wheel\n\nIt turns.")])
    assert repeated.body == "## The Wheel\n\nIt turns.\n"
    other = assemble("Mills", [WrittenSection(heading="The Wheel", text="### Parts\n\nHub.")])
    assert other.body == "## The Wheel\n\n### Parts\n\nHub.\n"


def test_line_breaks_in_titles_and_headings_do_not_break_the_page():
    draft = assemble("Two\nlines", [WrittenSection(heading="a\n# b", text="x")])
    assert draft.title == "Two lines"
    assert draft.body == "## a # b\n\nx\n"


def test_an_empty_title_gets_a_name():
    assert assemble(" \n ", []).title == "Untitled"


def test_what_a_model_says_about_an_article_is_tidied():
    draft = assemble("Mills", [WrittenSection(heading="One", text="x")])
    found = described(
        draft, Description(summary="  Two\nlines. ", tags=["#Water", "water", "", "  Old   Mills", "x" * 51])
    )
    assert found.summary == "Two lines."
    assert found.tags == ["water", "old mills"]
    assert len(tidy_tags(str(number) for number in range(100))) == 20


def test_text_is_cut_at_a_word_with_an_ellipsis():
    assert shortened("one two three", 20) == "one two three"
    assert shortened("one two three", 10) == "one two…"
    assert shortened("x" * 30, 10) == "x" * 9 + "…"
