"""Saved views: what a user looks at again and again."""

from alembic import op

revision = "0037"
down_revision = "0036"

STATEMENTS = (
    """
    CREATE TABLE headrace.saved_views (
        user_id    uuid NOT NULL REFERENCES headrace.users ON DELETE CASCADE,
        name       text NOT NULL,
        screen     text NOT NULL,
        query      text NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, name)
    )
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
