"""Children: jobs that another job called and waits for."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    # `call_id` says by which call a child came; `is_parent` that a job has called, and its end concerns its children.
    "ALTER TABLE headrace.jobs ADD COLUMN call_id uuid, ADD COLUMN is_parent boolean NOT NULL DEFAULT false",
    # A call is a wait of the same id. `children_left` falls with every child that ends; `is_due` says that something has to
    # be done about the call: resume the parent, or cancel the children that are left. No foreign keys: each child would
    # cost a look, and the trigger below forgets calls with their parents.
    """
    CREATE TABLE headrace.job_calls (
        id            uuid PRIMARY KEY,
        parent_id     uuid NOT NULL,
        depth         smallint NOT NULL,
        fail_fast     boolean NOT NULL,
        children      integer NOT NULL,
        children_left integer NOT NULL,
        failures      integer NOT NULL DEFAULT 0,
        limit_key     text,
        is_due        boolean NOT NULL DEFAULT false
    ) WITH (fillfactor = 50)
    """,
    "CREATE INDEX job_calls_parent ON headrace.job_calls (parent_id)",
    "CREATE INDEX job_calls_due ON headrace.job_calls (id) WHERE is_due",
    """
    CREATE TABLE headrace.job_children (
        call_id  uuid NOT NULL,
        place    integer NOT NULL,
        child_id uuid NOT NULL,
        PRIMARY KEY (call_id, place)
    )
    """,
    # The jobs below a job, as far as its own calls go: those that a retry adopted hang on the job retried.
    """
    CREATE FUNCTION headrace.jobs_below(root uuid) RETURNS TABLE (id uuid, is_final boolean, bytes bigint)
    LANGUAGE sql STABLE AS $$
        WITH RECURSIVE below AS (
            SELECT j.id, j.is_parent, j.finished_at IS NOT NULL AS is_final,
                   headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
            FROM headrace.job_calls AS k JOIN headrace.job_children AS m ON m.call_id = k.id
            JOIN headrace.jobs AS j ON j.id = m.child_id AND j.call_id = k.id
            WHERE k.parent_id = root
            UNION ALL
            SELECT j.id, j.is_parent, j.finished_at IS NOT NULL,
                   headrace.bytes_of(j.stored_bytes, j.input_size, j.result)
            FROM below AS b JOIN headrace.job_calls AS k ON k.parent_id = b.id AND b.is_parent
            JOIN headrace.job_children AS m ON m.call_id = k.id
            JOIN headrace.jobs AS j ON j.id = m.child_id AND j.call_id = k.id
        )
        SELECT id, is_final, bytes FROM below
    $$
    """,
    # Whoever deletes a parent deletes its children, and they theirs.
    """
    CREATE FUNCTION headrace.delete_children() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE calls uuid[];
    BEGIN
        SELECT array_agg(k.id) INTO calls
        FROM deleted AS d JOIN headrace.job_calls AS k ON k.parent_id = d.id
        WHERE d.is_parent;
        IF calls IS NOT NULL THEN
            DELETE FROM headrace.jobs WHERE id = ANY (ARRAY (
                SELECT m.child_id FROM headrace.job_children AS m JOIN headrace.jobs AS j ON j.id = m.child_id
                WHERE m.call_id = ANY (calls) AND j.call_id = m.call_id));
            DELETE FROM headrace.job_children WHERE call_id = ANY (calls);
            DELETE FROM headrace.job_calls WHERE id = ANY (calls);
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_deleted_with_children AFTER DELETE ON headrace.jobs REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.delete_children()
    """,
    "ALTER TABLE headrace.waits DROP CONSTRAINT waits_state_check",
    """
    ALTER TABLE headrace.waits ADD CONSTRAINT waits_state_check
        CHECK (state IN ('open', 'answered', 'expired', 'failed', 'closed'))
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
