"""Jobs, their steps, events and runs; workers; idempotency keys; AI calls."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE headrace.workers (
        id          uuid PRIMARY KEY,
        name        text NOT NULL,
        queues      text[] NOT NULL,
        concurrency integer NOT NULL,
        running     integer NOT NULL DEFAULT 0,
        state       text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'stopping', 'stopped', 'dead')),
        started_at  timestamptz NOT NULL,
        lease_until timestamptz NOT NULL,
        ended_at    timestamptz
    )
    """,
    """
    CREATE TABLE headrace.queues (
        name         text PRIMARY KEY,
        paused       boolean NOT NULL DEFAULT false,
        concurrency  integer CHECK (concurrency > 0),
        running      integer NOT NULL DEFAULT 0,
        seconds_each double precision CHECK (seconds_each > 0),
        next_start   timestamptz
    )
    """,
    """
    CREATE TABLE headrace.limit_keys (
        key        text PRIMARY KEY,
        capacity   integer NOT NULL CHECK (capacity > 0),
        used       integer NOT NULL DEFAULT 0,
        next_start timestamptz
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE headrace.jobs (
        id                  uuid PRIMARY KEY,
        task                text NOT NULL,
        queue               text NOT NULL,
        state               text NOT NULL CHECK (state IN ('scheduled', 'queued', 'blocked', 'running', 'waiting',
                                                           'completed', 'failed', 'cancelled')),
        priority            smallint NOT NULL DEFAULT 0,
        alone               boolean NOT NULL DEFAULT false,
        attempts            integer NOT NULL CHECK (attempts >= 1),
        failures            integer NOT NULL DEFAULT 0,
        crashes             smallint NOT NULL DEFAULT 0,
        runs                integer NOT NULL DEFAULT 0,
        fence               bigint NOT NULL DEFAULT 0,
        event_seq           integer NOT NULL DEFAULT 0,
        input_size          integer NOT NULL,
        progress            real,
        worker_id           uuid,
        last_write          uuid,
        retry_of            uuid,
        created_at          timestamptz NOT NULL,
        run_at              timestamptz,
        ready_at            timestamptz,
        started_at          timestamptz,
        finished_at         timestamptz,
        cancel_requested_at timestamptz,
        owner               text,
        unique_key          text,
        limit_key           text,
        tags                text[] NOT NULL DEFAULT '{}',
        progress_note       text,
        input               jsonb NOT NULL,
        result              jsonb,
        error               jsonb,
        cancellation        jsonb,
        CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'failed', 'cancelled'))),
        CHECK ((state = 'queued') <= (ready_at IS NOT NULL)),
        CHECK ((state = 'scheduled') <= (run_at IS NOT NULL)),
        CHECK ((state = 'running') <= (worker_id IS NOT NULL)),
        CHECK ((state = 'blocked') <= (limit_key IS NOT NULL))
    ) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)
    """,
    # At most six indexes: every change of state writes each of them (design: the queue).
    """
    CREATE INDEX jobs_ready ON headrace.jobs (queue, alone, priority, ready_at, id) WHERE state = 'queued'
    """,
    # Two in one: scheduled jobs by their time (no key), blocked ones by their key and then in their order (no time).
    """
    CREATE INDEX jobs_resting ON headrace.jobs (
        (CASE state WHEN 'blocked' THEN limit_key END), (CASE state WHEN 'scheduled' THEN run_at END), priority, id
    ) WHERE state IN ('scheduled', 'blocked')
    """,
    "CREATE INDEX jobs_running ON headrace.jobs (worker_id) WHERE state = 'running'",
    """
    CREATE UNIQUE INDEX jobs_unique ON headrace.jobs (task, unique_key)
        WHERE unique_key IS NOT NULL AND finished_at IS NULL
    """,
    "CREATE INDEX jobs_finished ON headrace.jobs (state, id) WHERE finished_at IS NOT NULL",
    """
    CREATE TABLE headrace.bulk_actions (
        id          uuid PRIMARY KEY,
        action      text NOT NULL CHECK (action IN ('cancel', 'retry', 'delete')),
        state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'aborted')),
        wanted      jsonb NOT NULL,
        place       uuid NOT NULL,
        total       integer NOT NULL,
        done        integer NOT NULL DEFAULT 0,
        skipped     integer NOT NULL DEFAULT 0,
        created_at  timestamptz NOT NULL,
        finished_at timestamptz
    )
    """,
    """
    CREATE INDEX bulk_actions_running ON headrace.bulk_actions (id) WHERE state = 'running'
    """,
    """
    CREATE TABLE headrace.job_runs (
        job_id     uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        run        integer NOT NULL,
        worker_id  uuid,
        started_at timestamptz NOT NULL,
        ended_at   timestamptz NOT NULL,
        outcome    text NOT NULL CHECK (outcome IN ('failed', 'released', 'crashed')),
        error      jsonb,
        PRIMARY KEY (job_id, run)
    )
    """,
    """
    CREATE TABLE headrace.job_steps (
        job_id      uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        name        text NOT NULL,
        seq         integer NOT NULL,
        run         integer NOT NULL,
        args_hash   text NOT NULL,
        result      jsonb,
        started_at  timestamptz NOT NULL,
        finished_at timestamptz NOT NULL,
        PRIMARY KEY (job_id, name)
    )
    """,
    """
    CREATE TABLE headrace.job_events (
        job_id uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        seq    integer NOT NULL,
        at     timestamptz NOT NULL,
        type   text NOT NULL CHECK (type IN ('progress', 'log', 'text', 'text_reset', 'step', 'wait')),
        data   jsonb NOT NULL,
        PRIMARY KEY (job_id, seq)
    )
    """,
    """
    CREATE TABLE headrace.idempotency_keys (
        scope       text NOT NULL,
        key         text NOT NULL,
        fingerprint text NOT NULL,
        status      smallint,
        headers     jsonb,
        body        text,
        created_at  timestamptz NOT NULL,
        PRIMARY KEY (scope, key)
    )
    """,
    "CREATE INDEX idempotency_keys_age ON headrace.idempotency_keys (created_at)",
    """
    CREATE TABLE headrace.ai_calls (
        id               uuid PRIMARY KEY,
        job_id           uuid NOT NULL REFERENCES headrace.jobs ON DELETE CASCADE,
        fence            bigint NOT NULL,
        run              integer NOT NULL,
        step             text NOT NULL,
        provider         text NOT NULL,
        model            text NOT NULL,
        state            text NOT NULL CHECK (state IN ('open', 'ok', 'error')),
        started_at       timestamptz NOT NULL,
        finished_at      timestamptz,
        first_token_ms   integer,
        input_tokens     integer,
        output_tokens    integer,
        cached_tokens    integer,
        reasoning_tokens integer,
        cost_nano_usd    bigint,
        finish_reason    text,
        error_code       text,
        error_message    text
    )
    """,
    "CREATE INDEX ai_calls_job ON headrace.ai_calls (job_id, started_at)",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
