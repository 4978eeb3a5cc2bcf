"""Counters of ended runs, and of the bytes that finished jobs hold: neither is ever counted from the jobs."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    # Only `jobs`, `seconds` and `bytes` change, and none is indexed: with room on the page an update stays on it.
    """
    CREATE TABLE headrace.counters (
        shard   smallint NOT NULL,
        minute  timestamptz NOT NULL,
        task    text NOT NULL,
        queue   text NOT NULL,
        outcome text NOT NULL
            CHECK (outcome IN ('completed', 'failed', 'cancelled', 'retried', 'released', 'crashed', 'deleted')),
        bucket  smallint NOT NULL CHECK (bucket BETWEEN -1 AND 60),
        jobs    bigint NOT NULL,
        seconds double precision NOT NULL,
        bytes   bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (shard, minute, task, queue, outcome, bucket)
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)
    """,
    # Bytes of steps and events, noted with them.
    "ALTER TABLE headrace.jobs ADD COLUMN stored_bytes bigint NOT NULL DEFAULT 0",
    # What a finished job holds: its row and index entries (400), input, result, steps and events.
    """
    CREATE FUNCTION headrace.bytes_of(stored_bytes bigint, input_size integer, result jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT 400 + stored_bytes + input_size + coalesce(octet_length(result::text), 0)'
    """,
    # Whoever deletes finished jobs, their bytes are counted off in the same transaction; one shard a transaction in turn, so
    # that two which delete much don't wait for each other.
    """
    CREATE FUNCTION headrace.count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
        SELECT 8 + (pg_current_xact_id()::text::bigint & 7), date_trunc('minute', now()), task, queue, 'deleted', -1,
               count(*), 0, -sum(headrace.bytes_of(stored_bytes, input_size, result))
        FROM deleted WHERE finished_at IS NOT NULL
        GROUP BY task, queue
        ORDER BY task, queue
        ON CONFLICT (shard, minute, task, queue, outcome, bucket)
            DO UPDATE SET jobs = c.jobs + excluded.jobs, bytes = c.bytes + excluded.bytes;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_deleted AFTER DELETE ON headrace.jobs REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.count_deleted()
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
