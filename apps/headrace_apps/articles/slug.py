"""The part of an address that names an article."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from uuid import UUID

SLUG_MAX = 80
_ROUTES = {"plan"}
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "\u0131": "i"}
)


def slug_of(title: str) -> str:
    """Return the title as lower-case ASCII words joined by hyphens, at most 80 characters.

    Never empty, and never something that reads as an id or that is the name of a route.
    """
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    words = re.sub(r"['`]+", "", plain)
    slug = _shortened(re.sub(r"[^a-z0-9]+", "-", words).strip("-"))
    return f"article-{slug}".rstrip("-") if not slug or slug in _ROUTES or _reads_as_id(slug) else slug


def told_apart(slug: str, id: UUID) -> str:  # noqa: A002 - the field's word
    """Return another slug for the second article of the same title: the tail of its id follows."""
    return f"{slug}-{id.hex[-8:]}"


def _shortened(slug: str) -> str:
    if len(slug) <= SLUG_MAX:
        return slug
    return slug[: SLUG_MAX + 1].rpartition("-")[0] or slug[:SLUG_MAX]


def _reads_as_id(slug: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(slug))
    return False
