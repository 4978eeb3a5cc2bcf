"""Which limits come from the settings: those of the API stay as they are when a worker starts."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE headrace.ai_limits ADD COLUMN declared boolean NOT NULL DEFAULT true")
