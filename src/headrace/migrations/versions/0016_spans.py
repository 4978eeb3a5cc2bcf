"""When jobs of a task or a queue were submitted: by that the jobs of a rare one are found among millions of others."""

from alembic import op

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    # Ids begin with the millisecond they were made in: between the two bounds of a span lie the jobs of one submission, and
    # others. No key: equal spans do no harm, and to look for them would make submissions wait for each other.
    """
    CREATE TABLE headrace.job_spans (
        label    text COLLATE "C" NOT NULL,
        last_ms  bigint NOT NULL,
        first_ms bigint NOT NULL,
        jobs     integer NOT NULL
    )
    """,
    "CREATE INDEX job_spans_newest ON headrace.job_spans (label, last_ms, first_ms)",
    """
    CREATE FUNCTION headrace.millis_of(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT ('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint $$
    """,
    # A span is at most a minute long, so that little else lies in it.
    """
    INSERT INTO headrace.job_spans (label, last_ms, first_ms, jobs)
    SELECT coalesce('task:' || task, 'queue:' || queue), max(ms), min(ms), count(*)
    FROM (SELECT task, queue, headrace.millis_of(id) AS ms FROM headrace.jobs) AS j
    GROUP BY GROUPING SETS ((task, ms >> 16), (queue, ms >> 16))
    """,
    """
    CREATE OR REPLACE FUNCTION headrace.label_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO headrace.job_spans (label, last_ms, first_ms, jobs)
        SELECT coalesce('task:' || g.task, 'queue:' || g.queue), w.last_ms, w.first_ms, g.jobs
        FROM (
            SELECT headrace.millis_of((SELECT id FROM inserted ORDER BY id DESC LIMIT 1)) AS last_ms,
                   headrace.millis_of((SELECT id FROM inserted ORDER BY id LIMIT 1)) AS first_ms
        ) AS w
        CROSS JOIN (SELECT task, queue, count(*) AS jobs FROM inserted GROUP BY GROUPING SETS ((task), (queue))) AS g
        WHERE w.last_ms - w.first_ms < 65536;
        IF NOT FOUND THEN
            INSERT INTO headrace.job_spans (label, last_ms, first_ms, jobs)
            SELECT coalesce('task:' || n.task, 'queue:' || n.queue), max(n.ms), min(n.ms), count(*)
            FROM (SELECT task, queue, headrace.millis_of(id) AS ms FROM inserted) AS n
            GROUP BY GROUPING SETS ((n.task, n.ms >> 16), (n.queue, n.ms >> 16));
        END IF;
        INSERT INTO headrace.job_labels (label, job_id)
        SELECT l.label, n.id FROM inserted AS n CROSS JOIN LATERAL headrace.labels_of(n.owner, n.tags) AS l (label)
        WHERE n.owner IS NOT NULL OR n.tags <> '{}';
        RETURN NULL;
    END
    $$
    """,
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
