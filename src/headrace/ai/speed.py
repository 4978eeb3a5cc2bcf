"""How long calls take, and how long until the first token: histograms that add up, in the buckets of the jobs' counters."""

from __future__ import annotations

import math
from collections.abc import Mapping

from headrace.jobs.counters import LAST_BUCKET, quantile

FIRST_TOKEN = 64
"""The buckets of the time until the first token begin here; those of the whole time at 0."""
_COUNT_BITS = 32


def bucket_of(ms: float) -> int:
    """Return the bucket that a time falls into."""
    return min(math.ceil(math.log2(max(ms, 1.0)) * 2), LAST_BUCKET)


def packed(histogram: Mapping[int, int]) -> list[int]:
    """Return a histogram as a row keeps it: a number for each bucket, its count in the lower half."""
    return [(bucket << _COUNT_BITS) + count for bucket, count in sorted(histogram.items())]


def quantile_ms(histogram: Mapping[str, int] | None, share: float, *, begin: int = 0) -> int | None:
    """Return the time that a share of the calls took at most, right within a fifth; `None` without any.

    The buckets are named as JSON has them; those are read that begin at `begin`.
    """
    buckets = {int(name) - begin: count for name, count in (histogram or {}).items()}
    found = quantile({bucket: count for bucket, count in buckets.items() if 0 <= bucket < FIRST_TOKEN}, share)
    return None if found is None else round(found.total_seconds() * 1_000)
