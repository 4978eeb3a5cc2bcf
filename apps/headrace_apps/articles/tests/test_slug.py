"""Titles become addresses."""

from __future__ import annotations

from uuid import UUID

import pytest

from headrace_apps.articles.slug import SLUG_MAX, slug_of, told_apart


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("How Mills Work", "how-mills-work"),
        ("  Straße & Fjörður: Ærø's café! ", "strasse-fjordur-aeros-cafe"),
        ("C'est l'été", "cest-lete"),
        ("../../etc/passwd?x=<script>", "etc-passwd-x-script"),
        ("水車", "article"),
        ("", "article"),
        ("🚀", "article"),
        ("---", "article"),
        ("İstanbul", "istanbul"),
        ("Plan", "article-plan"),
    ],
)
def test_a_title_becomes_words_and_hyphens(title: str, slug: str):
    assert slug_of(title) == slug


def test_a_slug_never_reads_as_an_id():
    for title in ("01890a5d-ac96-774b-bcce-b302099a8057", "0" * 32):
        with pytest.raises(ValueError, match="badly formed"):
            UUID(slug_of(title))


def test_a_long_title_is_cut_at_a_word():
    slug = slug_of("waterwheel " * 40)
    assert len(slug) <= SLUG_MAX
    assert set(slug.split("-")) == {"waterwheel"}
    assert slug_of("x" * 500) == "x" * SLUG_MAX


def test_two_articles_of_one_title_are_told_apart_by_their_ids():
    first, second = UUID(int=1), UUID(int=2)
    assert told_apart("mill", first) != told_apart("mill", second)
