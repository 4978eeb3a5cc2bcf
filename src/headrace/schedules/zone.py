"""Clocks on the wall: which instants a local time stands for, also where a clock is put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headrace.errors import InvalidInput


def find_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; raises `InvalidInput`."""
    try:
        return ZoneInfo(name)
    # ValueError for a path or NUL, OSError for a folder of the zone database or a name too long
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"There is no time zone {name[:100]!r}; take an IANA name such as Europe/Berlin or UTC", pointer="/timezone"
        ) from None


def readings(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return when a clock in `zone` shows the local time `wall`: once; twice in an overlap; never in a gap."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(instant for instant in both if instant.astimezone(zone).replace(tzinfo=None) == wall)


def gap_end(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock was put forward over `wall`, which it never showed."""
    # PEP 495: in a gap, fold 0 reads the time by the offset before it, so that instant comes after the change
    return _change(
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC), wall.replace(tzinfo=zone, fold=0).astimezone(UTC), zone
    )


def overlap_start(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first local time of the overlap that `wall` lies in, if the clock shows `wall` twice."""
    times = readings(wall, zone)
    if len(times) < 2:
        return None
    return _change(times[0], times[1], zone).astimezone(zone).replace(tzinfo=None, fold=0)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second between two instants at which the offset becomes that of the later one."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, (after - before) // timedelta(seconds=1)
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)
