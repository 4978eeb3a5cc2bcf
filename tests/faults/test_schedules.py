"""Several worker processes fire the same schedules, and are killed meanwhile: one job per planned time."""

from __future__ import annotations

import random
import time

SCHEDULE = """
    INSERT INTO headrace.schedules (name, task, cron, timezone, input, missed, missed_limit, created_at, changed_at, next_at)
    SELECT 'minutely-' || n, 'chores.nothing', '* * * * *', 'UTC', '{}', 'all', 1000, now(), now(), now() + interval '1 day'
    FROM generate_series(1, 5) AS n
    RETURNING name
"""
# The same 300 planned times again and again, as if nobody had fired them.
SET_BACK = """
    UPDATE headrace.schedules SET next_at = date_trunc('minute', now()) - interval '300 minutes' RETURNING name
"""
COUNTS = """
    SELECT count(*) AS firings, count(DISTINCT (f.schedule, f.planned_at)) AS times, count(DISTINCT f.job_id) AS jobs,
           count(*) - count(j.id) AS missing, (SELECT count(*) FROM headrace.jobs) - count(*) AS doubled
    FROM headrace.schedule_firings AS f LEFT JOIN headrace.jobs AS j ON j.id = f.job_id AND j.run_at = f.planned_at
"""


def test_schedulers_that_are_killed_fire_each_planned_time_once(crew):
    chance = random.Random(7)
    crew.rows(SCHEDULE)
    members = [crew.start(), crew.start(), crew.start()]
    crew.until(lambda: crew.one("SELECT count(*) FROM headrace.workers") == 3)
    for victim in (*members[:2], None):
        for _ in range(4):
            crew.rows(SET_BACK)
            time.sleep(chance.uniform(0, 0.4))  # at any place of whatever they are doing
        if victim:
            victim.kill()
            crew.start()
    crew.until(lambda: crew.one("SELECT count(*) FROM headrace.schedules WHERE next_at > now()") == 5)
    [(firings, times, jobs, missing, doubled)] = crew.rows(COUNTS)
    assert firings >= 5 * 300
    assert (times, jobs, missing, doubled) == (firings, firings, 0, 0)
