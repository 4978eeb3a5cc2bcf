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
    # Histograms: the n-th number counts the calls that fall into bucket n - 1 of those the counters have.
    """
    ALTER TABLE headrace.ai_spend
        ADD COLUMN repairs      bigint NOT NULL DEFAULT 0,
        ADD COLUMN durations    bigint[] NOT NULL DEFAULT '{}',
        ADD COLUMN first_tokens bigint[] NOT NULL DEFAULT '{}'
    """,
    """
    CREATE FUNCTION headrace.sum_of(one bigint[], other bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0)
                     FROM ROWS FROM (unnest(one), unnest(other)) WITH ORDINALITY AS pair (a, b, place) ORDER BY place)'
    """,
    "CREATE AGGREGATE headrace.sum_each (bigint[]) (SFUNC = headrace.sum_of, STYPE = bigint[], INITCOND = '{}')",
)


def upgrade() -> None:
    """Make the table, the columns and what adds histograms."""
    for statement in STATEMENTS:
        op.execute(statement)
