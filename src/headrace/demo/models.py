"""The AI models of a told week: what they cost and how fast they write."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.ai.price import UnitPrice, unit_price_of
from headrace.ai.provider import Usage


@dataclass(frozen=True, slots=True)
class Model:
    """A model of a provider; `speed` is in tokens a second."""

    provider: str
    name: str
    speed: float
    first_token_ms: int
    price: UnitPrice | None

    @property
    def full_name(self) -> str:
        """How a question names it, `provider:model`."""
        return f"{self.provider}:{self.name}"

    def cost(self, usage: Usage) -> int | None:
        """Return what a call costs, in nano-USD; `None` if the price list doesn't know the model."""
        return self.price.of(self.full_name, usage).nano_usd if self.price else None

    @property
    def entry(self) -> dict[str, str] | None:
        """What the price list says of it, as calls keep it."""
        if self.price is None:
            return None
        a_million = {
            "input_mtok": self.price.input / 1_000,
            "cache_read_mtok": self.price.cached_input / 1_000,
            "output_mtok": self.price.output / 1_000,
        }
        return {
            "provider": self.provider,
            "model": self.name,
            **{part: f"{cost:f}" for part, cost in a_million.items()},
        }


def known_models() -> tuple[Model, ...]:
    """Return the models, the one that is asked most first; takes half a second, for the price list."""
    return tuple(
        Model(provider, name, speed, first_token_ms, unit_price_of(address, name))
        for provider, name, speed, first_token_ms, address in (
            ("openai", "gpt-5-mini", 95, 640, "https://api.openai.com/v1"),
            ("anthropic", "claude-haiku-5-5", 140, 420, "https://api.anthropic.com"),
            ("gemini", "gemini-3.8-flash", 180, 380, "https://generativelanguage.googleapis.com"),
            ("openai", "gpt-5", 55, 1_450, "https://api.openai.com/v1"),
        )
    )
