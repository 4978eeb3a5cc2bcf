"""Our own pages: the dashboard, the API's reference, and the files they need; nothing comes from elsewhere."""

import asyncio
import secrets
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from headrace.db.connect import BROKEN
from headrace.errors import HeadraceError
from headrace.web.door import POLICY
from headrace.web.gate import ANYBODY, principal_of

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"
NONCE = "__CSP_NONCE__"
"""What stands in the built page where each answer's nonce goes."""
SIGNED_IN = "__SIGNED_IN__"
"""What stands there where it is said whether somebody is signed in, so that the page need not ask first."""
LOOK = 0.25

router = APIRouter(include_in_schema=False, dependencies=[ANYBODY])


@router.get("/docs")
async def reference() -> FileResponse:
    """Return the API's reference, which reads the OpenAPI file."""
    return FileResponse(_built("docs.html"), headers={"Cache-Control": "no-cache"})


@router.get("/sw.js")
async def service_worker() -> FileResponse:
    """Return what opens the installed dashboard without the server; it rules what lies below its own address."""
    return FileResponse(_built("sw.js"), headers={"Cache-Control": "no-cache"})


def dashboard(*, is_known: bool) -> Response:
    """Return the dashboard's one page: which screen an address means, its router knows.

    The page's own style rules carry a nonce, so that no other inline style has an effect.
    """
    nonce = secrets.token_urlsafe(16)
    policy = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    page = _built("index.html").read_text("utf-8").replace(NONCE, nonce).replace(SIGNED_IN, "yes" if is_known else "")
    return HTMLResponse(page, headers={"Cache-Control": "no-cache", "Content-Security-Policy": policy})


def add_screens(app: FastAPI) -> None:
    """Answer with the dashboard where a browser asks for a page at an address that nobody else has."""
    unknown = app.router.default

    async def fall_back(scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["method"] == "GET" and not scope["path"].startswith("/api/")
        if is_asked and "text/html" in Headers(scope=scope).get("accept", ""):
            response = await run_in_threadpool(dashboard, is_known=await _is_known(HTTPConnection(scope)))
            await response(scope, receive, send)
        else:
            await unknown(scope, receive, send)

    app.router.default = fall_back


async def _is_known(connection: HTTPConnection) -> bool:
    """Return whether it is known who asks; not, where that can't be found out at once: the page comes all the same."""
    try:
        async with asyncio.timeout(LOOK):
            return not (await principal_of(connection)).is_anonymous
    except (HeadraceError, TimeoutError, *BROKEN):
        return False


class _Hashed(StaticFiles):
    """Files whose names change with their contents: a browser needs to ask for each but once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def add_files(app: FastAPI) -> None:
    """Serve what `make install` built: third-party files under `/static/vendor`, our pages' own under `/static`."""
    for path, folder, kind in (
        ("/static/vendor", STATIC / "vendor", StaticFiles),
        ("/static/assets", BUILT / "assets", _Hashed),
        ("/static", BUILT, StaticFiles),
    ):
        if folder.is_dir():
            app.mount(path, kind(directory=folder))


def _built(name: str) -> Path:
    if not (BUILT / name).is_file():
        raise HTTPException(404, f"{name} is not built; run `make install`")
    return BUILT / name
