"""Answers of models that calls allowed to be kept, for calls that ask the same."""

from alembic import op

revision = "0035"
down_revision = "0030"

STATEMENTS = (
    # `key` is a code of the whole question, its owner and model, and `sealed` the answer: the table tells nothing to who
    # reads it, and no job has to live as long as its answers.
    """
    CREATE TABLE headrace.ai_answers (
        key         bytea PRIMARY KEY,
        sealed      text NOT NULL,
        answered_at timestamptz NOT NULL,
        expires_at  timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ai_answers_expiry ON headrace.ai_answers (expires_at)",
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
