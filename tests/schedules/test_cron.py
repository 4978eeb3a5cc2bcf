"""When a schedule is due: by the clocks of its time zone, also where they are put forward or back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from headrace.errors import InvalidInput
from headrace.schedules.cron import Cron

BERLIN = "Europe/Berlin"
MINUTE = timedelta(minutes=1)


def local(text, zone=BERLIN):
    """An instant, given as local time (the first reading, if there are two)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def times(cron, since, count, zone=BERLIN):
    found = Cron.parse(cron, zone).next_times(local(since, zone), count)
    return [f"{time.astimezone(ZoneInfo(zone)):%m-%d %H:%M %Z}" for time in found]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 6 * * *", ["11-23 06:00", "11-24 06:00", "11-25 06:00"]),
        ("30 8,17 * * 1-5", ["11-23 08:30", "11-23 17:30", "11-24 08:30"]),
        ("*/20 * * * *", ["11-22 12:20", "11-22 12:40", "11-22 13:00"]),
        ("0 0 1 * *", ["12-01 00:00", "01-01 00:00", "02-01 00:00"]),
        ("0 0 L * *", ["11-30 00:00", "12-31 00:00", "01-31 00:00"]),
        ("0 9 * * mon#1", ["12-07 09:00", "01-04 09:00", "02-01 09:00"]),
        ("0 0 13 * fri", ["11-27 00:00", "12-04 00:00", "12-11 00:00"]),  # either day, as in every cron
        ("@weekly", ["11-29 00:00", "12-06 00:00", "12-13 00:00"]),
        (" 0   6 * *  * ", ["11-23 06:00", "11-24 06:00", "11-25 06:00"]),
    ],
)
def test_the_five_fields_mean_what_they_mean_in_cron(cron, expected):
    assert [time.removesuffix(" CET") for time in times(cron, "2026-11-22 12:00", 3)] == expected


def test_the_29th_of_february_comes_in_leap_years():
    found = Cron.parse("0 6 29 2 *", BERLIN).next_times(local("2026-11-22 12:00"), 3)
    assert [time.year for time in found] == [2028, 2032, 2036]


def test_it_skips_the_year_2100_which_is_no_leap_year():
    assert Cron.parse("0 6 29 2 *", BERLIN).next_after(local("2096-03-01 00:00")).year == 2104


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 2 * * *", ["03-29 03:00 CEST", "03-30 02:30 CEST"]),
        ("0 2 * * *", ["03-29 03:00 CEST", "03-30 02:00 CEST"]),
        ("*/10 2 * * *", ["03-29 03:00 CEST", "03-30 02:00 CEST"]),
        ("0 2,3 * * *", ["03-29 03:00 CEST", "03-30 02:00 CEST"]),
        ("15 2,3 * * *", ["03-29 03:00 CEST", "03-29 03:15 CEST"]),
    ],
)
def test_a_named_hour_that_is_left_out_comes_right_after_the_gap_and_once(cron, expected):
    assert times(cron, "2026-03-29 01:30", 2) == expected


def test_every_hour_goes_on_over_the_gap():
    assert times("30 * * * *", "2026-03-29 00:00", 3) == ["03-29 00:30 CET", "03-29 01:30 CET", "03-29 03:30 CEST"]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 2 * * *", ["10-25 02:30 CEST", "10-26 02:30 CET"]),
        ("0,59 2 * * *", ["10-25 02:00 CEST", "10-25 02:59 CEST", "10-26 02:00 CET"]),
        ("0 2,3 * * *", ["10-25 02:00 CEST", "10-25 03:00 CET", "10-26 02:00 CET"]),
    ],
)
def test_a_named_hour_that_comes_twice_is_due_the_first_time(cron, expected):
    assert times(cron, "2026-10-25 01:30", len(expected)) == expected


def test_every_hour_is_due_at_both_readings_of_a_doubled_one():
    expected = ["10-25 02:00 CEST", "10-25 02:30 CEST", "10-25 02:00 CET", "10-25 02:30 CET", "10-25 03:00 CET"]
    assert times("*/30 * * * *", "2026-10-25 01:30", 5) == expected


def test_a_day_that_a_country_left_out_is_made_up_for_at_its_end():
    expected = ["12-29 06:00", "12-31 00:00", "12-31 06:00"]  # Samoa had no 30 December 2011
    found = times("0 6 * * *", "2011-12-29 00:00", 3, "Pacific/Apia")
    assert [time.rpartition(" ")[0] for time in found] == expected


def test_a_half_hour_change_is_followed():
    found = times("15 * * * *", "2026-04-05 00:30", 3, "Australia/Lord_Howe")
    assert found == ["04-05 01:15 +11", "04-05 02:15 +1030", "04-05 03:15 +1030"]
    assert times("45 1 * * *", "2026-04-05 00:30", 2, "Australia/Lord_Howe") == ["04-05 01:45 +11", "04-06 01:45 +1030"]


