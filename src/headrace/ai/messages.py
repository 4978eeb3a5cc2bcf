"""The messages of a call: what a model was told and what it said, cut to a bound, without secrets, sealed where it is kept.

They are in a shape of our own, since more than one library writes them and a browser reads them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from headrace.ai.call import Call
from headrace.ai.provider import Message, Request, ToolCall
from headrace.errors import Unreadable
from headrace.json import encode
from headrace.keyring import Keyring
from headrace.log import get_logger
from headrace.observe.scrubbing import scrub

log = get_logger(__name__)

BYTES_MAX = 64 * 1024
"""What the messages of one call may have as JSON."""
MESSAGES_MAX = 100
PURPOSE = "AI messages"

Role: TypeAlias = Literal["system", "user", "assistant", "tool_call", "tool_result"]

_FIRST = 20  # of too many messages so many are kept from the beginning, the others from the end
_NAME_MAX = 64
_FRAME = 240  # what a message takes beside its text
_EDGE = 200
_WORD_END = re.compile(r"[\s\"',;&<>(){}\[\]]")


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `name` and `call_id` are those of a function's call, whose arguments are the text, as JSON.

    `left_out` counts the characters that are missing in the middle of the text, `skipped` the messages before this one.
    """

    role: Role
    text: str
    name: str | None = None
    call_id: str | None = None
    is_answer: bool = False
    left_out: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said in a call; `shape` names the type that was asked for, `tools` the functions that were offered."""

    messages: tuple[Said, ...]
    shape: str | None = None
    tools: tuple[str, ...] = ()


NOTHING = Conversation(())
_CONVERSATION = TypeAdapter(Conversation)


@dataclass(frozen=True, slots=True)
class Archive:
    """Seals messages for keeping; `keeps` says whether those of a task's calls are kept at all."""

    keyring: Callable[[], Keyring]
    keeps: Callable[[str], bool]

    def seal(self, call: Call, request: Request, text: str, calls: Sequence[ToolCall] = ()) -> str | None:
        """Return what is stored of a question and of what came, `None` if it is not kept."""
        try:
            if not self.keeps(call.task):
                return None
            return seal(self.keyring(), call.id, conversation_of(request, text, calls))
        except Exception as error:  # noqa: BLE001 - an answer that is paid for is not lost because this can't be kept
            log.warning("ai.messages_not_kept", call_id=str(call.id), error=type(error).__name__)
            return None


def conversation_of(request: Request, text: str, calls: Sequence[ToolCall] = ()) -> Conversation:
    """Return a question and what came of it, whole."""
    said = [Said("system", request.system)] if request.system else []
    for message in request.messages:
        said += _said(message)
    said += [replace(one, is_answer=True) for one in _said(Message("assistant", text, calls=tuple(calls)))]
    shape = request.schema.name if request.schema else None
    return Conversation(tuple(said), shape, tuple(tool.name for tool in request.tools))


def seal(keyring: Keyring, call: UUID, whole: Conversation) -> str:
    """Return a conversation bounded and sealed, bound to its call."""
    return keyring.seal(PURPOSE, zlib.compress(bounded(whole), 1), bound_to=str(call))


def unseal(keyring: Keyring, call: UUID, sealed: str) -> Conversation:
    """Return what was sealed; raises `Unreadable`."""
    try:
        return _CONVERSATION.validate_json(zlib.decompress(keyring.unseal(PURPOSE, sealed, bound_to=str(call))))
    except ValidationError:
        raise Unreadable("The messages of this call were written by another release") from None


def bounded(whole: Conversation) -> bytes:
    """Return a conversation as JSON of at most `BYTES_MAX`, scrubbed: long texts lose their middle, long talks too."""
    kept = replace(whole, messages=_fewer(whole.messages), tools=whole.tools[:MESSAGES_MAX])
    budget = BYTES_MAX - _FRAME * len(kept.messages)
    while len(told := _told(kept, budget)) > BYTES_MAX and budget:
        budget //= 2
    return told


def _said(message: Message) -> Iterator[Said]:
    if message.text:
        yield Said(message.role, message.text)
    for call in message.calls:
        arguments = call.arguments if isinstance(call.arguments, str) else encode(call.arguments).decode()
        yield Said("tool_call", arguments, call.name[:_NAME_MAX], call.id[:_NAME_MAX])
    for result in message.results:
        yield Said("tool_result", result.text, result.call.name[:_NAME_MAX], result.call.id[:_NAME_MAX])


def _fewer(messages: Sequence[Said]) -> tuple[Said, ...]:
    skipped = len(messages) - MESSAGES_MAX
    if skipped <= 0:
        return tuple(messages)
    after = messages[_FIRST + skipped :]
    return (*messages[:_FIRST], replace(after[0], skipped=skipped), *after[1:])


def _told(whole: Conversation, budget: int) -> bytes:
    most = _share([len(said.text) for said in whole.messages], budget)
    return _CONVERSATION.dump_json(replace(whole, messages=tuple(_short(said, most) for said in whole.messages)))


def _share(sizes: Sequence[int], budget: int) -> int:
    """Return the length that texts may have so that all fit: short ones leave room for the others."""
    left, rest = budget, sorted(sizes)
    for place, size in enumerate(rest):
        even = left // (len(rest) - place)
        if size > even:
            return even
        left -= size
    return budget


def _short(said: Said, most: int) -> Said:
    text = said.text.encode("utf-8", "replace").decode()
    if len(text) <= most:
        return replace(said, text=scrub(text))
    # Cut between words where there are any, so that no half of a secret is left that nobody would know for one.
    head, tail = text[: most // 2], text[len(text) - most // 2 :]
    ends = [end.end() for end in _WORD_END.finditer(head, max(0, len(head) - _EDGE))]
    head = head[: ends[-1]] if ends else head
    begin = _WORD_END.search(tail, 0, _EDGE)
    tail = tail[begin.start() :] if begin else tail
    left_out = len(text) - len(head) - len(tail)
    return replace(
        said, text=f"{scrub(head)}\n[… {left_out:,} characters left out …]\n{scrub(tail)}", left_out=left_out
    )
