"""Schedules, and the planned times they fired."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE headrace.schedules (
        name         text PRIMARY KEY,
        app          text,
        task         text NOT NULL,
        cron         text NOT NULL,
        timezone     text NOT NULL,
        input        jsonb NOT NULL,
        missed       text NOT NULL CHECK (missed IN ('skip', 'once', 'all')),
        missed_limit integer NOT NULL CHECK (missed_limit >= 1),
        created_at   timestamptz NOT NULL,
        changed_at   timestamptz NOT NULL,
        next_at      timestamptz,
        paused_at    timestamptz,
        retired_at   timestamptz
    )
    """,
    """
    CREATE INDEX schedules_due ON headrace.schedules (next_at) WHERE paused_at IS NULL AND retired_at IS NULL
    """,
    # The primary key is the promise: at most one firing per planned time, whoever fires.
    """
    CREATE TABLE headrace.schedule_firings (
        schedule   text NOT NULL REFERENCES headrace.schedules ON DELETE CASCADE,
        planned_at timestamptz NOT NULL,
        fired_at   timestamptz NOT NULL,
        job_id     uuid,
        error      text,
        PRIMARY KEY (schedule, planned_at),
        CHECK ((job_id IS NULL) = (error IS NOT NULL))
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
