"""What a submission may hold besides what its task says: sizes, times and counts, each with the words that refuse it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from headrace.errors import InvalidInput
from headrace.jobs.job import INPUT_MAX, Submission

UNIQUE_KEY_MAX = 500
OWNER_MAX = 200
TAGS_MAX = 20
TAG_MAX = 100
# Times that every clock and driver on the way can hold, whatever their offset.
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
DELAY_MAX = timedelta(days=3_660)

_Bound: TypeAlias = tuple[Callable[[Submission], bool], str, str]


def check(job: Submission) -> None:
    """Raise `InvalidInput` if a value is over its limit; the message names the limit."""
    says_more = job.unique_key or job.owner or job.tags or job.run_at or job.delay or job.if_exists != "return"
    for is_over, name, what in (*_ALWAYS, *_RARER) if says_more else _ALWAYS:
        if is_over(job):
            raise InvalidInput(f"The {name} of {job.task} {what}", pointer=f"/{name}")


def _is_out_of_range(time: datetime | None) -> bool:
    return time is not None and time.tzinfo is not None and not EARLIEST <= time <= LATEST


def _has_nul(job: Submission) -> bool:
    return any("\0" in text for text in (*job.tags, job.unique_key or "", job.owner or ""))


_ALWAYS: tuple[_Bound, ...] = (
    (
        lambda job: len(job.input) > INPUT_MAX,
        "input",
        f"is larger than {INPUT_MAX // 1024} KiB; put large data in a file",
    ),
    (lambda job: not -32_768 <= job.priority <= 32_767, "priority", "is outside -32,768 to 32,767"),
)
# of what most submissions leave out
_RARER: tuple[_Bound, ...] = (
    (
        lambda job: len(job.unique_key or "") > UNIQUE_KEY_MAX,
        "unique_key",
        f"is longer than {UNIQUE_KEY_MAX} characters",
    ),
    (lambda job: len(job.owner or "") > OWNER_MAX, "owner", f"is longer than {OWNER_MAX} characters"),
    (lambda job: len(job.tags) > TAGS_MAX, "tags", f"has more than {TAGS_MAX} entries"),
    (
        lambda job: bool(job.tags) and max(map(len, job.tags)) > TAG_MAX,
        "tags",
        f"has an entry longer than {TAG_MAX} characters",
    ),
    (_has_nul, "tags, unique_key or owner", "contains the character NUL"),
    (lambda job: job.run_at is not None and job.run_at.tzinfo is None, "run_at", "has no time zone"),
    (
        lambda job: job.delay is not None and not timedelta(0) <= job.delay <= DELAY_MAX,
        "delay",
        f"is outside 0 to {DELAY_MAX.days} days",
    ),
    (lambda job: job.if_exists != "return" and job.unique_key is None, "if_exists", "needs a unique_key"),
    (lambda job: _is_out_of_range(job.run_at), "run_at", f"is outside {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}"),
)
