"""uvicorn's protocols with what they lack: a deadline and a size for the headers, and a way to cut a client off."""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_DEADLINE = 20.0
HEAD_MAX = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """Gives a client 20 s for a request's head, at most 64 KiB of it, and routes `scope["state"]["abort"]`."""

    head_deadline = HEAD_DEADLINE
    _head_timer: asyncio.TimerHandle | None = None
    _head_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Start the clock: a connection on which nothing comes is closed too."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._forget_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes while the head is not complete."""
        super().data_received(data)
        if self._head_timer is not None:
            self._head_size += len(data)
            if self._head_size > HEAD_MAX:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """Start the clock for a request on a kept connection, and hand the way out to the application."""
        super().on_message_begin()
        self._expect_head()
        self.scope["state"]["abort"] = self.transport.abort

    def on_headers_complete(self) -> None:
        """Stop the clock."""
        self._forget_head()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_size = 0
            self._head_timer = self.loop.call_later(self.head_deadline, self.transport.abort)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, which routes `scope["state"]["abort"]` too."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the way out to the application."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": cast("asyncio.Transport", transport).abort}
