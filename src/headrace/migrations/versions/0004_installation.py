"""The installation: one row that says whose database this is."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE headrace.installation (
        single   boolean PRIMARY KEY DEFAULT true CHECK (single),
        key_mark bytea NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
