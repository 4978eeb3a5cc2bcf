"""What a call costs, by the installation's own prices or the list of genai-prices; money is integer nano-USD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from headrace.ai.provider import Provider, Usage
from headrace.errors import SettingsError

NANO = Decimal(1_000_000_000)
DOLLARS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What tokens cost, and by which entry of the price list (`None` for a provider that sends no bill)."""

    nano_usd: int
    entry: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one token costs, in nano-USD (a dollar a million tokens is 1,000)."""

    input: Decimal
    cached_input: Decimal
    output: Decimal

    def of(self, name: str, usage: Usage) -> Price:
        """Return what tokens cost at this price of the installation's own."""
        cost = self.input * (usage.input - usage.cached) + self.cached_input * usage.cached + self.output * usage.output
        a_million = {part: str(getattr(self, part) / 1_000) for part in ("input", "cached_input", "output")}
        entry = {"provider": "HEADRACE_AI_PRICES", "model": name, **a_million}
        return Price(int(cost.to_integral_value(ROUND_HALF_EVEN)), entry)


FREE = Price(0)


def read_prices(texts: Sequence[str]) -> dict[str, UnitPrice]:
    """Read `provider:model=input/output[/cached input]` in dollars a million tokens; raises `SettingsError`."""
    return dict(_read_price(text) for text in texts)


def _read_price(text: str) -> tuple[str, UnitPrice]:
    name, _, dollars = text.rpartition("=")
    try:
        nano = [Decimal(part.strip()) * 1_000 for part in dollars.split("/")]
    except InvalidOperation:
        nano = []
    is_price = len(nano) in {2, 3} and all(one.is_finite() and 0 <= one <= DOLLARS_MAX * 1_000 for one in nano)
    if ":" not in name or not is_price:
        raise SettingsError(
            f"HEADRACE_AI_PRICES: {text!r} is no price; write provider:model=input/output or …/cached input, in dollars a "
            "million tokens, such as openai:my-model=0.15/0.60"
        )
    return name.strip(), UnitPrice(nano[0], nano[2] if nano[2:] else nano[0], nano[1])


def price_of(provider: Provider, models: Sequence[str], usage: Usage) -> Price | None:
    """Return the price by the first of the model's names that the price list knows; `None` where it knows none."""
    if provider.price_list is None:
        return FREE
    # Imported late: the price list costs half a second, and a process that asks no paid model never needs it.
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached)
    for model in models:
        try:
            found = calc_price(tokens, model, provider_api_url=provider.price_list)
        except (LookupError, ValueError):
            continue
        units = {unit: str(price) for unit, price in vars(found.model_price).items() if price is not None}
        entry = {"provider": found.provider.id, "model": found.model.id, **units}
        return Price(int((found.total_price * NANO).to_integral_value(ROUND_HALF_EVEN)), entry)
    return None


_UNIT_FREE = UnitPrice(Decimal(0), Decimal(0), Decimal(0))


def unit_price_of(price_list: str | None, model: str) -> UnitPrice | None:
    """Return the price of a model's tokens in a short call; `None` if it is not known. Takes half a second at first."""
    if price_list is None:
        return _UNIT_FREE
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    def of(**tokens: int) -> Decimal:
        return calc_price(Priced(**tokens), model, provider_api_url=price_list).total_price * NANO / 1_000

    try:
        cached = of(input_tokens=1_000, cache_read_tokens=1_000)
        return UnitPrice(of(input_tokens=1_000), cached, of(output_tokens=1_000))
    except (LookupError, ValueError):
        return None