@pytest.mark.parametrize(
    "cron",
    [
        *("", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "x * * * *", "*/0 * * * *", "@reboot"),
        *(
            "R * * * *",
            "0 R/2 * * *",
            "H 1 * * *",
            "0 0 30 2 *",
            "* * * * *\0",
            "\u0661 * * * *",
            "1," * 200 + "1 * * * *",
        ),
    ],
)
def test_what_is_no_cron_expression_or_never_comes_is_refused(cron):
    with pytest.raises(InvalidInput, match="cron expression") as caught:
        Cron.parse(cron, "UTC")
    assert caught.value.pointer == "/cron"


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Base", "../etc/passwd", "/etc/localtime", "a\0b", "x" * 5_000])
def test_what_is_no_time_zone_is_refused(zone):
    with pytest.raises(InvalidInput, match="no time zone") as caught:
        Cron.parse("* * * * *", zone)
    assert caught.value.pointer == "/timezone"


def fields(least, most):
    number = st.integers(least, most)
    some = st.lists(number, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))
    steps = st.integers(1, most).map(lambda step: f"*/{step}")
    return st.one_of(st.just("*"), some, steps)


CRONS = st.tuples(fields(0, 59), fields(0, 23), st.just("*"), st.just("*"), fields(0, 6)).map(" ".join)
ZONES = st.sampled_from([BERLIN, "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago"])
# any time, and the days on which clocks are changed
INSTANTS = st.one_of(
    st.datetimes(*map(datetime.fromisoformat, ["2026-01-01", "2031-01-01"])),
    st.sampled_from(["2026-03-29 01:00", "2026-10-25 01:00", "2026-03-08 07:00", "2026-11-01 06:00"])
    .map(datetime.fromisoformat)
    .flatmap(lambda change: st.timedeltas(-timedelta(hours=30), timedelta(hours=3)).map(lambda by: change + by)),
).map(lambda naive: naive.replace(tzinfo=UTC))


def is_due(cron, instant, zone):
    """Whether a schedule is due at a whole minute, decided from that minute and the one before alone."""
    now, before = instant.astimezone(zone), (instant - MINUTE).astimezone(zone)
    wall = now.replace(tzinfo=None, fold=0)
    is_hourly = cron.split()[1].startswith("*")
    if matches(cron, wall) and (is_hourly or not now.fold):
        return True
    left_out = wall - before.replace(tzinfo=None) - MINUTE
    return not is_hourly and any(matches(cron, wall - MINUTE * n) for n in range(1, left_out // MINUTE + 1))


def matches(cron, wall):
    minute, hour, _, _, weekday = cron.split()
    return (
        contains(minute, wall.minute, 60)
        and contains(hour, wall.hour, 24)
        and contains(weekday, wall.isoweekday() % 7, 7)
    )


def contains(field, value, size):
    star, _, step = field.partition("/")
    return value in range(0, size, int(step or 1)) if star == "*" else str(value) in field.split(",")


@settings(deadline=None, max_examples=150)
@given(CRONS, ZONES, INSTANTS)
def test_the_next_time_is_later_and_none_is_left_out_before_it(cron, zone, instant):
    found = Cron.parse(cron, zone).next_after(instant)
    assert found > instant
    assert found.second == found.microsecond == 0
    assert is_due(cron, found, ZoneInfo(zone))
    minute = instant.replace(second=0, microsecond=0) + MINUTE
    end = min(found, minute + timedelta(hours=36))
    while minute < end:
        assert not is_due(cron, minute, ZoneInfo(zone)), f"{minute} was left out"
        minute += MINUTE


@settings(deadline=None, max_examples=60)
@given(CRONS, ZONES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(1, 12))
def test_the_newest_times_are_the_last_of_all_times(cron, zone, after, span, most):
    parsed = Cron.parse(cron, zone)
    until, every = after + span, []
    time = parsed.next_after(after)
    while time <= until:
        every.append(time)
        time = parsed.next_after(time)
        assume(len(every) < 3_000)
    assert parsed.newest(after, until, most) == every[-most:]


def test_the_newest_times_of_years_are_found_without_walking_through_them():
    steps = []

    class Counted(Cron):
        def next_after(self, instant):
            steps.append(instant)
            return super().next_after(instant)

    parsed = Counted("* * * * *", BERLIN)
    last = parsed.newest(local("2016-01-01 00:00"), local("2026-01-01 00:00"), 5)
    assert last == [local("2026-01-01 00:00") - MINUTE * n for n in (4, 3, 2, 1, 0)]
    assert len(steps) < 60
