"""Children that report at the same time, shown one after the other, in the order of their calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Writer(Protocol):
    """Where a screen's lines go."""

    @property
    def width(self) -> int | None:
        """Where long lines have to be broken, if anywhere."""

    def line(self, text: str, style: str = "") -> None:
        """Add a line that stays."""

    def moving(self, text: str, status: str, fraction: float | None) -> None:
        """Show what may change yet: the text of an unfinished line, and how far the job is."""


class Shows(Protocol):
    """Shows the messages of one job."""

    def show(self, event: str, data: dict[str, Any]) -> None:
        """Show one message."""


INDENT = "  "


class Turns:
    """The children of a job in the order in which they were told of; lines of one whose turn is yet to come are kept."""

    def __init__(self, writer: Writer, open_screen: Callable[[Writer], Shows]) -> None:
        """Begin without children; `open_screen` makes what shows one of them."""
        self._writer = writer
        self._open_screen = open_screen
        self._children: dict[str, tuple[Shows, _Kept]] = {}
        self._waiting: list[_Kept] = []

    def take(self, message: dict[str, Any]) -> None:
        """Show a child's message, now or when its turn comes."""
        job, event = str(message["job"]), str(message["event"])
        if job not in self._children:
            kept = _Kept(self._writer)
            self._children[job] = self._open_screen(kept), kept
            self._waiting.append(kept)
            self._go_on()
        screen, kept = self._children[job]
        screen.show(event, message["data"])
        kept.has_ended = kept.has_ended or event == "end"
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            self._waiting[0].release()
            if not self._waiting[0].has_ended:
                return
            del self._waiting[0]


class _Kept:
    """A child's lines: kept until its turn, then written a little to the right."""

    def __init__(self, writer: Writer) -> None:
        self.has_ended = False
        self._writer = writer
        self._lines: list[tuple[str, str]] | None = []

    @property
    def width(self) -> int | None:
        """The screen's, without the indentation."""
        width = self._writer.width
        return None if width is None else width - len(INDENT)

    def line(self, text: str, style: str = "") -> None:
        """Write a line, or keep it."""
        if self._lines is None:
            self._writer.line(INDENT + text, style)
        else:
            self._lines.append((text, style))

    def moving(self, text: str, status: str, fraction: float | None) -> None:
        """Show it if it is the child's turn."""
        if self._lines is None:
            self._writer.moving(text and INDENT + text, status, fraction)

    def release(self) -> None:
        """Write what was kept, and keep nothing more."""
        lines, self._lines = self._lines or [], None
        for text, style in lines:
            self.line(text, style)
