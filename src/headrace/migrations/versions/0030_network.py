"""What bounds callers: rates of requests, attempts to sign in; and what an installation is for."""

from alembic import op

revision = "0030"
down_revision = "0025"

STATEMENTS = (
    # Not logged: written at each block of requests, and worth nothing after a crash. Times are seconds since 1970.
    """
    CREATE UNLOGGED TABLE headrace.request_rates (
        key       text PRIMARY KEY,
        earned_at double precision NOT NULL,
        taken_at  double precision NOT NULL,
        spacing   double precision NOT NULL,
        capacity  integer NOT NULL,
        granted   integer NOT NULL
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE FUNCTION headrace.rate_granted(
        earned_at double precision, now double precision, spacing double precision, capacity integer, wanted integer
    ) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN greatest(0, least(wanted, floor(capacity - greatest(earned_at - now, 0) / spacing + 0.000001)::integer))
    """,
    # Of whom is a code of the account, the address, or both: the table tells nothing to who reads it.
    """
    CREATE TABLE headrace.sign_in_attempts (
        subject     bytea PRIMARY KEY,
        failures    integer NOT NULL DEFAULT 0,
        tried_at    timestamptz NOT NULL,
        next_at     timestamptz NOT NULL,
        known_until timestamptz
    )
    """,
    "ALTER TABLE headrace.installation ADD COLUMN environment text",
    """
    CREATE TABLE headrace.quotas (
        owner text PRIMARY KEY,
        jobs  integer CHECK (jobs >= 0),
        bytes bigint CHECK (bytes >= 0)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
