"""Waits: what a parked job waits for, and what came of it."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    # Whatever a job waits for has a row here; a job that is `waiting` has an open one. `due_at` is when a sleep ends, or
    # when a wait expires. `seq` is the place that the answer takes among the job's steps.
    """
    CREATE TABLE headrace.waits (
        id          uuid PRIMARY KEY,
        job_id      uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        name        text NOT NULL,
        seq         integer NOT NULL,
        kind        text NOT NULL,
        state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'expired', 'closed')),
        args_hash   text NOT NULL,
        place       integer,
        address     uuid,
        schema      jsonb,
        opened_at   timestamptz NOT NULL,
        due_at      timestamptz,
        settled_at  timestamptz,
        answer      jsonb,
        answered_by text,
        comment     text,
        refusals    integer NOT NULL DEFAULT 0,
        refused     jsonb,
        UNIQUE (job_id, name),
        CHECK ((state = 'open') = (settled_at IS NULL))
    )
    """,
    "CREATE INDEX waits_due ON headrace.waits (due_at) WHERE state = 'open' AND due_at IS NOT NULL",
    "CREATE INDEX waits_listed ON headrace.waits (state, kind, id)",
    "CREATE INDEX waits_address ON headrace.waits (address, job_id) WHERE address IS NOT NULL",
    # Where in the task's own order a step was asked for; null inside other steps and in branches that run side by side.
    "ALTER TABLE headrace.job_steps ADD COLUMN place integer",
    "ALTER TABLE headrace.job_runs DROP CONSTRAINT job_runs_outcome_check",
    """
    ALTER TABLE headrace.job_runs ADD CONSTRAINT job_runs_outcome_check
        CHECK (outcome IN ('failed', 'released', 'crashed', 'parked'))
    """,
    "ALTER TABLE headrace.counters DROP CONSTRAINT counters_outcome_check",
    """
    ALTER TABLE headrace.counters ADD CONSTRAINT counters_outcome_check
        CHECK (outcome IN ('completed', 'failed', 'cancelled', 'retried', 'released', 'crashed', 'parked', 'deleted'))
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
