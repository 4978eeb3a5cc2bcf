"""Due waits are found by an index of their own, however wrong the statistics are."""

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    "DROP INDEX headrace.waits_due",
    # By `settled_at`, not by `state`: of two indexes that begin with a state the planner may take the one that has them all.
    "CREATE INDEX waits_due ON headrace.waits (due_at) WHERE settled_at IS NULL AND due_at IS NOT NULL",
)


def upgrade() -> None:
    """Make the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
