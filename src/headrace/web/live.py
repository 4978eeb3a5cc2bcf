"""The socket `/api/v1/live`: what the streams tell, of several jobs and the list at once, over one WebSocket."""

import asyncio
from contextlib import suppress

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from headrace.live.hub import Hub
from headrace.live.socket import Subscriptions
from headrace.live.stream import Pace
from headrace.log import get_logger
from headrace.web.gate import ANYBODY

router = APIRouter(dependencies=[ANYBODY])
log = get_logger(__name__)

# RFC 6455, section 7.4.1, and the IANA registry of close codes.
CLOSE_UNSUPPORTED, CLOSE_RESTART, CLOSE_AGAIN = 1003, 1012, 1013


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Carry subscriptions until the client leaves, takes nothing, or the server stops."""
    hub: Hub = socket.app.state.hub
    pace: Pace = socket.app.state.pace
    await socket.accept()
    with hub.connected() as has_room:
        if not has_room:
            await socket.close(CLOSE_AGAIN, "too many clients; come back later")
            return
        await _converse(socket, hub, pace)


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

    subscriptions = Subscriptions(hub, pace, send)
    ends = [asyncio.create_task(work) for work in (_listen(socket, subscriptions), lost.wait(), hub.closing.wait())]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        await subscriptions.close()
        if hub.is_closing and socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(CLOSE_RESTART, "the server stops; connect again")


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
