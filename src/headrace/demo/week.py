"""The week that apps tell their part of: its clock and dice, who works in it, and the jobs that are kept of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack
from uuid import UUID

from msgspec import structs

from headrace.demo.models import Model, known_models
from headrace.demo.rhythm import Rhythm
from headrace.demo.rows import Row
from headrace.demo.tale import Tale
from headrace.jobs.job import Submission
from headrace.jobs.limits import LimitKey
from headrace.jobs.task import Options, Task
from headrace.schedules.schedule import Rule, tag_of

_DEATH = timedelta(days=2, hours=3, minutes=17)
_RENEWED = timedelta(days=1)
"""The told workers' leases end so much later: until then what they run stays as it is."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A told worker."""

    id: UUID
    name: str
    started_at: datetime
    died_at: datetime | None = None


class Week:
    """The seven days before `now`, the same for the same `seed` and `now`; apps share `jobs` among themselves."""

    def __init__(self, now: datetime, *, seed: int, jobs: int, owners: Sequence[str], is_beside: bool = False) -> None:
        """Begin with no jobs; `owners` are the ids of the people whose jobs they are.

        `is_beside` says that the database has jobs already, perhaps of another week: what has to be unique may be taken.
        """
        self.is_beside = is_beside
        self.now = now
        self.rng = random.Random(seed)
        self.wanted = jobs
        self.owners = list(owners)
        self.models = known_models()
        self.tales: list[Tale] = []
        self.jobs = 0
        self.tables: dict[str, list[Row]] = {}
        self._rhythm = Rhythm(now)
        self.begin = self._rhythm.begin
        start = self.begin - timedelta(hours=1)
        self.lost = Hand(self.id_at(start), "mill-3:2207", start, now - _DEATH)
        self.hands = [Hand(self.id_at(start), f"mill-{n}:{4_110 + n * 37}", start) for n in (1, 2)]

    def moment(self, *, before: timedelta = timedelta(0)) -> datetime:
        """Return a moment of the week at which people would submit a job, at least so long before its end."""
        return min(self._rhythm.moment(self.rng), self.now - before)

    def mornings(self, hour: int) -> list[datetime]:
        """Return this hour (UTC) of each day of the week."""
        first = self.begin.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
        days = [first + timedelta(days=day) for day in range(8)]
        return [day for day in days if self.begin < day < self.now - timedelta(minutes=30)]

    def owner(self) -> str:
        """Return whose the next job is; some people have much more done than others."""
        [owner] = self.rng.choices(self.owners, range(len(self.owners), 0, -1))
        return owner

    def model(self) -> Model:
        """Return a model to ask; the first is asked most."""
        [model] = self.rng.choices(self.models, (9, 5, 4, 4))
        return model

    def id_at(self, moment: datetime) -> UUID:
        """Return a UUIDv7 of a moment."""
        millis = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        noise = self.rng.getrandbits(73)
        return UUID(int=millis << 80 | 0x7 << 76 | (noise >> 61) << 64 | 0b10 << 62 | noise & ((1 << 61) - 1))

    def worker_at(self, moment: datetime) -> UUID:
        """Return a worker that was alive at a moment."""
        alive = [hand for hand in (*self.hands, self.lost) if hand.died_at is None or moment < hand.died_at]
        return self.rng.choice(alive).id

    def submit(
        self,
        task: Task[Any, Any],
        value: object = None,
        *,
        at: datetime,
        queue: str | None = None,
        planned_at: datetime | None = None,
        **options: Unpack[Options],
    ) -> Tale:
        """Begin the tale of a job that was submitted at a moment; raises `InvalidInput` like the task's own `submit`."""
        job = task.submission(value, **options)
        own = structs.replace(job, id=self.id_at(at), queue=queue or job.queue, planned_at=planned_at)
        return Tale(self, own, at)

    def child(
        self, parent: Tale, task: Task[Any, Any], value: object, *, call_id: UUID, limit_key: LimitKey | None
    ) -> Tale:
        """Begin the tale of a child that a job calls where its own tale has come to."""
        job = task.submission(value, owner=parent.submission.owner, tags=parent.submission.tags)
        keys = {"call_id": call_id, "limit_key": limit_key}
        tale = Tale(self, structs.replace(job, id=self.id_at(parent.now), **keys), parent.now)
        tale.depth = parent.depth + 1
        return tale

    def resubmit(self, tale: Tale, *, at: datetime) -> Tale:
        """Begin the tale of a finished job's retry."""
        job: Submission = structs.replace(tale.submission, id=self.id_at(at), call_id=None, limit_key=None)
        again = Tale(self, job, at)
        again.retry_of = tale.id
        return again

    def keep(self, tale: Tale) -> bool:
        """Keep a tale with its children, unless it goes on after the week; return whether it was kept."""
        family = list(tale.family())
        if any(max(one.now, one.created_at) > self.now for one in family):
            return False
        self.tales += family
        self.jobs += len(family)
        return True

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table `schema.name` that belong to no job, to add to; an app's own tables, too."""
        return self.tables.setdefault(table, [])

    def schedule(
        self, name: str, task: Task[Any, Any], cron: str, value: object = None, *, is_paused: bool = False
    ) -> None:
        """Have a schedule, as people make them over the API."""
        rule = Rule(name=name, task=task.name, cron=cron, input=value)
        made = self.begin - timedelta(days=20)
        row = rule.row({task.name: task}, rule.parsed().next_after(self.now))
        own = {"input": task.submission(value).input.decode(), "created_at": made, "changed_at": made}
        paused_at = self.now - timedelta(days=3) if is_paused else None
        self.rows("headrace.schedules").append({**row, **own, "paused_at": paused_at})

    def fire(self, schedule: str, task: Task[Any, Any], planned_at: datetime, value: object = None) -> Tale:
        """Begin the tale of the job that a schedule submitted at a planned time."""
        at = planned_at + timedelta(seconds=self.rng.uniform(0.1, 0.9))
        tale = self.submit(task, value, at=at, planned_at=planned_at, run_at=planned_at, tags=[tag_of(schedule)])
        firing = {"schedule": schedule, "planned_at": planned_at, "fired_at": at, "job_id": tale.id, "error": None}
        tale.rows("schedule_firings").append(firing)
        return tale

    @property
    def lease_until(self) -> datetime:
        """When the leases of the living workers end."""
        return self.now + _RENEWED
