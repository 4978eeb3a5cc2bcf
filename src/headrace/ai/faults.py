"""Which of Headrace's errors a failure of the AI libraries is: it decides whether the job tries again.

The libraries sort provider errors by status and code already (pydantic-ai's `ModelAPIError` classes); added here is
what a retry needs to know: money problems and wrong requests never heal, `Retry-After` is the least wait.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelTimeoutError,
    UserError,
)

from headrace.ai.errors import (
    AnswerRefused,
    CallFailed,
    ContextTooLong,
    KeyRefused,
    ModelNotFound,
    Partial,
    ProtocolBroken,
    ProviderFailed,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    RequestRejected,
    SpendLimitReached,
    StreamCut,
)

# The second line: what the libraries stumble over when a 200 holds JSON that is not the protocol's.
FAILURES = (
    *(AgentRunError, UserError, httpx2.HTTPError, httpx2.StreamError),
    *(ValueError, TypeError, AttributeError, LookupError),
)
# Spending limits that come as a plain 429 (OpenAI, Anthropic): waiting does not help.
SPEND_CODES = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "credit_balance_exhausted",
        "enforced_spend_limit_reached",
        "billing_error",
    }
)
FILTER_CODES = frozenset({"content_filter", "content_policy_violation", "responsible_ai_policy_violation"})
_KEY_INVALID = "API key not valid"  # Gemini says it with 400
_TRANSIENT = frozenset({408, 409, 425, 429, 499})
_SAID_CHARS = 300
_WAIT_MAX_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a request went to: `model` as `provider:model`, the setting that holds the key, and the key (to hide it)."""

    model: str
    key_setting: str
    secret: str = field(default="", repr=False)


def failure_of(error: Exception, asked: Asked, partial: Partial) -> CallFailed:
    """Return our error for theirs, its message made of who, what and the mend."""
    match error:
        case ModelConnectionError() | ModelRequestTimeout() | httpx2.HTTPError() | httpx2.StreamError():
            return _transport(error, asked, partial)
        case ModelAPIError():
            return _refusal(error, asked, partial) or _failure(error, asked, partial)
        case UserError():
            return RequestRejected(f"{asked.model} can't be asked this: {error}", partial=partial)
        case _:
            return _malformed(error, asked, partial)


def _transport(error: Exception, asked: Asked, partial: Partial) -> CallFailed:
    phase = getattr(error, "phase", None)
    if phase in {"connect", "pool"}:
        return ProviderUnreachable(
            f"{asked.model} can't be reached: {_cause(error)}; check the address and the network", partial=partial
        )
    if isinstance(error, (ModelTimeoutError, ModelRequestTimeout, httpx2.TimeoutException)):
        return ProviderSilent(f"{asked.model} sent nothing for too long", partial=partial)
    return StreamCut(f"The connection to {asked.model} ended in the middle of the answer", partial=partial)


def _refusal(error: ModelAPIError, asked: Asked, partial: Partial) -> CallFailed | None:
    codes = {error.provider_error_code, error.provider_error_type}
    said = _said(error, asked)
    match error:
        case _ if isinstance(error, ModelQuotaExceededError) or codes & SPEND_CODES:
            return SpendLimitReached(f"The account behind {asked.model} may not spend more: {said}", partial=partial)
        case _ if isinstance(error, ModelAuthenticationError) or _KEY_INVALID in str(error.body):
            return KeyRefused(f"{asked.model} refused the key ({said}); check {asked.key_setting}", partial=partial)
        case ModelNotFoundError():
            return ModelNotFound(f"{asked.model} does not exist at its address: {said}", partial=partial)
        case ModelContextWindowExceededError():
            return ContextTooLong(f"The prompt is too long for {asked.model}: {said}", partial=partial)
        case _ if codes & FILTER_CODES:
            return AnswerRefused(f"The content filter of {asked.model} refused the request: {said}", partial=partial)
        case ModelRequestRejectedError():
            return RequestRejected(f"{asked.model} rejected the request: {said}", partial=partial)
        case _:
            return None


def _failure(error: ModelAPIError, asked: Asked, partial: Partial) -> CallFailed:
    wait = None if error.retry_after is None else timedelta(seconds=min(error.retry_after, _WAIT_MAX_SECONDS))
    said = _said(error, asked)
    if isinstance(error, ModelRateLimitError):
        return RateLimited(f"{asked.model} is rate limited: {said}", partial=partial, retry_after=wait)
    if isinstance(error, ModelHTTPError):
        status = error.status_code
        if status < 500 and status not in _TRANSIENT:
            return RequestRejected(f"{asked.model} rejected the request with {status}: {said}", partial=partial)
        return ProviderFailed(f"{asked.model} failed with {status}: {said}", partial=partial, retry_after=wait)
    if isinstance(error.__cause__, (json.JSONDecodeError, UnicodeDecodeError)):
        return _malformed(error, asked, partial)
    if "finish_reason" in str(error):
        return StreamCut(f"The answer of {asked.model} ended before it was complete", partial=partial)
    return ProviderFailed(f"{asked.model} failed: {said}", partial=partial, retry_after=wait)


def _malformed(error: Exception, asked: Asked, partial: Partial) -> ProtocolBroken:
    said = _hidden(str(error), asked)
    return ProtocolBroken(f"{asked.model} answered outside the protocol: {said}", partial=partial)


def _said(error: ModelAPIError, asked: Asked) -> str:
    body: object = error.body
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        body = body["error"]
    message = body.get("message") if isinstance(body, Mapping) else body
    text = message if isinstance(message, str) and message.strip() else error.message
    return _hidden(text, asked)


def _hidden(text: str, asked: Asked) -> str:
    shown = text.replace(asked.secret, "***") if asked.secret else text
    return " ".join(shown[:_SAID_CHARS].split())


def _cause(error: Exception) -> str:
    deepest: BaseException = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    return str(deepest) or type(deepest).__name__
