"""Our own pages: the first screen, the API's reference, and the files they need; nothing comes from elsewhere."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from headrace.web.gate import ANYBODY

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"

router = APIRouter(include_in_schema=False, dependencies=[ANYBODY])


@router.get("/")
async def first_screen() -> FileResponse:
    """Return the first screen."""
    return _page("index.html")


@router.get("/setup")
@router.get("/login")
@router.get("/register")
@router.get("/reset")
async def entrance() -> FileResponse:
    """Return the page that lets people in: set-up, sign-in, registering, a new password by a link."""
    return _page("enter.html")


@router.get("/account")
async def account() -> FileResponse:
    """Return the page of one's own account."""
    return _page("account.html")


@router.get("/docs")
async def reference() -> FileResponse:
    """Return the API's reference, which reads the OpenAPI file."""
    return _page("docs.html")


@router.get("/shared")
async def shared_job() -> FileResponse:
    """Return the page that shows a job by a link."""
    return _page("shared.html")


def add_files(app: FastAPI) -> None:
    """Serve what `make install` built: third-party files under `/static/vendor`, our pages' own under `/static`."""
    for path, folder in (("/static/vendor", STATIC / "vendor"), ("/static", BUILT)):
        if folder.is_dir():
            app.mount(path, StaticFiles(directory=folder))


def _page(name: str) -> FileResponse:
    if not (BUILT / name).is_file():
        raise HTTPException(404, f"{name} is not built; run `make install`")
    return FileResponse(BUILT / name, headers={"Cache-Control": "no-cache"})
