"""What `headrace watch` shows: lines that stay, and on a terminal a moving one below them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headrace.cli.turns import Turns, Writer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

RESULT_MAX = 2_000
# Escape sequences in what a job says could change the terminal, or what stands on it.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Return text that can't change the terminal it is shown on."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


class Screen:
    """Shows the messages of one job, and of its children below it."""

    def __init__(self, writer: Writer) -> None:
        """Begin with nothing shown."""
        self._writer = writer
        self._state: object = None
        self._status = ""
        self._fraction: float | None = None
        self._percent = -1
        self._unfinished: dict[str | None, str] = {}
        self._newest_text: dict[str | None, int] = {}
        self._step: str | None = None
        self._turns = Turns(writer, Screen)

    def show(self, event: str, data: dict[str, Any]) -> None:
        """Show one message of the stream; kinds that this version doesn't know are passed over."""
        match event:
            case "state":
                self._show_state(data)
            case "end":
                self._show_end(data)
            case "progress":
                self._show_progress(data["data"])
            case "log":
                self._show_log(data["data"])
            case "text" | "text_reset":
                self._show_writing(data["seq"], data["data"])
            case "step":
                self._show_step(data["data"])
            case "child":
                self._finish_text()
                self._turns.take(data)
                return
            case _:
                pass
        self._move()

    def status(self, text: str) -> None:
        """Say what is going on now."""
        if text != self._status:
            self._status = text
            self._move()

    def note(self, text: str) -> None:
        """Say something of our own."""
        self._finish_text()
        self._writer.line(text, "yellow")

    def begin_anew(self) -> None:
        """Say that what follows was shown before."""
        self._turns = Turns(self._writer, Screen)
        self.note("The stream can't go on where it was; it begins anew")

    def result(self, value: object) -> None:
        """Show what the job returned."""
        if value is None:
            return
        text = json.dumps(value, ensure_ascii=False)
        more = f" … ({len(text):,} characters)" if len(text) > RESULT_MAX else ""
        self._writer.line(f"result: {clean(text[:RESULT_MAX])}{more}")

    def _show_state(self, data: dict[str, Any]) -> None:
        news = (data["state"], data["run"], bool(data["cancellation"]))
        if news == self._state:
            return
        self._state = news
        self._status = str(data["state"])
        again = f", run {data['run']}" if data["run"] > 1 else ""
        until = f" until {data['run_at']}" if data["state"] == "scheduled" else ""
        asked = ", cancellation requested" if data["cancellation"] else ""
        self._finish_text()
        self._writer.line(f"{clean(data['task'])}: {data['state']}{until}{again}{asked}", "bold")

    def _show_end(self, data: dict[str, Any]) -> None:
        self._finish_text()
        self._status, self._fraction = "", None
        receipt, error = data["cancellation"] or {}, data["error"] or {}
        match data["state"]:
            case "completed":
                late = "; the cancellation came too late" if receipt else ""
                self._writer.line(f"completed{late}", "bold green")
            case "cancelled":
                how = str(receipt.get("stopped", "")).replace("_", " ")
                self._writer.line(
                    f"cancelled by {receipt.get('reason')}: {how}, took {receipt.get('took_ms')} ms", "bold yellow"
                )
            case _:
                runs = f"after {data['failures']} of {data['attempts']} attempts"
                self._writer.line(f"failed {runs}: {error.get('code')}: {clean(str(error.get('message')))}", "bold red")

    def _show_progress(self, data: dict[str, Any]) -> None:
        self._fraction = float(data["fraction"])
        note = clean(data["note"] or "")
        percent = round(self._fraction * 100)
        if self._writer.width is None and (percent, note) != (self._percent, self._status):
            self._writer.line(f"{percent} % {note}".rstrip())
        self._percent, self._status = percent, note

    def _show_log(self, data: dict[str, Any]) -> None:
        style = {"warning": "yellow", "error": "red"}.get(str(data["level"]), "dim")
        self._writer.line(f"{clean(str(data['level']))}: {clean(data['message'])}", style)

    def _show_step(self, data: dict[str, Any]) -> None:
        self._finish_text()
        self._writer.line(f"step {clean(data['name'])} finished in {data['took_ms'] / 1000:.1f} s", "dim")

    def _show_writing(self, seq: int, data: dict[str, Any]) -> None:
        step = data["step"]
        if "text" in data:
            self._newest_text[step] = seq
            self._show_text(step, data["text"])
        elif self._newest_text.pop(step, 0) > data["after"]:  # else nothing was shown that is void
            self._void_text(step, data["run"])

    def _show_text(self, step: str | None, chunk: str) -> None:
        *lines, rest = (self._unfinished.pop(step, "") + clean(chunk)).split("\n")
        for line in lines:
            self._write_text(step, line)
        while self._writer.width is not None and len(rest) > self._writer.width:
            cut = rest.rfind(" ", 0, self._writer.width) + 1 or self._writer.width
            self._write_text(step, rest[:cut].rstrip())
            rest = rest[cut:]
        self._unfinished[step] = rest

    def _write_text(self, step: str | None, line: str) -> None:
        if step != self._step and step is not None:
            self._writer.line(f"-- {clean(step)}", "dim")
        self._step = step
        self._writer.line(line)

    def _void_text(self, step: str | None, run: int) -> None:
        self._finish_text()
        which = f" of {clean(step)}" if step else ""
        self._step = None
        self._writer.line(f"-- the text{which} begins anew in run {run}; what was shown of it is void", "yellow")

    def _finish_text(self) -> None:
        for step, rest in self._unfinished.items():
            if rest:
                self._write_text(step, rest)
        self._unfinished.clear()

    def _move(self) -> None:
        text = next((rest for rest in reversed(self._unfinished.values()) if rest), "")
        self._writer.moving(text, self._status, self._fraction)


@contextmanager
def open_screen() -> Iterator[Screen]:
    """Show on standard output: lines alone, unless it is a terminal."""
    if not sys.stdout.isatty():
        yield Screen(PlainWriter())
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False, markup=False, emoji=False)
    with Live(console=console, transient=True, refresh_per_second=12, redirect_stderr=False) as live:
        yield Screen(TerminalWriter(live))


class PlainWriter:
    """Writes lines as they are, for files and pipes."""

    width: int | None = None

    def line(self, text: str, style: str = "") -> None:
        """Write a line at once; nobody sees a style."""
        del style
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def moving(self, text: str, status: str, fraction: float | None) -> None:
        """Show nothing: what was written can't be taken back."""


class TerminalWriter:
    """Writes lines above a moving one: the text being written, and a bar."""

    def __init__(self, live: Live) -> None:
        """Use a started `rich.live.Live`."""
        self._live = live

    @property
    def width(self) -> int | None:
        """The terminal's present width; text is broken at it."""
        return max(20, self._live.console.width - 1)

    def line(self, text: str, style: str = "") -> None:
        """Write a line above the moving one."""
        from rich.text import Text

        self._live.console.print(Text(text, style=style))

    def moving(self, text: str, status: str, fraction: float | None) -> None:
        """Show the unfinished text and the bar."""
        self._live.update(_below(text, status, fraction))


def _below(text: str, status: str, fraction: float | None) -> RenderableType:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=1.0, completed=fraction or 0.0, width=30, pulse=fraction is None)
    share = "" if fraction is None else f"{fraction:.0%}"
    row.add_row(bar, Text(share), Text(status, style="dim", no_wrap=True, overflow="ellipsis"))
    return Group(Text(text), row) if text else row
