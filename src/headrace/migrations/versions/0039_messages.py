"""The messages of AI calls, and in the sums how long calls took and how many repaired an answer."""

from alembic import op

revision = "0039"
down_revision = "0037"

STATEMENTS = (
    # Apart from the calls, whose rows are listed, and sealed: whoever reads the table alone learns nothing.
    """
    CREATE TABLE headrace.ai_messages (
        call_id uuid PRIMARY KEY REFERENCES headrace.ai_calls ON DELETE CASCADE,
        sealed  text NOT NULL
    )
    """,
    # What is encrypted gets no smaller.
    "ALTER TABLE headrace.ai_messages ALTER COLUMN sealed SET STORAGE EXTERNAL",
    # `times`: how many calls fall into which bucket of the histograms, the bucket in the upper half of each number: rows
    # with few calls are short.
    """
    ALTER TABLE headrace.ai_spend
        ADD COLUMN repairs bigint NOT NULL DEFAULT 0,
        ADD COLUMN times   bigint[] NOT NULL DEFAULT '{}'
    """,
    """
    CREATE FUNCTION headrace.times_of(one bigint[], other bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT ARRAY(SELECT ((t >> 32) << 32) + sum(t & 4294967295)::bigint FROM unnest(one || other) AS t
                     GROUP BY t >> 32 ORDER BY t >> 32)'
    """,
)


def upgrade() -> None:
    """Make the table, the columns and what adds times up."""
    for statement in STATEMENTS:
        op.execute(statement)
