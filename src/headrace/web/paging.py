"""Pages by keyset: a cursor holds the place where the last page ended, so pages neither slow down nor shift."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from headrace.errors import InvalidInput
from headrace.json import encode

T = TypeVar("T")

PAGE = 50
PAGE_MAX = 200

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description=f"Entries on a page, at most {PAGE_MAX}.")]
Cursor = Annotated[
    str | None,
    Query(max_length=1_000, description="`next_cursor` of the page before; leave it out for the first page."),
]


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None = Field(None, description="Pass it as `cursor` for the next page; null on the last one.")


def encode_cursor(*place: object) -> str:
    """Return the cursor for a place: the values that the list is ordered by, of its last entry."""
    return urlsafe_b64encode(encode(place)).rstrip(b"=").decode()


def decode_cursor(cursor: str, shape: TypeAdapter[T]) -> T:
    """Return the place of a cursor, `shape` being the type of its values (a tuple); raises `InvalidInput`."""
    try:
        return shape.validate_json(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValidationError, ValueError):
        error = InvalidInput("The cursor is not one that this list returned; start again without it")
        error.code = "invalid_cursor"
        raise error from None
