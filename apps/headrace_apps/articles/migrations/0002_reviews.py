"""Where an article's facts come from, what it cost to write, and the briefs that wait to be written."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE articles.articles ADD COLUMN sources jsonb NOT NULL DEFAULT '[]', ADD COLUMN cost_nano_usd bigint",
    "ALTER TABLE articles.article_versions ADD COLUMN sources jsonb NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE articles.planned_briefs (
        id         uuid PRIMARY KEY,
        brief      jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        taken_at   timestamptz,
        failures   integer NOT NULL DEFAULT 0,
        failure    text,
        article_id uuid REFERENCES articles.articles ON DELETE SET NULL
    )
    """,
    "CREATE INDEX planned_briefs_open ON articles.planned_briefs (id) WHERE article_id IS NULL",
)


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in STATEMENTS:
        op.execute(statement)
