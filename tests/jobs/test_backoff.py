"""When a failed run is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace import PermanentError, Retry, RetryLater
from headrace.jobs.backoff import next_delay


@given(st.integers(1, 200), st.integers(1, 3_600), st.integers(1, 10))
def test_delays_stay_between_nothing_and_the_ceiling(failures, first, factor):
    longest = timedelta(hours=2)
    rule = Retry(attempts=1_000, first=timedelta(seconds=first), factor=factor, longest=longest)
    delay = next_delay(rule, ValueError(), failures=failures, attempts=1_000)
    assert delay is not None
    ceiling = min(longest.total_seconds(), first * float(factor) ** (failures - 1))
    assert 0 <= delay.total_seconds() <= ceiling


def test_the_jitter_is_full():
    rule = Retry(attempts=5, first=timedelta(seconds=10))
    delays = [next_delay(rule, ValueError(), failures=1, attempts=5) for _ in range(500)]
    assert min(delays) < timedelta(seconds=1)
    assert max(delays) > timedelta(seconds=9)


def test_the_last_attempt_has_no_next():
    assert next_delay(Retry(attempts=3), ValueError(), failures=3, attempts=3) is None
    assert next_delay(Retry(attempts=3), ValueError(), failures=2, attempts=3) is not None


def test_retry_after_is_a_minimum():
    error = RetryLater("busy", after=timedelta(hours=1))
    assert next_delay(Retry(), error, failures=1, attempts=3) == timedelta(hours=1)


def test_permanent_errors_are_never_retried():
    assert next_delay(Retry(attempts=9), PermanentError("no"), failures=1, attempts=9) is None


def test_the_nearest_exception_type_decides():
    rule = Retry(attempts=5, per_error={LookupError: Retry(attempts=2), KeyError: Retry(attempts=1)})
    assert next_delay(rule, KeyError(), failures=1, attempts=5) is None
    assert next_delay(rule, IndexError(), failures=1, attempts=5) is not None
    assert next_delay(rule, IndexError(), failures=2, attempts=5) is None
    assert next_delay(rule, ValueError(), failures=4, attempts=5) is not None


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"factor": 0.5}, {"first": timedelta(hours=1)}])
def test_rules_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValueError, match="Retry"):
        Retry(**wrong)
