"""The pages under `/read`: rendered on the server, no script, safe to show to anybody."""

import hashlib
from asyncio import to_thread
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel, Field

from headrace import NotFound, Session
from headrace_apps.articles import shelf
from headrace_apps.articles.markdown import render
from headrace_apps.articles.shelf import Search

router = APIRouter(prefix="/read", include_in_schema=False)

PAGE = 20
# Nothing runs, nothing is fetched from elsewhere, nobody frames the page.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_FOLDER = Path(__file__).parent / "templates"
_FOREVER = "public, max-age=31536000, immutable"


class Wanted(BaseModel):
    """Which articles a reader looks for."""

    q: str = Field("", max_length=200)
    tag: str = Field("", max_length=50)
    after: UUID | None = None


@router.get("")
async def index(request: Request, session: Session, wanted: Annotated[Wanted, Query()]) -> Response:
    """Show the published articles, the last published first."""
    words, tag = wanted.q.replace("\0", " ").strip(), wanted.tag.replace("\0", " ").strip()
    search = Search(words=words or None, tag=tag or None)
    found = await shelf.list_published(session, search, limit=PAGE + 1, after=wanted.after)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    values: dict[str, object] = {
        "articles": found[:PAGE],
        "words": words,
        "tag": tag,
        "more": more,
        "is_first": wanted.after is None,
    }
    return _page(request, "index.html", values)


@router.get("/style-{digest}.css")
async def style(digest: str) -> Response:
    """Serve the pages' style, under an address that changes with it."""
    text, now = _style()
    cache = _FOREVER if digest == now else "no-cache"
    return Response(text, headers={"Cache-Control": cache}, media_type="text/css")


@router.get("/{slug}")
async def article(request: Request, session: Session, slug: str) -> Response:
    """Show a published article."""
    try:
        found = await shelf.find_published(session, slug)
    except NotFound:
        return _page(request, "missing.html", {}, status=404)
    # in a thread: a long body takes a while, and the process has others to answer
    html = await to_thread(render, found.body)
    return _page(request, "article.html", {"article": found, "body": Markup(html)})  # noqa: S704 - sanitised by `render`


def _page(request: Request, name: str, values: dict[str, object], *, status: int = 200) -> Response:
    html = _templates().get_template(name).render(values, style=_style()[1]).encode()
    tag = f'"{hashlib.sha256(html).hexdigest()[:24]}"'
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "ETag": tag}
    if status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(html, status, headers, media_type="text/html; charset=utf-8")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def _style() -> tuple[bytes, str]:
    text = (_FOLDER / "style.css").read_bytes()
    return text, hashlib.sha256(text).hexdigest()[:12]
