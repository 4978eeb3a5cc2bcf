"""Strict JSON: what is refused at the door, and what may be stored."""

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from headrace.errors import InvalidInput, NotStorable
from headrace.json import DEPTH_MAX, encode, encode_as, parse

REFUSED = {
    "lone surrogate": rb'{"a": "\ud800"}',
    "CESU bytes": b'"\xed\xa0\x80"',
    "NaN": b"NaN",
    "Infinity": b"[Infinity]",
    "1e400": b'{"a": 1e400}',
    "5,000 digits": b"1" * 5_000,
    "NUL": rb'{"a": ["x\u0000y"]}',
    "NUL in a key": rb'{"a\u0000": 1}',
    "bad UTF-8": b'"\xff"',
    "byte order mark": b"\xef\xbb\xbf{}",
    "empty": b"",
    "two values": b"{} {}",
    "unclosed": b'{"a": 1',
    "too deep": b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1),
    "far too deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_postgresql_or_clients_cannot_hold_is_refused_without_an_echo(body):
    with pytest.raises(InvalidInput) as caught:
        parse(body)
    assert caught.value.status == 400
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"1000000000000000000000000000000", 10**30),
        (rb'"\\u0000"', r"\u0000"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, None),
        (rb'"\ud83d\ude00"', "😀"),
    ],
)
def test_what_is_fine_is_taken_as_it_is(body, value):
    parsed = parse(body)
    assert value is None or parsed == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_every_value_comes_back_or_is_refused(value):
    try:
        text = encode(value)
    except NotStorable:
        return
    assert parse(text) == value


class Reading(BaseModel):
    at: datetime
    value: float


def test_nan_raises_and_does_not_become_null():
    with pytest.raises(NotStorable):
        encode(math.nan)
    with pytest.raises(NotStorable):
        encode_as(TypeAdapter(Reading), Reading(at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"), value=math.nan))


def test_a_value_of_another_type_is_not_stored():
    with pytest.raises(NotStorable):
        encode_as(TypeAdapter(Reading), {"at": "yesterday", "value": 1})


def test_what_json_has_no_word_for_is_not_stored():
    with pytest.raises(NotStorable):
        encode(object())
