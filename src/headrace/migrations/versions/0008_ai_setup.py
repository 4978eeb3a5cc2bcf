"""What is configured over the API for AI calls: aliases of models, and providers' keys, sealed."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE headrace.ai_aliases (
        name       text PRIMARY KEY,
        models     text[] NOT NULL CHECK (cardinality(models) > 0),
        changed_at timestamptz NOT NULL
    )
    """,
    # `sealed` by the installation's secret key for this provider alone; `last4` is what the API shows.
    """
    CREATE TABLE headrace.ai_keys (
        provider text PRIMARY KEY,
        sealed   text NOT NULL,
        last4    text NOT NULL,
        set_at   timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
