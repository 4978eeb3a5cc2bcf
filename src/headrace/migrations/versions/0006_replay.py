"""Replays: of what kind a step is, and bulk actions that replay."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """
    ALTER TABLE headrace.job_steps
        ADD COLUMN kind text NOT NULL DEFAULT 'step' CHECK (kind IN ('step', 'transaction'))
    """,
    """
    ALTER TABLE headrace.bulk_actions
        ADD COLUMN from_step text,
        DROP CONSTRAINT bulk_actions_action_check,
        ADD CHECK (action IN ('cancel', 'retry', 'replay', 'delete'))
    """,
)


def upgrade() -> None:
    """Add the columns."""
    for statement in STATEMENTS:
        op.execute(statement)
