"""Articles and every version of their text."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    # `search` looks at the beginning of long bodies: PostgreSQL refuses a tsvector over 1 MiB.
    """
    CREATE TABLE articles.articles (
        id              uuid PRIMARY KEY,
        slug            text NOT NULL UNIQUE,
        title           text NOT NULL,
        summary         text NOT NULL DEFAULT '',
        tags            text[] NOT NULL DEFAULT '{}',
        body            text NOT NULL,
        reading_minutes integer NOT NULL CHECK (reading_minutes >= 1),
        state           text NOT NULL CHECK (state IN ('draft', 'published')),
        version         integer NOT NULL CHECK (version >= 1),
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        published_at    timestamptz,
        job_id          uuid UNIQUE,
        search          tsvector GENERATED ALWAYS AS (
                            setweight(to_tsvector('simple'::regconfig, title), 'A')
                            || setweight(to_tsvector('simple'::regconfig, summary), 'B')
                            || to_tsvector('simple'::regconfig, left(body, 50000))
                        ) STORED,
        CHECK ((state = 'published') = (published_at IS NOT NULL))
    )
    """,
    "CREATE INDEX articles_search ON articles.articles USING gin (search)",
    "CREATE INDEX articles_tags ON articles.articles USING gin (tags)",
    """
    CREATE INDEX articles_published ON articles.articles (published_at DESC, id DESC) WHERE published_at IS NOT NULL
    """,
    """
    CREATE TABLE articles.article_versions (
        article_id uuid NOT NULL REFERENCES articles.articles ON DELETE CASCADE,
        version    integer NOT NULL,
        title      text NOT NULL,
        summary    text NOT NULL,
        tags       text[] NOT NULL,
        body       text NOT NULL,
        source     text NOT NULL CHECK (source IN ('human', 'ai')),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (article_id, version)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
