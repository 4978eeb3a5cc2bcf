"""What AI calls reserve before they are made, what they come to by day, and the limits and budgets they are held to."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    ALTER TABLE headrace.ai_calls
        ADD COLUMN task                   text NOT NULL DEFAULT '',
        ADD COLUMN owner                  text,
        ADD COLUMN rung                   text NOT NULL DEFAULT 'first',
        ADD COLUMN answered_by            text,
        ADD COLUMN price                  jsonb,
        ADD COLUMN reserved_input_tokens  bigint NOT NULL DEFAULT 0,
        ADD COLUMN reserved_output_tokens bigint NOT NULL DEFAULT 0,
        ADD COLUMN reserved_tokens        bigint NOT NULL DEFAULT 0,
        ADD COLUMN reserved_nano_usd      bigint,
        ADD COLUMN is_estimated           boolean NOT NULL DEFAULT false,
        ADD COLUMN is_cached              boolean NOT NULL DEFAULT false,
        ADD COLUMN raw_answer             text,
        DROP CONSTRAINT ai_calls_state_check,
        ADD CONSTRAINT ai_calls_state_check CHECK (state IN ('open', 'ok', 'error', 'lost'))
    """,
    "CREATE INDEX ai_calls_open ON headrace.ai_calls (job_id) WHERE state = 'open'",
    # NULL until the job's first call is settled, so that a job without AI is no wider.
    """
    ALTER TABLE headrace.jobs
        ADD COLUMN cost_nano_usd bigint,
        ADD COLUMN input_tokens  bigint,
        ADD COLUMN output_tokens bigint
    """,
    # Only sums change, and none is indexed: with room on the page an update stays on it.
    """
    CREATE TABLE headrace.ai_spend (
        day              date NOT NULL,
        task             text NOT NULL,
        owner            text NOT NULL,
        provider         text NOT NULL,
        model            text NOT NULL,
        shard            smallint NOT NULL,
        calls            bigint NOT NULL DEFAULT 0,
        failed           bigint NOT NULL DEFAULT 0,
        lost             bigint NOT NULL DEFAULT 0,
        cached           bigint NOT NULL DEFAULT 0,
        unpriced         bigint NOT NULL DEFAULT 0,
        input_tokens     bigint NOT NULL DEFAULT 0,
        output_tokens    bigint NOT NULL DEFAULT 0,
        cached_tokens    bigint NOT NULL DEFAULT 0,
        reasoning_tokens bigint NOT NULL DEFAULT 0,
        cost_nano_usd    bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (day, task, owner, provider, model, shard)
    ) WITH (fillfactor = 50)
    """,
    # `recent`: what began in each of the last 60 seconds, {"second of the epoch": [requests, tokens]}.
    """
    CREATE TABLE headrace.ai_limits (
        name                text PRIMARY KEY,
        concurrency         integer CHECK (concurrency > 0),
        requests_per_minute integer CHECK (requests_per_minute > 0),
        tokens_per_minute   bigint CHECK (tokens_per_minute > 0),
        in_use              integer NOT NULL DEFAULT 0,
        recent              jsonb NOT NULL DEFAULT '{}',
        held_until          timestamptz
    ) WITH (fillfactor = 50)
    """,
    # Whose turn it is at a limit that is full: the owner that was served longest ago.
    """
    CREATE TABLE headrace.ai_turns (
        name        text NOT NULL REFERENCES headrace.ai_limits ON DELETE CASCADE,
        owner       text NOT NULL,
        served_at   timestamptz,
        waits_until timestamptz NOT NULL,
        PRIMARY KEY (name, owner)
    ) WITH (fillfactor = 50)
    """,
    # `spent` and `reserved` belong to the period that began on `since`.
    """
    CREATE TABLE headrace.ai_budgets (
        scope             text NOT NULL,
        period            text NOT NULL CHECK (period IN ('day', 'month')),
        limit_nano_usd    bigint NOT NULL CHECK (limit_nano_usd >= 0),
        since             date NOT NULL,
        spent_nano_usd    bigint NOT NULL DEFAULT 0,
        reserved_nano_usd bigint NOT NULL DEFAULT 0,
        changed_at        timestamptz NOT NULL,
        PRIMARY KEY (scope, period)
    ) WITH (fillfactor = 50)
    """,
)


def upgrade() -> None:
    """Make the tables and columns."""
    for statement in STATEMENTS:
        op.execute(statement)
