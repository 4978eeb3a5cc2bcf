"""The planned time of a schedule's job; owners and tags in a table of their own, by which jobs are listed."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "ALTER TABLE headrace.jobs ADD COLUMN planned_at timestamptz",
    # An index on the jobs would be written at each of their changes; owner and tags hardly ever change. No foreign key: it
    # would look up every row by itself, where the triggers below do a statement's at once.
    """
    CREATE TABLE headrace.job_labels (
        label  text NOT NULL,
        job_id uuid NOT NULL,
        PRIMARY KEY (label, job_id)
    )
    """,
    """
    CREATE FUNCTION headrace.labels_of(owner text, tags text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT 'owner:' || owner WHERE owner IS NOT NULL
        UNION ALL SELECT DISTINCT 'tag:' || tag FROM unnest(tags) AS tag
    $$
    """,
    """
    INSERT INTO headrace.job_labels (label, job_id)
    SELECT l.label, j.id FROM headrace.jobs AS j CROSS JOIN LATERAL headrace.labels_of(j.owner, j.tags) AS l (label)
    """,
    """
    CREATE FUNCTION headrace.label_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO headrace.job_labels (label, job_id)
        SELECT l.label, n.id FROM inserted AS n CROSS JOIN LATERAL headrace.labels_of(n.owner, n.tags) AS l (label)
        WHERE n.owner IS NOT NULL OR n.tags <> '{}';
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_labelled AFTER INSERT ON headrace.jobs REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.label_jobs()
    """,
    # Rows are found one by one through the key and named by their place: joined, the plan would hang on statistics.
    """
    CREATE FUNCTION headrace.unlabel_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM headrace.job_labels WHERE ctid = ANY (ARRAY (
            SELECT found.place
            FROM deleted AS d CROSS JOIN LATERAL headrace.labels_of(d.owner, d.tags) AS l (label)
            CROSS JOIN LATERAL (
                SELECT k.ctid AS place FROM headrace.job_labels AS k WHERE k.label = l.label AND k.job_id = d.id LIMIT 1
            ) AS found
        ));
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_unlabelled AFTER DELETE ON headrace.jobs REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION headrace.unlabel_jobs()
    """,
    # Only a replacement by unique key changes them: no other statement names these columns, so none pays for this.
    """
    CREATE FUNCTION headrace.relabel_job() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM headrace.job_labels
        WHERE job_id = OLD.id AND label = ANY (ARRAY (SELECT headrace.labels_of(OLD.owner, OLD.tags)));
        INSERT INTO headrace.job_labels (label, job_id) SELECT headrace.labels_of(NEW.owner, NEW.tags), NEW.id;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER jobs_relabelled AFTER UPDATE OF owner, tags ON headrace.jobs FOR EACH ROW
    WHEN ((OLD.owner, OLD.tags) IS DISTINCT FROM (NEW.owner, NEW.tags)) EXECUTE FUNCTION headrace.relabel_job()
    """,
)


def upgrade() -> None:
    """Make the column and the table."""
    for statement in STATEMENTS:
        op.execute(statement)
