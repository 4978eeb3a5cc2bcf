"""What jobs that are parked on a budget need of it."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    # `since` is when the job first had to wait for a budget: by that its patience ends.
    """
    CREATE TABLE headrace.ai_budget_waits (
        wait_id         uuid PRIMARY KEY,
        job_id          uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        scope           text NOT NULL,
        period          text NOT NULL,
        needed_nano_usd bigint NOT NULL,
        since           timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ai_budget_waits_job ON headrace.ai_budget_waits (job_id)",
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
