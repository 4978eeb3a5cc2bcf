"""Declares the app: its tasks register on it, its routes, pages and tables hang on it."""

from __future__ import annotations

from pathlib import Path

from headrace import App

app = App(
    "articles",
    router="headrace_apps.articles.api:router",
    pages="headrace_apps.articles.reader:router",
    demo="headrace_apps.articles.demo:tell",
    migrations=Path(__file__).parent / "migrations",
)
