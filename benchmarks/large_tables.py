"""Large tables: the drain of a long queue beside that of a short one, and with a long history beside a short one."""

from __future__ import annotations

from functools import partial

import psycopg

from benchmarks.contestant import call, drain, drain_filled
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage

TIMES = 10
FINISHED = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, runs, fence, input_size, created_at, ready_at, started_at,
                               finished_at, input, result)
    SELECT gen_random_uuid(), 'bench.nothing', 'bench', 'completed', 3, 1, 2, 200, t, t, t, t,
           jsonb_build_object('number', n, 'text', repeat('x', 170)), 'null'
    FROM generate_series(1, %s) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '1 s') AS times (t)
"""


def trials(stage: Stage) -> list[Trial]:
    few = stage.size(10_000, 100_000)
    return [
        Trial("few queued", partial(drain, stage, headrace(), few)),
        Trial("many queued", partial(drain, stage, headrace(), few * TIMES)),
        Trial("few finished", partial(beside_finished, stage, few, finished=few)),
        Trial("many finished", partial(beside_finished, stage, few, finished=few * TIMES)),
    ]


def beside_finished(stage: Stage, jobs: int, *, finished: int) -> float:
    """Drain jobs from a table that holds finished ones."""
    ours = headrace()
    with stage.copy(f"{finished} finished", lambda url: _finish(stage, url, finished)) as url:
        call(stage, ours, url, [*ours.fill, str(jobs)])
        return drain_filled(stage, ours, url, jobs=jobs)


def _finish(stage: Stage, url: str, jobs: int) -> None:
    call(stage, headrace(), url, ["install"])
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(FINISHED, (jobs,))
        conn.execute("VACUUM ANALYZE headrace.jobs")


FIGURE = Figure(
    name="large_tables",
    title="Drain of a large table (few: 10⁵ jobs, many: 10⁶; a tenth of that in the short form)",
    unit="jobs/s",
    trials=trials,
    targets=[
        Target(row="many queued", least=0.9, of="few queued"),
        Target(row="many finished", least=0.9, of="few finished"),
    ],
)
