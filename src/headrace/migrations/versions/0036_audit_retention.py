"""The audit log loses what is old by one function, and by nothing else."""

from alembic import op

revision = "0036"
down_revision = "0035"

STATEMENTS = (
    # A deletion passes within the function below alone, and takes nothing that is younger than 30 days whoever asks for it.
    """
    CREATE OR REPLACE FUNCTION headrace.refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_setting('headrace.prunes_audit_log', true) = 'on'
           AND OLD.at < now() - interval '30 days' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    "DROP TRIGGER audit_log_is_append_only ON headrace.audit_log",
    """
    CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR TRUNCATE ON headrace.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.refuse_change_of_audit_log()
    """,
    """
    CREATE TRIGGER audit_log_goes_by_age BEFORE DELETE ON headrace.audit_log
    FOR EACH ROW EXECUTE FUNCTION headrace.refuse_change_of_audit_log()
    """,
    # With its owner's rights, so that a role of the processes needs none to delete: INSERT, SELECT and EXECUTE are enough.
    """
    CREATE FUNCTION headrace.prune_audit_log(before timestamptz, last_id uuid, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET headrace.prunes_audit_log = 'on'
    AS $$
    DECLARE
        pruned integer;
    BEGIN
        DELETE FROM headrace.audit_log WHERE id = ANY (ARRAY (
            SELECT id FROM headrace.audit_log
            WHERE id < last_id AND at < least(before, now() - interval '30 days')
            ORDER BY id
            LIMIT most
        ));
        GET DIAGNOSTICS pruned = ROW_COUNT;
        RETURN pruned;
    END
    $$
    """,
    "REVOKE EXECUTE ON FUNCTION headrace.prune_audit_log FROM PUBLIC",
)


def upgrade() -> None:
    """Make the function, and let it pass."""
    for statement in STATEMENTS:
        op.execute(statement)
