"""What proves who asks, besides passwords and cookies: keys, second factors, links, and accounts elsewhere."""

from alembic import op

revision = "0025"
down_revision = "0020"

STATEMENTS = (
    # `mac` is HMAC-SHA256 of the key by the secret `key_id`; `old_mac` that of the one it replaced, believed for a while.
    """
    CREATE TABLE headrace.api_keys (
        id           uuid PRIMARY KEY,
        user_id      uuid NOT NULL REFERENCES headrace.users ON DELETE CASCADE,
        name         text NOT NULL,
        mac          bytea NOT NULL UNIQUE,
        key_id       text NOT NULL,
        old_mac      bytea UNIQUE,
        old_until    timestamptz,
        last4        text NOT NULL,
        scopes       text[] NOT NULL,
        created_at   timestamptz NOT NULL,
        expires_at   timestamptz,
        last_used_at timestamptz
    )
    """,
    "CREATE INDEX api_keys_of_user ON headrace.api_keys (user_id, id)",
    # How often a session's refresh token was exchanged, and when: only the newest counts, the one before it for a moment.
    """
    ALTER TABLE headrace.sessions
        ADD COLUMN refreshes    bigint NOT NULL DEFAULT 0,
        ADD COLUMN refreshed_at timestamptz
    """,
    # `last_step` is the time step of the newest code that was taken: a code counts once.
    """
    CREATE TABLE headrace.second_factors (
        user_id      uuid PRIMARY KEY REFERENCES headrace.users ON DELETE CASCADE,
        sealed       text NOT NULL,
        created_at   timestamptz NOT NULL,
        confirmed_at timestamptz,
        last_step    bigint NOT NULL DEFAULT 0
    )
    """,
    # SHA-256 of codes of 120 random bits; one that was used is deleted.
    """
    CREATE TABLE headrace.recovery_codes (
        user_id   uuid NOT NULL REFERENCES headrace.second_factors ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        PRIMARY KEY (user_id, code_hash)
    )
    """,
    # A link that works once: to a new password, or to an account. SHA-256 of its token; a used one is deleted.
    """
    CREATE TABLE headrace.account_links (
        id         uuid PRIMARY KEY,
        kind       text NOT NULL CHECK (kind IN ('reset', 'invitation')),
        token_hash bytea NOT NULL UNIQUE,
        user_id    uuid REFERENCES headrace.users ON DELETE CASCADE,
        email      text,
        role       text CHECK (role IN ('viewer', 'member', 'operator', 'admin')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CHECK (CASE kind WHEN 'reset' THEN user_id IS NOT NULL ELSE role IS NOT NULL END)
    )
    """,
    # Who somebody is at an OpenID provider.
    """
    CREATE TABLE headrace.identities (
        issuer     text NOT NULL,
        subject    text NOT NULL,
        user_id    uuid NOT NULL REFERENCES headrace.users ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (issuer, subject)
    )
    """,
    "CREATE INDEX identities_of_user ON headrace.identities (user_id)",
    # A link that shows one job to whoever has it. SHA-256 of its token.
    """
    CREATE TABLE headrace.job_links (
        id         uuid PRIMARY KEY,
        job_id     uuid NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        made_by    uuid REFERENCES headrace.users ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX job_links_of_job ON headrace.job_links (job_id, id)",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
