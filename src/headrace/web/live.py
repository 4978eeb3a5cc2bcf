"""The socket `/api/v1/live`: what the streams tell, of several jobs and the list at once, over one WebSocket."""

import asyncio
from contextlib import suppress
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from headrace.accounts.identity import TOKEN_MAX
from headrace.accounts.permission import Permission
from headrace.errors import Forbidden, Unauthorized
from headrace.live.hub import Hub
from headrace.live.socket import Subscriptions
from headrace.live.stream import Pace
from headrace.log import get_logger
from headrace.web.gate import ANYBODY, Gate, check_job, principal_of, show_token, until_changed

router = APIRouter(dependencies=[ANYBODY])
log = get_logger(__name__)

# RFC 6455, section 7.4.1, and the IANA registry of close codes.
CLOSE_UNSUPPORTED, CLOSE_REFUSED, CLOSE_RESTART, CLOSE_AGAIN = 1003, 1008, 1012, 1013
PATIENCE = 10.0
_GATE = Gate(Permission.JOBS_READ)


class Authenticate(BaseModel):
    """The first frame of a client that came without a credential."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["authenticate"]
    token: str = Field(max_length=TOKEN_MAX)


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Carry subscriptions until the client leaves, takes nothing, may not watch any more, or the server stops.

    Who came without a credential shows one in the first frame.
    """
    hub: Hub = socket.app.state.hub
    pace: Pace = socket.app.state.pace
    is_known = not (await principal_of(socket)).is_anonymous
    if is_known or "authorization" in socket.headers:
        await _GATE.check(socket)
    await socket.accept()
    with hub.connected() as has_room:
        if not has_room:
            await socket.close(CLOSE_AGAIN, "too many clients; come back later")
            return
        if is_known or await _is_shown(socket):
            await _converse(socket, hub, pace)
        elif socket.application_state is WebSocketState.CONNECTED:
            await socket.close(CLOSE_REFUSED, "sign in first")


async def _is_shown(socket: WebSocket) -> bool:
    """Take the frame that shows a token; false if it doesn't come in time, or doesn't count."""
    try:
        async with asyncio.timeout(PATIENCE):
            shown = Authenticate.model_validate_json(await socket.receive_text())
        await show_token(socket, shown.token)
        await _GATE.check(socket)
    except (TimeoutError, ValidationError, KeyError, WebSocketDisconnect, Unauthorized, Forbidden):
        return False
    return True


async def _converse(socket: WebSocket, hub: Hub, pace: Pace) -> None:
    lost = asyncio.Event()

    async def send(text: str) -> None:
        try:
            async with asyncio.timeout(pace.send):
                await socket.send_text(text)
        except TimeoutError:
            log.info("socket.cut_off", timeout=pace.send)
            socket.scope["state"]["abort"]()  # to close it would be to wait until the client takes what is buffered
            lost.set()
            raise

    subscriptions = Subscriptions(hub, pace, send, allow=lambda job: check_job(socket, job))
    refused = asyncio.create_task(_until_refused(socket, subscriptions))
    ends = [asyncio.create_task(work) for work in (_listen(socket, subscriptions), lost.wait(), hub.closing.wait())]
    ends.append(refused)
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        await subscriptions.close()
        if _has_ended(refused) and socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(CLOSE_REFUSED, "sign in again")
        if hub.is_closing and socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(CLOSE_RESTART, "the server stops; connect again")


async def _until_refused(socket: WebSocket, subscriptions: Subscriptions) -> None:
    """Return once the client may watch nothing more; what it may no longer watch meanwhile ends by itself."""
    while True:
        before = await principal_of(socket)
        await until_changed(socket, before)
        try:
            await _GATE.check(socket)
            await subscriptions.sift()
        except (Unauthorized, Forbidden):
            return


def _has_ended(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def _listen(socket: WebSocket, subscriptions: Subscriptions) -> None:
    while True:
        match await socket.receive():
            case {"type": "websocket.receive", "text": str(text)}:
                await subscriptions.take(text)
            case {"type": "websocket.receive"}:
                await socket.close(CLOSE_UNSUPPORTED, "frames are text")
                return
            case _:
                return
