"""What a call costs, by the price list that ships with genai-prices; money is integer nano-USD."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from headrace.ai.provider import Provider, Usage

NANO = Decimal(1_000_000_000)


def cost_of(provider: Provider, models: Sequence[str], usage: Usage) -> int | None:
    """Return nano-USD by the first of the model's names that the price list knows; `None` where it knows none."""
    if provider.price_list is None:
        return 0
    # Imported late: the price list costs half a second, and a process that asks no paid model never needs it.
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached)
    for model in models:
        try:
            price = calc_price(tokens, model, provider_api_url=provider.price_list).total_price
        except (LookupError, ValueError):
            continue
        return int((price * NANO).to_integral_value(ROUND_HALF_EVEN))
    return None
