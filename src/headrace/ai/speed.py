"""How long calls take, as histograms that add up; their buckets are those of the jobs' counters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from headrace.jobs.counters import LAST_BUCKET, quantile


def bucket_of(ms: float) -> int:
    """Return the bucket that a time falls into."""
    return min(math.ceil(math.log2(max(ms, 1.0)) * 2), LAST_BUCKET)


def listed(histogram: Mapping[int, int]) -> list[int]:
    """Return a histogram as a row keeps it: the count of each bucket from 0 to the last that has one."""
    return [histogram.get(bucket, 0) for bucket in range(max(histogram, default=-1) + 1)]


def quantile_ms(counts: Sequence[int], share: float) -> int | None:
    """Return how long a share of the calls took at most, right within a fifth; `None` without any."""
    found = quantile(dict(enumerate(counts)), share)
    return None if found is None else round(found.total_seconds() * 1_000)
