"""Steps and events without foreign keys: those looked up the job of every row, at two fifths of what storing a step cost."""

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    # Whoever writes them holds the job's row locked; the trigger below forgets them with the job.
    "ALTER TABLE headrace.job_steps DROP CONSTRAINT job_steps_job_id_fkey",
    "ALTER TABLE headrace.job_events DROP CONSTRAINT job_events_job_id_fkey",
    # Job by job: for many at once, a plan made while the tables were empty would read them whole.
    """
    CREATE FUNCTION headrace.delete_journal() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE gone uuid;
    BEGIN
        FOR gone IN SELECT id FROM deleted LOOP
            DELETE FROM headrace.job_steps WHERE job_id = gone;
            DELETE FROM headrace.job_events WHERE job_id = gone;
        END LOOP;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_deleted_with_journal AFTER DELETE ON headrace.jobs REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.delete_journal()
    """,
)


def upgrade() -> None:
    """Exchange the keys for a trigger."""
    for statement in STATEMENTS:
        op.execute(statement)
