"""Ids: UUIDv7 that sort in the order they were made."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from headrace.ids import CLOCK_SKEW, first_id, new_id, new_ids


def test_ids_sort_as_they_were_made():
    ids = [*(new_id() for _ in range(10_000)), *new_ids(10_000), new_id(), *new_ids(0), *new_ids(1)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 20_002


def test_ids_are_version_7_and_carry_the_time():
    for made in (new_id(), *new_ids(1_000)):
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert abs((made.int >> 80) - time.time() * 1000) < 2_000


def test_threads_get_different_ids():
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: new_id(), range(5_000)))
    assert len(set(ids)) == 5_000


def test_the_first_id_of_a_moment_parts_earlier_ids_from_later_ones():
    made = new_id()
    moment = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert first_id(moment, timedelta(0)) < made < first_id(moment, timedelta(milliseconds=2))
    assert first_id(datetime.min.replace(tzinfo=UTC), -CLOCK_SKEW) == UUID(int=0)
    assert first_id(datetime.max.replace(tzinfo=UTC), CLOCK_SKEW) > made
    assert first_id(None, CLOCK_SKEW) is None
