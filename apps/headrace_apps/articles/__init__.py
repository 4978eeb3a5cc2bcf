"""Articles: briefs become written, described and published articles, kept in versions and read at `/read`."""

from headrace_apps.articles.declaration import app
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.drafting import plan_article, write_section
from headrace_apps.articles.rounds import enrich_articles, morning_round
from headrace_apps.articles.writing import write_article

__all__ = [
    "app",
    "enrich_article",
    "enrich_articles",
    "morning_round",
    "plan_article",
    "write_article",
    "write_section",
]
