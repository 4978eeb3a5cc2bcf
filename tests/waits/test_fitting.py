"""An answer is held to the JSON schema that pydantic wrote for its type."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from headrace.jobs.fitting import misfits
from headrace.json import Json


class Change(BaseModel):
    count: int
    day: date | None = None


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    approved: bool
    change: Change | Literal["none"] = "none"
    places: list[Annotated[int, Field(ge=1)]] = []


@pytest.mark.parametrize(
    "value",
    [
        {"approved": True},
        {"approved": False, "change": "none", "places": [1, 2]},
        {"approved": True, "change": {"count": 10**30, "day": "2026-02-28"}},
    ],
)
def test_what_fits_has_no_fault(value: Json) -> None:
    assert misfits(value, Decision.model_json_schema()) == []


@pytest.mark.parametrize(
    ("value", "pointer", "why"),
    [
        ({}, "/approved", "is missing"),
        ({"approved": 1}, "/approved", "boolean"),
        ({"approved": True, "more/~": 1}, "/more~1~0", "is not allowed"),
        ({"approved": True, "change": {"count": "many"}}, "/change/count", "integer"),
        ({"approved": True, "change": {"count": 1, "day": "2026-02-30"}}, "/change/day", "date"),
        ({"approved": True, "places": [1, 0]}, "/places/1", "minimum"),
        ("yes", "", "object"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(value: Json, pointer: str, why: str) -> None:
    [misfit] = misfits(value, Decision.model_json_schema())
    assert misfit.pointer == pointer
    assert why in misfit.why


def test_the_value_itself_is_not_repeated() -> None:
    [misfit] = misfits({"approved": "s3cret" * 1_000}, Decision.model_json_schema())
    assert "s3cret" not in misfit.why


def test_a_schema_that_cannot_be_read_leaves_the_word_to_the_type() -> None:
    assert misfits("anything", {"type": "nothing known"}) == []
    assert misfits("anything", {"$ref": "https://elsewhere.example/schema"}) == []


def test_a_pattern_that_takes_for_ever_elsewhere_is_matched_in_time() -> None:
    assert misfits("a" * 50_000 + "!", {"type": "string", "pattern": "^(a+)+$"}) != []
