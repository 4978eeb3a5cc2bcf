"""AI calls in a told job: questions that were answered, stumbled over, asked again, or are being answered now."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from headrace.ai.messages import conversation_of
from headrace.ai.persistence import corrected
from headrace.ai.provider import Message, Request, Schema, Usage
from headrace.demo.fault import Fault
from headrace.demo.models import Model
from headrace.demo.rows import Row
from headrace.demo.tale import Tale
from headrace.json import dumps

_CHARS_A_TOKEN = 4.2
_OUTPUT_MAX = 4_096
# fmt: off
_UNKNOWN = (  # of a call that is open
    "finished_at", "answered_by", "first_token_ms", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens",
    "cost_nano_usd", "price", "finish_reason", "error_code", "error_message", "raw_answer",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model in a step: `rung` says why (`first`, `retry`, …), `shape` names the type that is wanted."""

    step: str
    model: Model
    prompt: str
    rung: str = "first"
    system: str | None = None
    shape: str | None = None
    misread: tuple[str, str] | None = None
    """An answer before that did not fit, and why."""

    @property
    def request(self) -> Request:
        """What the model is sent."""
        shape = Schema(self.shape, {}) if self.shape else None
        first = Request((Message("user", self.prompt),), self.system, shape)
        return corrected(first, *self.misread) if self.misread else first


def ask(tale: Tale, question: Question, value: object) -> None:
    """Have the model answer with a value, shown as it is written, and store the step."""
    began, text = tale.now, _text(value)
    usage = _usage(tale, question, text)
    first, rest = _durations(tale, question.model, usage)
    call = _opened(tale, question)
    tale.pass_time(first)
    tale.write(text, rest, question.step)
    tale.pass_time(0.02)
    _settle(tale, call, question, usage)
    _keep(tale, call, question, text)
    call |= {"state": "ok", "first_token_ms": round(first * 1_000), "finish_reason": "stop"}
    tale.event(
        "step", {"name": question.step, "run": tale.runs, "took_ms": round((tale.now - began).total_seconds() * 1_000)}
    )
    tale.keep_step(question.step, _stored(call, usage, value), began, kind="step", place=tale.next_place())


def stumble(tale: Tale, question: Question, fault: Fault, *, raw: str | None = None) -> None:
    """Have the call fail; `raw` is the text of an answer that was not what was asked for, and is billed."""
    call = _opened(tale, question)
    usage = _usage(tale, question, raw) if raw else None
    if raw:
        first, rest = _durations(tale, question.model, usage or Usage())
        tale.pass_time(first)
        tale.write(raw, rest, question.step)
        tale.event("text_reset", {"run": tale.runs, "step": question.step, "after": 0})
        call["first_token_ms"] = round(first * 1_000)
    else:
        tale.pass_time(tale.week.rng.uniform(0.2, 2.5))
    _settle(tale, call, question, usage)
    _keep(tale, call, question, raw or "")
    message = fault.message.format(model=question.model.full_name)
    call |= {"state": "error", "error_code": fault.code, "error_message": message, "raw_answer": raw}


def begin_answer(tale: Tale, question: Question, text: str) -> None:
    """Have the model write the beginning of an answer; the call is still open."""
    _opened(tale, question)
    usage = _usage(tale, question, text)
    first, rest = _durations(tale, question.model, usage)
    tale.pass_time(first)
    tale.write(text, rest, question.step)


def _opened(tale: Tale, question: Question) -> Row:
    model = question.model
    expected = Usage(input=_tokens(question.prompt) + 200, output=_OUTPUT_MAX)
    call: Row = dict.fromkeys(_UNKNOWN) | {
        "id": tale.week.id_at(tale.now),
        "job_id": tale.id,
        "fence": tale.fence,
        "run": tale.runs,
        "step": question.step,
        "task": tale.submission.task,
        "owner": tale.submission.owner,
        "provider": model.provider,
        "model": model.name,
        "rung": question.rung,
        "state": "open",
        "started_at": tale.now,
        "reserved_input_tokens": expected.input,
        "reserved_output_tokens": expected.output,
        "reserved_tokens": expected.input + 500,
        "reserved_nano_usd": model.cost(expected),
    }
    tale.rows("ai_calls").append(call)
    return call


def _settle(tale: Tale, call: Row, question: Question, usage: Usage | None) -> None:
    call["finished_at"] = tale.now
    if usage is None:
        return
    call |= {
        "answered_by": question.model.name,
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "cached_tokens": usage.cached,
        "reasoning_tokens": usage.reasoning,
        "cost_nano_usd": question.model.cost(usage),
        "price": dumps(question.model.entry),
    }


def _keep(tale: Tale, call: Row, question: Question, text: str) -> None:
    """Keep what was said; it is sealed when the week is written."""
    tale.rows("ai_messages").append({"call_id": call["id"], "sealed": conversation_of(question.request, text)})


def _stored(call: Row, usage: Usage, value: object) -> Row:
    counts = {"input": usage.input, "cached": usage.cached, "output": usage.output, "reasoning": usage.reasoning}
    return {
        "value": value,
        "calls": [],
        "model": f"{call['provider']}:{call['model']}",
        "usage": counts | {"estimated": False},
        "call_id": call["id"],
        "offline": False,
        "verbatim": None,
        "cost_nano_usd": call["cost_nano_usd"],
        "finish_reason": "stop",
    }


def _usage(tale: Tale, question: Question, text: str) -> Usage:
    rng = tale.week.rng
    read = _tokens(question.prompt) + rng.randint(80, 240)
    thought = rng.choice((0, 0, 64, 192, 448)) if question.model.name.startswith("gpt-5") else 0
    cached = read // 128 * 128 if rng.random() < 0.3 else 0
    return Usage(input=read, output=_tokens(text) + thought, cached=cached, reasoning=thought)


def _durations(tale: Tale, model: Model, usage: Usage) -> tuple[float, float]:
    """Return the seconds until the first token, and those of the rest."""
    slow = tale.week.rng.lognormvariate(0, 0.3)
    return model.first_token_ms / 1_000 * slow + usage.reasoning / model.speed, usage.output / model.speed * slow


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _tokens(text: str) -> int:
    return max(1, round(len(text) / _CHARS_A_TOKEN))
