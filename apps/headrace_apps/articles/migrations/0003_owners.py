"""Whose articles and planned briefs are: members see and touch only what is their own."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE articles.articles ADD COLUMN owner text",
    "CREATE INDEX articles_by_owner ON articles.articles (owner, id) WHERE owner IS NOT NULL",
    "ALTER TABLE articles.planned_briefs ADD COLUMN owner text",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in STATEMENTS:
        op.execute(statement)
