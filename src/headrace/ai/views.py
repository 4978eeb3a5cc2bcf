"""How AI calls, spending, limits and budgets look from outside: the models of the API's answers and bodies."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from headrace.ai.budget import Budget, Period
from headrace.ai.messages import Conversation, Role
from headrace.ai.speed import FIRST_TOKEN, quantile_ms


class CallView(BaseModel):
    """One request to a provider."""

    id: UUID
    job_id: UUID
    run: int
    step: str
    task: str
    owner: str | None
    provider: str
    model: str = Field(description="As it was asked for.")
    answered_by: str | None = Field(description="The name by which the provider says it answered.")
    state: str = Field(description="`open`, `ok`, `error`, or `lost`: its worker died before it could tell.")
    rung: str = Field(description="`first`, or why it was made again.")
    started_at: datetime
    finished_at: datetime | None
    first_token_ms: int | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    is_estimated: bool = Field(description="The provider did not report the tokens.")
    is_cached: bool = Field(description="Nobody was asked: the answer was kept.")
    cost_nano_usd: int | None = Field(description="Null while it is open, or when the model's price is unknown.")
    reserved_nano_usd: int | None = Field(description="The most it could have cost.")
    price: dict[str, str] | None = Field(description="The entry of the price list that was used.")
    finish_reason: str | None
    error_code: str | None
    error_message: str | None


class JobCallView(CallView):
    """One request of a job, with the text of an answer that was not what was asked for."""

    raw_answer: str | None


class SpendView(BaseModel):
    """What calls came to; of `day`, `task`, `owner` and `model` only what was asked for is set."""

    day: date | None
    task: str | None
    owner: str | None = Field(description="Empty for jobs without an owner.")
    provider: str | None
    model: str | None
    calls: int
    failed: int
    lost: int
    cached: int
    unpriced: int = Field(description="Calls whose price is unknown; they count as nothing.")
    repairs: int = Field(description="Calls that asked again for an answer, or whose answer was mended here.")
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_nano_usd: int
    p50_ms: int | None = Field(
        description="Half of the answers took no longer; right within a fifth, like the next two."
    )
    p95_ms: int | None
    first_token_ms: int | None = Field(description="Half of the answers began no later.")


class Spending(BaseModel):
    """What was spent from one day to another, both included."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    items: list[SpendView]


class LimitView(BaseModel):
    """What bounds the calls to a provider or a model, on all workers."""

    name: str
    concurrency: int | None
    requests_per_minute: int | None
    tokens_per_minute: int | None
    in_use: int = Field(description="Calls that are open now.")
    requests: int = Field(description="Calls that began in the last minute.")
    tokens: int = Field(description="Tokens of these calls; estimated until a call is settled.")
    waiting_owners: int
    held_until: datetime | None = Field(description="The provider wants no call before this time.")


class PeriodView(BaseModel):
    """A budget in its present period."""

    limit_nano_usd: int
    spent_nano_usd: int
    reserved_nano_usd: int = Field(description="What the calls that are open now may cost.")
    left_nano_usd: int
    since: date = Field(description="First day of the period, in UTC.")
    ends_at: datetime


class BudgetView(BaseModel):
    """What a scope may spend."""

    scope: str = Field(examples=["installation", "owner:ann", "app:reviews", "task:reviews.answer"])
    day: PeriodView | None
    month: PeriodView | None


class MessageView(BaseModel):
    """One message of a call."""

    model_config = ConfigDict(from_attributes=True)

    role: Role = Field(description="`tool_call`: the model wants a function called; `tool_result`: what that returned.")
    text: str = Field(description="Of a call its arguments, as JSON.")
    name: str | None = Field(description="Of the function.")
    call_id: str | None = Field(description="The same for a function's call and its result.")
    is_answer: bool = Field(description="It came of this call; the others were sent with it.")
    left_out: int = Field(description="Characters that are missing in the middle of the text.")
    skipped: int = Field(description="Messages that are missing before this one.")


class MessagesView(BaseModel):
    """What was said in a call, as far as it is kept."""

    messages: list[MessageView]
    shape: str | None = Field(description="Name of the type that was asked for.")
    tools: list[str] = Field(description="The functions that were offered.")
    why_none: str | None = Field(description="Why there are no messages.")


def present_messages(whole: Conversation, why_none: str | None = None) -> MessagesView:
    """Return what was said, or why there is nothing."""
    messages = [MessageView.model_validate(said) for said in whole.messages]
    return MessagesView(messages=messages, shape=whole.shape, tools=list(whole.tools), why_none=why_none)


def present_spend(row: Mapping[str, Any]) -> SpendView:
    """Return a row of the sums."""
    times = row["times"]
    whole = {"p50_ms": quantile_ms(times, 0.5), "p95_ms": quantile_ms(times, 0.95)}
    return SpendView.model_validate({**row, **whole, "first_token_ms": quantile_ms(times, 0.5, begin=FIRST_TOKEN)})


def present_budget(scope: str, budgets: Mapping[Period, Budget]) -> BudgetView:
    """Return the budgets of a scope."""
    return BudgetView(scope=scope, **{period.value: _period(budgets.get(period)) for period in Period})


def _period(budget: Budget | None) -> PeriodView | None:
    return None if budget is None else PeriodView.model_validate(budget, from_attributes=True)
