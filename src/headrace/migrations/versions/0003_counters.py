"""Counters of ended runs: what is counted is never counted from the jobs."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    # Only `jobs` and `seconds` change, and neither is indexed: with room on the page an update stays on it.
    """
    CREATE TABLE headrace.counters (
        shard   smallint NOT NULL,
        minute  timestamptz NOT NULL,
        task    text NOT NULL,
        queue   text NOT NULL,
        outcome text NOT NULL
            CHECK (outcome IN ('completed', 'failed', 'cancelled', 'retried', 'released', 'crashed')),
        bucket  smallint NOT NULL CHECK (bucket BETWEEN -1 AND 60),
        jobs    bigint NOT NULL,
        seconds double precision NOT NULL,
        PRIMARY KEY (shard, minute, task, queue, outcome, bucket)
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
