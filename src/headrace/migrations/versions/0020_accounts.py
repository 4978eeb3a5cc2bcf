"""Who may ask: users, their sessions, the code of the first run, and the record of what was done."""

from alembic import op

revision = "0020"
down_revision = "0017"

STATEMENTS = (
    # `email_key` is the address in lower case: one account an address. No password for those who sign in elsewhere.
    """
    CREATE TABLE headrace.users (
        id            uuid PRIMARY KEY,
        email         text NOT NULL,
        email_key     text NOT NULL UNIQUE,
        name          text NOT NULL DEFAULT '',
        role          text NOT NULL CHECK (role IN ('viewer', 'member', 'operator', 'admin')),
        password_hash text,
        created_at    timestamptz NOT NULL,
        signed_in_at  timestamptz,
        disabled_at   timestamptz
    )
    """,
    # A browser's session is found by the SHA-256 of its cookie, one of tokens by its id. An ended one is deleted.
    """
    CREATE TABLE headrace.sessions (
        id           uuid PRIMARY KEY,
        user_id      uuid NOT NULL REFERENCES headrace.users ON DELETE CASCADE,
        kind         text NOT NULL CHECK (kind IN ('browser', 'token')),
        token_hash   bytea UNIQUE,
        created_at   timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        address      text,
        agent        text
    )
    """,
    "CREATE INDEX sessions_of_user ON headrace.sessions (user_id)",
    "CREATE INDEX sessions_by_end ON headrace.sessions (expires_at)",
    # The code that makes the first user; one at a time.
    """
    CREATE TABLE headrace.setup_code (
        single     boolean PRIMARY KEY DEFAULT true CHECK (single),
        code_hash  bytea NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    # Without a foreign key: it outlives whom it tells of.
    """
    CREATE TABLE headrace.audit_log (
        id         uuid PRIMARY KEY,
        at         timestamptz NOT NULL,
        actor_kind text NOT NULL,
        actor_id   uuid,
        actor_name text NOT NULL,
        action     text NOT NULL,
        target     text NOT NULL,
        address    text,
        request_id text,
        details    jsonb NOT NULL DEFAULT '{}'
    )
    """,
    "CREATE INDEX audit_log_by_actor ON headrace.audit_log (actor_id, id)",
    "CREATE INDEX audit_log_by_action ON headrace.audit_log (action, id)",
    "CREATE INDEX audit_log_by_target ON headrace.audit_log (target, id)",
    """
    CREATE FUNCTION headrace.refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'The audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON headrace.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.refuse_change_of_audit_log()
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
