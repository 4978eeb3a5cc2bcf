"""Ids: UUIDv7 that sort in the order they were made."""

import time
from concurrent.futures import ThreadPoolExecutor

from headrace.ids import new_id, new_ids


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
