"""The browser's cookie: opaque, out of reach of scripts, and never sent by pages of other sites."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from headrace.accounts.session import LIFE
from headrace.web.gate import COOKIE, PLAIN_COOKIE, is_secure


def give(connection: HTTPConnection, response: Response, token: str) -> None:
    """Let the browser keep a session's token; `__Host-` and `Secure` wherever https is spoken."""
    _set(connection, response, token, int(LIFE.total_seconds()))


def take(connection: HTTPConnection, response: Response) -> None:
    """Let the browser forget it, and whatever else it keeps of us."""
    _set(connection, response, "", 0)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _set(connection: HTTPConnection, response: Response, token: str, age: int) -> None:
    secure = is_secure(connection)
    response.set_cookie(
        COOKIE if secure else PLAIN_COOKIE, token, max_age=age, path="/", secure=secure, httponly=True, samesite="lax"
    )
