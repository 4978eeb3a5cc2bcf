"""What state a job comes to after a run, said once for the statement that writes outcomes."""

from alembic import op

revision = "0017"
down_revision = "0016"

# A success stands even if a cancel was requested (too late); any other ending of such a job is `cancelled`. A job that would
# be queued again under a limit key is blocked: whether there is room is decided by the statement that comes next.
STATE_AFTER = """
    CREATE FUNCTION headrace.state_after(
        ending text, delay double precision, is_answered boolean, cancel_requested_at timestamptz, limit_key text
    ) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE
            WHEN ending = 'completed' THEN 'completed'
            WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
            WHEN ending = 'failed' THEN 'failed'
            WHEN delay > 0 THEN 'scheduled'
            WHEN ending = 'parked' AND NOT is_answered THEN 'waiting'
            WHEN limit_key IS NOT NULL THEN 'blocked'
            ELSE 'queued'
        END
    $$
"""


def upgrade() -> None:
    """Make the function."""
    op.execute(STATE_AFTER)
