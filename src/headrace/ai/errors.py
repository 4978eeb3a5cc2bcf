"""What can go wrong between Headrace and an AI provider, and whether another try can heal it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from headrace.ai.provider import Usage
from headrace.errors import AiError


@dataclass(frozen=True, slots=True)
class Partial:
    """What had arrived when a call failed; `usage` is `None` if nothing was billed as far as is known."""

    text: str = ""
    usage: Usage | None = field(default=None)


class CallFailed(AiError):
    """A provider was asked and gave no usable answer; `partial` holds what came before that."""

    def __init__(
        self,
        message: str,
        *,
        partial: Partial | None = None,
        pointer: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        """Keep what had arrived beside the message."""
        super().__init__(message, pointer=pointer, retry_after=retry_after)
        self.partial = partial or Partial()
        self.costs_attempt = retry_after is None  # who was told when to come back hasn't failed


class RateLimited(CallFailed):
    """The provider wants fewer requests or tokens a minute; `retry_after` is the least wait it asked for."""

    code = "ai_rate_limited"


class ProviderFailed(CallFailed):
    """The provider answered with an error of its own (500, 503, 529 …)."""

    code = "ai_provider_failed"


class ProviderUnreachable(CallFailed):
    """No connection to the provider came about; nothing was sent."""

    code = "ai_provider_unreachable"


class ProviderSilent(CallFailed):
    """The provider sent nothing for longer than the request allows."""

    code = "ai_provider_silent"


class StreamCut(CallFailed):
    """The connection ended in the middle of the answer."""

    code = "ai_stream_cut"


class ProtocolBroken(CallFailed):
    """What came is not the provider's protocol: a gateway's error page, or JSON of another kind."""

    code = "ai_protocol_broken"


class MalformedAnswer(CallFailed):
    """The answer is not what was asked for (bad JSON, another shape, nothing), also when asked again.

    `raw` is its text as it came.
    """

    code = "ai_malformed_answer"
    permanent = True

    @property
    def raw(self) -> str:
        """The text of the answer, unchanged."""
        return self.partial.text


class AnswerTruncated(MalformedAnswer):
    """The answer ran into the output limit before it was complete."""

    code = "ai_answer_truncated"


class AnswerTooLong(MalformedAnswer):
    """The answer grew past what a step can store and was stopped."""

    code = "ai_answer_too_long"


class KeyRefused(CallFailed):
    """The provider doesn't accept the key, or the key may not use the model (401, 403)."""

    code = "ai_key_refused"
    permanent = True


class ModelNotFound(CallFailed):
    """The provider doesn't have the model, or there is no API at the address (404)."""

    code = "ai_model_not_found"
    permanent = True


class ContextTooLong(CallFailed):
    """The prompt is longer than the model can read."""

    code = "ai_context_too_long"
    permanent = True


class SpendLimitReached(CallFailed):
    """The account has no credit or hit its spending limit; waiting doesn't help, paying does (402, some 429)."""

    code = "ai_spend_limit_reached"
    permanent = True


class AnswerRefused(CallFailed):
    """The model refused, or the provider's content filter stopped the answer."""

    code = "ai_answer_refused"
    permanent = True


class RequestRejected(CallFailed):
    """The provider found the request itself wrong (400, 422); the same request would be rejected again."""

    code = "ai_request_rejected"
    permanent = True


class TurnsExhausted(AiError):
    """The model went on calling functions instead of answering."""

    code = "ai_turns_exhausted"
    permanent = True


class UnknownModel(AiError):
    """A model's name that no provider of this installation answers to."""

    code = "ai_unknown_model"
    permanent = True


class ProviderNotConfigured(AiError):
    """The provider is known, but its key is not set."""

    code = "ai_provider_not_configured"
    permanent = True


class LimitReached(AiError):
    """A limit of this installation has no room for the call; nobody was asked. The job rests, which costs no attempt."""

    code = "ai_limit_reached"
    costs_attempt = False


class BudgetExceeded(AiError):
    """A budget had no room for the call for as long as a job waits for one."""

    code = "budget_exceeded"
    permanent = True
