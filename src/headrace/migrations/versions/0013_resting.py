"""Waiting jobs join the index of those that rest: they were found by walking over all jobs."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    "DROP INDEX headrace.jobs_resting",
    # Three in one: blocked jobs by their key and then in their order (no time), scheduled ones by their time (no key),
    # waiting ones with neither.
    """
    CREATE INDEX jobs_resting ON headrace.jobs (
        (CASE state WHEN 'blocked' THEN limit_key END), (CASE state WHEN 'scheduled' THEN run_at END), priority, id
    ) WHERE state IN ('scheduled', 'blocked', 'waiting')
    """,
)


def upgrade() -> None:
    """Make the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
